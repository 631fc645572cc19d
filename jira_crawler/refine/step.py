"""What a step is, and what goes through it: an issue on its way, with what was made and counted so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from jira_crawler.items import Example, Issue, RawIssue
from jira_crawler.refine.outcome import Refined, Rejected


class DropIssue(Exception):
    """An issue gives no example: the `stage` that says so, the reason, and the issue as far as it was read."""

    def __init__(self, stage: str, reason: str, issue: Issue | None = None):
        super().__init__(f"{stage}: {reason}")
        self.stage, self.reason, self.issue = stage, reason, issue


class Draft(msgspec.Struct, frozen=True):
    """An issue between two steps. `item` is what a Scrapy pipeline sees of it: raw before Validate, typed after.

    `counts` is what steps counted, by the names of a crawl's stats. `as_duplicate` is what becomes of it where another
    issue with its content stays; None before Deduplicate. `examples` are what the first part of WriteFeeds made of it,
    and `written` what the second did.
    """

    item: RawIssue | Issue
    counts: Mapping[str, int] = {}
    as_duplicate: Rejected | None = None
    examples: tuple[Example, ...] = ()
    written: Refined | None = None

    @property
    def issue(self) -> Issue:
        """The typed issue; only a step that stands in front of Validate may meet another."""
        if not isinstance(self.item, Issue):
            raise TypeError(f"{type(self.item).__name__} is no Issue: this step has to come after Validate")
        return self.item

    def having(self, item: Issue, counts: Mapping[str, int] | None = None) -> Draft:
        """The draft that this step makes of it."""
        return msgspec.structs.replace(self, item=item, counts={**self.counts, **counts} if counts else self.counts)

    def refined(self) -> Refined:
        """What becomes of an issue that came through."""
        if self.written is None:
            raise TypeError("no step made lines of it")
        return msgspec.structs.replace(self.written, counts=dict(self.counts), as_duplicate=self.as_duplicate)


class Step(Protocol):
    """A step of ours, made by `from_policy` if it has that, else without arguments.

    It knows values only: it must do the same in a crawl, in a process of a replay, and on another machine.
    """

    def apply(self, draft: Draft) -> Draft:
        """Makes the next draft; raises DropIssue where there is none."""


def parts(step: Step) -> Sequence[Step]:
    """Says what a step is made of, which many issues take one part after the other; mostly it is one.

    Whoever inherits from a step that has parts may apply something else, and is one again.
    """
    found: Sequence[Step] = vars(type(step)).get("parts", (step,))
    return found


class ItemPipeline(Protocol):
    """A step as Scrapy has it, which is what somebody else adds to ITEM_PIPELINES; made as ours are."""

    def process_item(self, item: RawIssue | Issue) -> RawIssue | Issue: ...


class PipelineStep:
    """Makes a step of an item pipeline."""

    def __init__(self, pipeline: ItemPipeline):
        self.pipeline = pipeline

    def apply(self, draft: Draft) -> Draft:
        return msgspec.structs.replace(draft, item=self.pipeline.process_item(draft.item))
