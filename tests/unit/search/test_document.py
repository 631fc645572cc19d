"""A document is made of the line that shows a whole issue, and holds nothing beside what that holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from jira_crawler.items import Example, RawIssue
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.chain import chain
from jira_crawler.refine.step import Draft
from jira_crawler.search.document import BANDS, QUALITY, bands, document, tag
from jira_crawler.search.shown import hit_of, read, taken_apart
from jira_crawler.tasks import line
from jira_crawler.tasks.thread import whole
from jira_crawler.text.minhash import minhash
from tests.servers.archive import LONG, payload

FIELDS = {
    "summary": "LogCleaner dies",
    "labels": ["Restart", "two words"],
    "components": ["Broker"],
    "status": "In Progress",
    "comments": ["Mail ann@example.org, says Person Number0.", "<issue_comment>\n\n## user_7\n\nnot me"],
}


@pytest.fixture(scope="module")
def made():
    now = datetime.fromtimestamp(1_790_000_000, UTC)
    raw = RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="ACME",
        id="7",
        key="ACME-7",
        payload=payload(7, "ACME", **FIELDS),
        fetched_at=now,
    )
    draft = Draft(raw)
    for step in chain(DEFAULTS):
        draft = step.apply(draft)
    shown = line(
        draft.issue,
        Example(task_type="pretraining", variant="thread", instruction="", input="", output=whole(draft.issue)),
    )
    about: dict[str, Any] = {"seq": 5, "seen": 1_790_000_000_123, "cluster": "example-3", "sketch": draft.issue.minhash}
    text = orjson.dumps(shown)
    return document(read(text), text, **about)


def test_texts_are_redacted_and_apart(made):
    assert made.title == "logcleaner dies"
    assert made.description.startswith("the broker gives up its lease late")
    assert len(made.comments) == 2
    assert "root" not in made.comments[0]
    assert "number0" not in made.comments[0]
    assert made.names.split()[:3] == ["logcleaner", "log", "cleaner"]


def test_what_is_shown_says_what_a_hit_needs(made):
    shown, texts = hit_of(made.shown)
    assert (shown["issue_key"], shown["url"]) == ("ACME-7", "https://jira.example.org/browse/ACME-7")
    assert shown["labels"] == ["Restart", "two words"]
    assert shown["seen"] == "2026-09-21T14:13:20.123Z"
    assert shown["cluster"] == "example-3"
    assert shown["quality_reasons"]["language"] == 1
    assert 0 < shown["quality"] == made.quality < 1
    assert texts[0] == (LONG * 3).strip()
    assert "<EMAIL>" in texts[1]


def test_tags_are_exact_and_without_case(made):
    assert {tag("status", "IN  progress"), "label:two words", "component:broker", "reporter:user_0"} <= set(made.tags)
    assert {each for each in made.tags if each.startswith("commenter:")} == {"commenter:user_1", "commenter:user_2"}
    said = {"project": "ACME", "status": "In Progress", "type": "Bug", "month": "2026-03", "language": "en"}
    assert made.facets == said


def test_the_better_one_has_the_lower_place(made):
    assert 0 <= made.place < 1 << 63
    assert made.place >> QUALITY == 1000 - round(made.quality * 1000)


@pytest.mark.parametrize("thread", ["", "# only", "x", "<issue_start>\n", "<issue_start>\n# a\n\n<issue_comment>\n"])
def test_what_is_no_thread_is_taken_apart_as_well(thread):
    title, report, comments, speakers = taken_apart(thread)
    assert isinstance(title + report, str)
    assert len(comments) == len(speakers)


def test_parts_of_sketches_are_shared_by_texts_that_are_alike():
    text = " ".join(f"word{at}" for at in range(300))
    one, other = (bands(minhash(each)) for each in (text, text + " more of it"))
    assert len(one.split()) == BANDS
    assert len(set(one.split()) & set(other.split())) > BANDS // 2
    assert bands(minhash("a b c")) == bands(minhash("A, b. C"))
    assert bands(b"") == ""
