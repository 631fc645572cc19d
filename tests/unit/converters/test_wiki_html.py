"""HTML in wiki markup becomes Markdown, by its macro or where it reads as a text; what is shown as code stays."""

import pytest

from jira_crawler.converters.wiki import convert
from tests.unit.effort import MOST, of_size, relative_cost

MACROS = {
    "{html}<p>Hi <b>there</b></p><ul><li>a</li></ul>{html}": "Hi **there**\n\n- a",
    "{html}<pre><code>a\n\nb</code></pre>{html}": "```\na\n\nb\n```",
    "{HTML}<p>a &amp; b</p>{html}": "a & b",
    "before {html}<i>one</i>{html} after": "before _one_ after",
    "{html}<div>x</div>\nnever closed": "x\n\nnever closed",
    "the {html} macro": "the {html} macro",
    "{quote}{html}<p>a</p><p>b</p>{html}{quote}": "> a\n>\n> b",
    "{code}{html}<b>x</b>{html}{code}": "```\n{html}<b>x</b>{html}\n```",
    "|a|{html}<p>x</p><p>y</p>{html}|": "| a | x<br><br>y |\n| --- | --- |",
    "\\{html}<b>x</b>{html}": "{html}<b>x</b>{html}",
}
TEXTS = {
    "<p>This is a sentence of several words.</p>\n*more*": "This is a sentence of several words.\n\n**more**",
    "<ul>\n<li>one thing to do</li>\n<li>another thing to do</li>\n</ul>": "- one thing to do\n- another thing to do",
}
CODE = (
    'Look:\n<div class="x"><span id="a">b</span></div>',
    "<p>this one is never closed, in many words",
    "<Alloy>\n<p>many words stand in this tag, too</p></Alloy>",
    "<div>many words stand in this tag, too</div> and behind it",
    '<div style="top:0">many words stand in this tag, too</div>',
)


@pytest.mark.parametrize("source", MACROS | TEXTS)
def test_becomes_markdown(source):
    assert "\n".join(line.rstrip() for line in convert(source).split("\n")) == (MACROS | TEXTS)[source]


@pytest.mark.parametrize("source", CODE)
def test_stays_as_it_is(source):
    assert convert(source) == source


def test_code_of_the_wiki_is_not_lost_in_html():
    source = "<div>some words of prose here\n{code}\nx < y\n{code}\nand some more words</div>"
    assert "x < y" in convert(source)


@pytest.mark.parametrize("piece", ["{html}", "{html:a}", "<p>a\n", "<div>a</div>\n", "{html}<p>", "</p>\n<p>"])
def test_takes_linear_time(piece):
    assert relative_cost(lambda: convert(of_size(piece))) < MOST
