"""What a server says reaches a person as words, and moves nothing on their screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.exceptions import Unreadable
from jira_crawler.extensions.report import show
from jira_crawler.middlewares.answers import FailureResponse, describe
from jira_crawler.sentences import LONGEST_QUOTE, LONGEST_SENTENCE, printable, quoted
from jira_crawler.trackers.answers import trouble, words

NASTY = (
    "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x1b\\No\u202egnihton\u2066 \r\nComplete."
    "\x00\x9b31m\ud800 there\u200b"
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("", ""),
        ("The value 'X' does  not exist.", "The value 'X' does not exist."),
        ("naïve 水泵 ∑ 🙂", "naïve 水泵 ∑ 🙂"),
        (NASTY, "Nognihton Complete. there"),
        ("a\tb\nc\u2028d\u00a0e", "a b c d e"),
        ("\x1b[", ""),
        ("\x1b]0;never ended", ""),
        ("x" * 301, "x" * 299 + "…"),
        ("x" * 300, "x" * 300),
        ("\x00" * 9_000 + "x", "…"),
    ],
)
def test_what_is_quoted_is_one_short_line_that_shows(said: str, shown: str) -> None:
    assert quoted(said) == shown


@settings(deadline=None)
@given(st.text() | st.text("\x1b[]8;0m\x07\\ \n\u202ea\x9b\x90"))
def test_nothing_that_does_not_show_is_left_and_nothing_is_done_twice(said: str) -> None:
    shown = quoted(said)
    assert shown.isprintable()
    assert len(shown) <= LONGEST_QUOTE
    assert quoted(shown) == shown


def test_a_sentence_of_ours_may_name_more() -> None:
    named = "The store holds no issue of " + ", ".join(f"PROJECT{number}" for number in range(100)) + "."
    assert printable(named) == named
    assert len(printable(named * 100)) == LONGEST_SENTENCE


@pytest.mark.parametrize(
    "sentence",
    [
        words(json.dumps({"errorMessages": [NASTY * 99], "errors": {"jql": NASTY}, "message": NASTY}).encode()),
        words(json.dumps({"errorMessages": [NASTY] * 10_000}).encode()),
        words(json.dumps({"errorMessages": NASTY}).encode()),
        words(json.dumps({"errorMessages": 5, "errors": [1]}).encode()),
        words(b'{"message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        trouble(302, "", b"", "https://evil.example/" + NASTY * 99),
        trouble(200, "text/html", f"<title>{NASTY.replace(chr(0xD800), '') * 99}</title>".encode()),
        str(Unreadable(NASTY * 999)),
        FailureResponse("http://a.example", NASTY * 999).reason,
        describe(ValueError(NASTY * 99)),
    ],
)
def test_wherever_words_of_a_server_come_in(sentence: str) -> None:
    assert sentence.isprintable()
    assert len(sentence) <= LONGEST_SENTENCE


def test_an_error_of_any_shape_is_read() -> None:
    assert words(b'{"errorMessages": "No."}') == "No."
    assert words(b'{"errorMessages": {"a": "b"}}') == "b"
    assert words(b'{"errors": {"jql": {"a": [1]}}}') == ""


def test_names_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    counts = {"in_feed": 1, "rejected": 2, "examples": 3}
    nothing: dict[str, int] = {}
    report = {
        "complete": False,
        "missing": ["[red]no[/red] :smile:"],
        "site": "https://[blink]",
        "listed": 3,
        "written": 1,
        "examples": {"[bold]a": 1},
        "dropped": {"b[/x]": 2},
        "leaks": nothing,
        "redacted": nothing,
        "near_duplicates": nothing,
        "cut": nothing,
        "dataset": {"P[i]": counts},
        "requests": 1,
        "retries": 0,
        "requests_per_1000_issues": 1.0,
        "waited_seconds": 0.0,
        "seconds": 1.0,
    }
    show(report, Path("a[b]"))
    said = capsys.readouterr().out
    for name in ("[red]no[/red] :smile:", "https://[blink]", "[bold]a 1", "b[/x] 2", "P[i]"):
        assert name in said
