"""The chain by itself: its order, what a step may do, and that it is the same on the other side of bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

import pytest
from scrapy.exceptions import DropItem
from zstandard import compress

from jira_crawler.exceptions import BadArgument
from jira_crawler.items import Issue, RawIssue
from jira_crawler.items import replace as having
from jira_crawler.pipelines import Rejected as RejectedForScrapy
from jira_crawler.policy import DEFAULTS, STEPS, Policy
from jira_crawler.refine import chain
from jira_crawler.refine.chain import refine, refine_all
from jira_crawler.refine.chunk import pack, refine_chunk, unpack
from jira_crawler.refine.outcome import Outcome, Refined, Rejected
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.refine.write_feeds import WriteFeeds

HERE = __name__
FIELDS = {
    "summary": "Broker loses its lease",
    "created": "2024-03-01T08:30:00.000+0000",
    "updated": "2024-03-04T09:00:00.000+0000",
    "description": "h2. Steps\nRestart the broker twice, and mail jane@example.org what it says then.",
    "issuetype": {"name": "Bug"},
    "priority": {"name": "Major"},
}


def raw(payload: bytes = b"", **fields: object) -> RawIssue:
    whole = {"id": "42", "key": "ACME-42", "fields": FIELDS | fields}
    return RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="ACME",
        id="42",
        key="ACME-42",
        payload=payload or json.dumps(whole).encode(),
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def titled(issue: Issue, title: str) -> Issue:
    return having(issue, title=title, original=issue.original and having(issue.original, title=title))


class Retitled:
    def process_item(self, item: Issue) -> Issue:
        return titled(item, "Another title")


class Told:
    """Reads a setting of its own."""

    def __init__(self, title: str):
        self.title = title

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        return cls(str(policy.setting("NEW_TITLE", "no title was told")))

    def process_item(self, item: Issue) -> Issue:
        return titled(item, self.title)


class Dropped:
    def process_item(self, item: Issue) -> Issue:
        raise DropItem("not for us")


class Refused:
    def process_item(self, item: Issue) -> Issue:
        raise RejectedForScrapy("Refused", "not for us either", item)


class Broken:
    def process_item(self, item: Issue) -> Issue:
        raise ZeroDivisionError("by nothing")


class Speechless(Exception):
    def __str__(self) -> str:
        raise KeyError("what to say")


class Mumbling:
    def process_item(self, item: Issue) -> Issue:
        raise Speechless


class Halved:
    def process_item(self, item: Issue) -> Issue:
        raise ValueError("half a character: \ud800")


class HalvedDrop:
    def process_item(self, item: Issue) -> Issue:
        raise RejectedForScrapy("Halved", "half a character: \ud800", item)


class Forgetful:
    def process_item(self, item: Issue) -> None:
        """Returns nothing, as a pipeline does whose author forgot."""


class Unmakeable(Retitled):
    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        raise KeyError("WANTED")


def adding(kind: type, before: str) -> Policy:
    """The usual steps, with one more in front of another."""
    at = next(place for place, path in enumerate(STEPS) if path.endswith(f".{before}"))
    return replace(DEFAULTS, steps=(*STEPS[:at], f"{kind.__module__}.{kind.__qualname__}", *STEPS[at:]))


def written(outcome: Outcome) -> Refined:
    assert isinstance(outcome, Refined), outcome
    return outcome


def dropped(outcome: Outcome) -> Rejected:
    assert isinstance(outcome, Rejected), outcome
    return outcome


def test_an_issue_becomes_lines_with_what_the_store_keeps_of_it():
    outcome = written(refine(raw(), DEFAULTS))
    assert outcome.lines.count(b"\n") == sum(outcome.examples.values()) > 0
    assert b"jane@example.org" not in outcome.lines
    assert outcome.counts == {"redacted/email": 1}
    summary = outcome.summary
    assert (summary.project, summary.key, summary.created) == ("ACME", "ACME-42", 1_709_281_800_000)
    assert summary.version and summary.content and summary.minhash
    assert outcome.as_duplicate == Rejected("Deduplicate", "duplicate", summary, {"redacted/email": 1})


def test_a_step_is_run_where_it_stands():
    policies = (DEFAULTS, adding(Retitled, "Score"), adding(Retitled, "WriteFeeds"))
    plain, early, late = (written(refine(raw(), policy)) for policy in policies)
    assert [b"Another title" in each.lines for each in (plain, early, late)] == [False, True, True]
    assert early.summary.content != plain.summary.content  # Score saw it
    assert late.summary.content == plain.summary.content  # and here it did not


def test_what_comes_after_the_lines_changes_none():
    after = replace(DEFAULTS, steps=(*STEPS, f"{HERE}.Retitled"))
    assert written(refine(raw(), after)) == written(refine(raw(), DEFAULTS))
    assert dropped(refine(raw(), replace(after, steps=(*STEPS, f"{HERE}.Dropped")))).reason == "not for us"


@pytest.mark.parametrize("absent", ["Redact", "Clean", "Deduplicate"])
def test_a_step_that_is_taken_out_is_not_run(absent):
    outcome = written(refine(raw(), replace(DEFAULTS, steps=tuple(s for s in STEPS if not s.endswith(f".{absent}")))))
    assert (b"jane@example.org" in outcome.lines) == (absent == "Redact")
    assert (b"h2. Steps" in outcome.lines) == (absent == "Clean")
    assert (outcome.as_duplicate is None) == (outcome.summary.content == "") == (absent == "Deduplicate")


def test_a_pipelines_drop_has_its_reason():
    outcome = dropped(refine(raw(), adding(Dropped, "Score")))
    assert (outcome.stage, outcome.reason, outcome.summary) == ("pipelines", "not for us", None)
    assert outcome.as_duplicate is None  # it did not come so far


def test_one_that_names_stage_and_issue_keeps_both():
    outcome = dropped(refine(raw(), adding(Refused, "WriteFeeds")))
    assert (outcome.stage, outcome.reason) == ("Refused", "not for us either")
    assert outcome.summary == written(refine(raw(), DEFAULTS)).summary
    assert outcome.as_duplicate is not None  # whoever has the store says that first


def test_a_fault_costs_the_issue_and_says_which():
    outcome = dropped(refine(raw(), adding(Broken, "Score")))
    assert (outcome.stage, outcome.reason) == ("pipelines", "ZeroDivisionError: by nothing")
    assert outcome.counts == {"redacted/email": 1}  # as far as it came


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (Mumbling, "Speechless: KeyError('what to say')"),
        (Halved, "ValueError: half a character: ?"),
        (HalvedDrop, "half a character: ?"),
    ],
)
def test_a_fault_that_cannot_be_said_or_written_costs_this_issue_alone(step, reason):
    policy = adding(step, "Score")
    outcome = dropped(refine(raw(), policy))
    assert outcome.reason == reason
    assert unpack(refine_chunk(pack([having(raw(), payload=compress(raw().payload))], policy))) == [outcome]


def test_a_step_that_cannot_be_made_is_no_fault_of_an_issue():
    with pytest.raises(BadArgument, match=r"Unmakeable cannot be made: KeyError: 'WANTED'\.$"):
        refine(raw(), adding(Unmakeable, "Score"))


def test_a_step_that_returns_nothing_is_a_fault():
    assert "NoneType is no Issue" in dropped(refine(raw(), adding(Forgetful, "Score"))).reason


def test_what_is_malformed_or_never_came_is_rejected():
    assert dropped(refine(raw(b"{}"), DEFAULTS)).stage == "Validate"
    never = dropped(refine(replace(raw(), failed="status 500"), DEFAULTS))
    assert (never.stage, never.reason, never.summary) == ("Fetch", "status 500", None)


def test_an_issue_without_text_is_dropped_where_lines_are_made():
    bare = dict.fromkeys(FIELDS) | {"summary": "", "created": FIELDS["created"]}
    outcome = dropped(refine(raw(**bare), DEFAULTS))
    assert (outcome.stage, outcome.reason) == ("WriteFeeds", "nothing to learn from")
    assert outcome.as_duplicate is not None


def test_bytes_bring_the_same_as_a_call():
    policy = replace(adding(Told, "Score"), own=(("NEW_TITLE", "as it was told"),), min_quality=0.01)
    raws = [raw(), raw(b"{}"), raw(summary="Another issue")]
    packed = [having(each, payload=compress(each.payload)) for each in raws]
    outcomes = unpack(refine_chunk(pack(packed, policy)))
    assert outcomes == [refine(each, policy) for each in raws]
    assert b"as it was told" in written(outcomes[0]).lines


class Silent(WriteFeeds):
    def apply(self, draft: Draft) -> Draft:
        raise DropIssue("WriteFeeds", "nothing is said", draft.issue)


def test_a_step_that_inherits_from_one_of_parts_is_applied_itself():
    policy = replace(DEFAULTS, steps=(*STEPS[:-1], f"{HERE}.Silent"))
    assert dropped(refine(raw(), policy)).reason == "nothing is said"
    whole = written(refine(raw(), DEFAULTS))
    assert whole.lines.count(b"\n") == sum(whole.examples.values())


class Choosy:
    """Fails at some titles, and drops some."""

    def process_item(self, item: Issue) -> Issue:
        if item.title.endswith("breaks"):
            raise ZeroDivisionError("by nothing")
        if item.title.endswith("goes"):
            raise DropItem("not for us")
        return titled(item, f"{item.title} again")


@pytest.mark.parametrize("bytes_together", [1, 700, 2**20])
def test_issues_that_take_each_step_together_become_what_each_becomes_alone(monkeypatch, bytes_together):
    monkeypatch.setattr(chain, "TOGETHER", bytes_together)
    titles = ("Broker loses its lease", "Broker breaks", "The broker goes", "Another lease", "It breaks", "Last lease")
    issues = [raw(b"{" if title == "Another lease" else b"", summary=title) for title in titles]
    policy = adding(Choosy, "Score")
    found = list(refine_all(issues, policy))
    assert found == [refine(each, policy) for each in issues]
    assert [type(each) for each in found] == [Refined, Rejected, Rejected, Rejected, Rejected, Refined]


def test_no_more_issues_are_held_than_take_a_step_together(monkeypatch):
    monkeypatch.setattr(chain, "TOGETHER", 1)
    taken: list[RawIssue] = []

    def issues() -> Iterator[RawIssue]:
        for _ in range(5):
            taken.append(raw())
            yield taken[-1]

    outcomes = refine_all(issues(), DEFAULTS)
    next(outcomes)
    assert len(taken) == 1
    assert len(list(outcomes)) == 4
