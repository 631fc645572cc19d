"""Bodies that repeat a mark without end are converted in time that grows with their length."""

from __future__ import annotations

import pytest

from jira_crawler.converters import to_markdown
from tests.unit.effort import MOST, of_size, relative_cost

FORMATS = ["wiki", "html", "adf", "markdown"]
HOSTILE = ["{", "[", "*a ", "-a ", "{{a ", "||", "|a\n", "!a", "!a.b", "_a", "_a ", "+a", "^a ", "??a ", "`a ", "` `` "]
HOSTILE += ["{code:", "{code}", "{code}x", "{quote}", "{panel:title=x}a\n", "{quote}{panel}", "{color:red}", "{*}a"]
HOSTILE += [
    "{adf}",
    '{adf}{"content":[',
    "{code:title=",
    "{*}a",
    "{*}a{_}",
    " {color}",
    "[[a]",
    "[a[b]",
    "{{`",
    "|* a\n* ",
]
HOSTILE += [
    "[a|b",
    "[http://a|",
    "http://a.",
    "\\",
    "```\n",
    "# a\n",
    "#*#* a\n",
    "(x) ",
    "\n",
    "<",
    "<div>",
    "<b>",
    "<!--",
]
HOSTILE += [
    "<ul><li>a",
    "<table><tr><td>",
    "<pre>",
    "&",
    "&lt;",
    '{"content":[',
    '"text":"',
    '{"type":"text","text":"\\',
]


@pytest.mark.parametrize("markup", FORMATS)
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_bodies_take_no_time(piece, markup):
    body = of_size(piece)
    assert relative_cost(lambda: to_markdown(body, markup)) < MOST


def test_a_long_blank_takes_no_time():
    blank = " " * 65_536
    for end in ("\\\\x", "{color}*", "\\\\", "{code}", "|"):
        assert relative_cost(lambda end=end: to_markdown(("a" + blank + end) * 2, "wiki")) < MOST
    titles = "{code:title=" + blank + "}{code}{panel:title=" + blank + "}"
    assert relative_cost(lambda: to_markdown(titles, "wiki")) < MOST
