"""Texts that are made to be slow cost no more than a bounded multiple of what a plain text of their size costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from jira_crawler.converters import to_markdown
from jira_crawler.redaction.redact import redact
from jira_crawler.text.language import language
from jira_crawler.text.logs import shorten
from jira_crawler.text.normalise import normalise
from tests.unit import effort
from tests.unit.effort import MOST, PLAIN, SIZE, of_size, relative_cost

UNITS = (
    # marks of wiki markup
    *("*a ", "_a_ ", "{{a", "{{a}} ", "[a|b ", "[[a]", "[~a] ", "!a.png|", "||a", "|a|\n", "h1. a\n", "bq. ", "{code}"),
    *("{code:java}\n", "{noformat}", "{quote}", "{panel:title=x}", "{color:red}", "{*}a", "??a ", "+a+ ", "^a^", "\\"),
    *("* a\n** b\n", "#*#", "----\n", "[^a", "{anchor:a}", "{adf}", "(x) ", "!a!", "~a~ ", "-a- "),
    # HTML, whole and broken
    *("<b>", "<div>", "<div></div>", "</div>", "<a href='", "<a href='x'>", "<ul><li>a", "<table><tr><td>a", "<pre>"),
    *("<!--", "<!-- -->", "<![CDATA[", "<script>", "<style>", "&amp;", "&#x41;", "&", "&#1114112;", "<p a='1' b=2>"),
    *("<br>", "<font color=", "<", ">", "</", "<img src=x>", "<blockquote>", "<code>a", "<h1>a</h1>", "<p>a"),
    # Markdown and ADF
    *("`a", "`` ` ", "```\n", "> ", "- a\n", "1. a\n", "![a](", "[a](b) ", "**a", "__a__", "| a | b |\n", "# a\n"),
    *('{"type":"doc","content":[', '{"a":', "[[", '{"text":"a"},', '"\\', "\\u0041"),
    # what redaction looks for
    *("a@", "a@b.com ", "@a.", "http://", "http://a:b@c ", "password=", "password: a ", "token=a1", "Bearer ", "eyJ"),
    *("eyJa.eyJb.", "AKIA", "ghp_", "-----BEGIN PRIVATE KEY-----\n", "10.0.0.1 ", "2a00::", "/home/a/", "C:\\Users\\"),
    *("A1b2" * 10 + " ", "0123456789abcdef", "1.2.", "a at b dot ", "mysql -pa ", "curl -u a:b ", "$6$a$"),
    # logs, letters, blanks
    *("\tat a.B.c(D.java:1)\n", "Caused by: a\n", "2026-01-01 00:00:00,000 INFO ", "ERROR ", "\n", " ", "\t", "\r"),
    *("\0", "\u200b", "\u202e", "e\u0301", "\U0001f600", "中", "ﷺ", "\u00a0 ", "A", "a.", "a-", "_", "=", ": "),
)
STEPS: dict[str, Callable[[str], object]] = {
    **{markup: lambda text, markup=markup: to_markdown(text, markup) for markup in ("wiki", "html", "adf", "markdown")},
    "redact": redact,
    "normalise": normalise,
    "shorten": lambda text: shorten(text, 200),
    "language": language,
}


def test_there_are_as_many_as_ever():
    assert len(set(UNITS)) == len(UNITS) >= 117


@pytest.mark.parametrize("name", STEPS)
def test_no_text_is_slow(name):
    step = STEPS[name]
    step(PLAIN)  # what is loaded the first time is loaded now
    slow = {unit: relative_cost(lambda unit=unit: step(of_size(unit, SIZE)), SIZE) for unit in (PLAIN, *UNITS)}
    assert {unit: round(times) for unit, times in slow.items() if times > MOST} == {}


def test_a_quadratic_step_would_be_noticed(monkeypatch):
    monkeypatch.setattr(effort, "TRIES", 1)
    text = of_size("<")

    def quadratic() -> None:
        for at in range(len(text)):
            text.count("<", at)

    assert relative_cost(quadratic) > MOST
