"""Lines that are made to name another cluster and to call something canned, whatever texts they hold."""

from __future__ import annotations

from itertools import product

import orjson
import pytest

from jira_crawler.feeds.clusters import relabelled
from jira_crawler.items import Example
from jira_crawler.store.clusters import IssueSpan
from jira_crawler.tasks.canned import apart, openings
from jira_crawler.tasks.lines import told
from jira_crawler.tasks.value import as_canned, value

# What a reader of bytes could take for a part of the line, and what JSON writes otherwise than it reads.
MEAN = (
    '"cluster":"x-1"',
    '","metadata":{"cluster":"',
    '"task_type":"next_comment"',
    '\\","output":"Please',
    "\\",
    '"}}',
    "a\u2028b\x85c\rd",
    "Ünïcode 日本語 \U0001f600",
)
ANSWER = "Please provide a runnable test case, because we could not see it. {}"
OTHER = "The lease is kept as the session has not ended yet; a shorter timeout would do. {}"
OPENINGS = [
    each
    for text in (ANSWER, OTHER)
    for each in apart(
        openings([Example(task_type="next_comment", variant="", instruction="", input="", output=text.format(""))])
    )
]


def line(task: str, text: str, said: str, cluster: str, called: str) -> bytes:
    """A line as it is made, and then judged, by the plain rule."""
    example = Example(task_type=task, variant="reply", instruction=text, input=text * 3, output=said)
    worth = value(example)
    opened = openings([example]).hex()
    if opened and opened in called.split():
        worth = as_canned(worth)
    metadata: dict[str, object] = {"reporter": text, "example_type": "reply", "cluster": cluster or "example-1"}
    metadata |= {"representative": not cluster, "value": worth.score, "value_reasons": told(worth.reasons)}
    shown = {name: getattr(example, name) for name in ("task_type", "instruction", "input", "output")}
    return orjson.dumps({"id": f"example-1-{task}", **shown, "metadata": metadata}) + b"\n"


def lines(text: str, cluster: str, called: str) -> bytes:
    said = [("next_comment", ANSWER), ("question_answering", OTHER), ("root_cause", ANSWER), ("summarization", "{}")]
    return b"".join(line(task, text, answer.format(text), cluster, called) for task, answer in said)


STATES = [
    (cluster, " ".join(each.hex() for each in called))
    for cluster, called in product(("", "other-9"), ([], OPENINGS[:1], OPENINGS[1:], OPENINGS))
]


@pytest.mark.parametrize("text", MEAN)
def test_from_any_state_to_any_other(text):
    for (before, was), (after, is_) in product(STATES, STATES):
        span = IssueSpan("example", "1", "ACME.jsonl", 0, 0, before, was)
        assert relabelled(lines(text, before, was), span, after, is_) == lines(text, after, is_)


def test_lines_that_were_made_again_are_read_as_they_are():
    for cluster, called in STATES:
        span = IssueSpan("example", "1", "ACME.jsonl", 0, 0, cluster, called)
        assert relabelled(lines("text", "", ""), span, cluster, called) == lines("text", cluster, called)


@pytest.mark.parametrize("damage", [b"\0" * 40, b"{}", b"[1]", b'"cluster":"}}', b'{"metadata": 1}', b"\xff"])
def test_what_is_no_line_is_refused(damage):
    span = IssueSpan("example", "1", "ACME.jsonl", 0, 0, "", "")
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        relabelled(damage + b"\n", span, "other-9")


def test_a_hole_in_the_middle_of_a_line_is_refused():
    span = IssueSpan("example", "1", "ACME.jsonl", 0, 0, "", "")
    whole = lines("text", "", "")
    with pytest.raises(ValueError, match="not lines"):
        relabelled(whole[:80] + bytes(20) + whole[100:], span, "other-9")
