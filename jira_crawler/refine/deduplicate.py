"""Of all issues with the same content, in this run and in earlier ones, the one with the lowest number stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import structs

from jira_crawler.refine.outcome import Outcome, Rejected, Summary
from jira_crawler.refine.step import Draft

STAGE = "Deduplicate"


class Precedence(NamedTuple):
    """Of two issues with one content the lower one stays: by its number, on several sites by the site's name."""

    number: int
    site: str


@dataclass(frozen=True, slots=True)
class CanonicalIssue:
    """The issue that stays of all those with one content."""

    number: int
    site: str
    id: str
    key: str

    @property
    def precedence(self) -> Precedence:
        return Precedence(self.number, self.site)


def find_canonical(
    content: str, own: Precedence, first: Callable[[str], CanonicalIssue | None]
) -> CanonicalIssue | None:
    """Finds who stays in place of an issue with this content, if that is another one.

    `first` knows the first of all others with a content. What has no content is nobody's duplicate.
    """
    found = first(content) if content else None
    return found if found and found.precedence < own else None


def duplicate_of(key: str) -> str:
    """The reason of an issue in whose place the one with this key stays."""
    return f"duplicate of {key}"


def contents(outcomes: Iterable[Outcome]) -> set[str]:
    """The contents of those in whose place another issue may stay, to be asked for together."""
    duplicates = (outcome.as_duplicate for outcome in outcomes)
    return {each.summary.content for each in duplicates if each and each.summary}


def in_its_place(outcome: Outcome, own: Precedence, first: Callable[[str], CanonicalIssue | None]) -> Outcome:
    """Gives what becomes of an issue now that the store can be asked: another one may stay in its place.

    What the steps behind Deduplicate made of it counts for nothing then.
    """
    duplicate = outcome.as_duplicate
    content = duplicate.summary.content if duplicate and duplicate.summary else ""
    canonical = find_canonical(content, own, first)
    return structs.replace(duplicate, reason=duplicate_of(canonical.key)) if duplicate and canonical else outcome


class Deduplicate:
    """Notes what becomes of an issue if another one stays in its place; who has the store says whether one does.

    The steps behind it go on meanwhile, as if it were the first. What they make of it is not looked at if it is not.
    """

    def apply(self, draft: Draft) -> Draft:
        duplicate = Rejected(STAGE, "duplicate", Summary.of(draft.issue), dict(draft.counts))
        return structs.replace(draft, as_duplicate=duplicate)
