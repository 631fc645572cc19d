"""The strings of a command line become checked values, or one sentence; no string is a traceback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jira_crawler.crawl.scope import CrawlScope
from jira_crawler.exceptions import BadArgument
from jira_crawler.spiders import arguments

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ANYTHING = st.text(st.characters(codec=None), max_size=30)  # surrogates, too


def read(projects: str = "KAFKA", jql: str = "", since: str = "", limit: str = "") -> CrawlScope:
    return arguments.read(projects, jql, since, limit, NOW)


@pytest.mark.parametrize("text", ["²", "9" * 5_000, "9" * 10, "0", "-1", "1.5", "1e3", "1_0", "٣", "many", "+5"])
def test_what_is_no_number_of_issues(text):
    with pytest.raises(BadArgument, match="is not a number of issues") as refused:
        read(limit=text)
    assert len(str(refused.value)) < 200


def test_a_number_of_issues():
    assert (read(limit=" 100 ").limit, read(limit="").limit) == (100, 0)


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "999999w",
        "9" * 5_000,
        "99999d" * 2,
        "2999-13-01",
        "9999-12-31T23:59-14:00",
        "0001-01-01T00:00+14:00",
    ],
)
def test_what_is_no_date(text):
    with pytest.raises(BadArgument, match="is no date: write") as refused:
        read(since=text)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("text", ["99999w", "0001-01-01", "1969-12-31"])
def test_what_was_before_any_tracker_is_everything(text):
    assert read(since=text).filter == "updated >= 0"


def test_a_year_alone_is_told_how_to_be_a_date():
    with pytest.raises(BadArgument, match="since=2999 is a year alone, and no date: write 2999-01-01"):
        read(since="2999")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("30d", NOW - timedelta(days=30)),
        ("-2w", NOW - timedelta(weeks=2)),
        ("2025-01-31", datetime(2025, 1, 31, tzinfo=UTC)),
        ("2025-01-31T12:00+02:00", datetime(2025, 1, 31, 10, tzinfo=UTC)),
        ("2999-01-01", datetime(2999, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_date(text, moment):
    assert arguments.moment(text, NOW) == moment


@pytest.mark.parametrize("name", ["projects", "jql", "since", "limit"])
@pytest.mark.parametrize("text", ["a\0b", "\udcff"])
def test_what_is_no_text(name, text):
    with pytest.raises(BadArgument, match="is not text in UTF-8"):
        read(**{name: text})


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
@example(projects="", jql="", since="", limit="0\x1f")
def test_anything_else_is_a_sentence_too(projects, jql, since, limit):
    for chosen in ({"projects": projects}, {"jql": jql}, {"since": since}, {"limit": limit}):
        try:
            read(**chosen)
        except BadArgument as refused:
            assert str(refused)
    for reader in (arguments.issue_keys, lambda text: arguments.flag("full", text)):
        try:
            reader(projects)
        except BadArgument as refused:
            assert str(refused).isprintable()
