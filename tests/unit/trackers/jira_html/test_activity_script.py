from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.trackers.jira_html.activity import fragments, unescaped

HTML = "<div id=\"issue_actions_container\">\n it's 'quoted' \\n C:\\new – 😀 </div>"


def escaped(text: str) -> str:
    return json.dumps(text).replace("<", "\\u003c").replace(">", "\\x3e").replace("/", "\\/")


@pytest.mark.parametrize(
    "script",
    [
        "var x = " + escaped(HTML) + ";",
        'WRM._unparsedData["activity-panel-pipe-id"]=' + escaped(escaped(HTML)) + ";\nif(window.WRM)x();",
        'data = {"title": "a", "html": ' + escaped(HTML) + "}",
        "data = " + escaped(json.dumps({"html": HTML})) + ";",
        "// don't\nvar x = " + escaped(HTML),
        'var re = /"/;\nshow(' + escaped(HTML) + ")",
        "var x = '" + HTML.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'",
    ],
)
def test_html_is_found_in_a_string_of_a_script(script):
    assert list(fragments(script)) == [HTML]


@pytest.mark.parametrize(
    "script",
    [
        "",
        "var x = '<p>a</p>';",
        "issue_actions_container",
        'f("issue_actions_container")',
        'f("issue_actions_container',
    ],
)
def test_other_strings_are_left_alone(script):
    assert list(fragments(script)) == []


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r"a\nb\tc\\d\"e\'f\/g", "a\nb\tc\\d\"e'f/g"),
        (r"\u003c\x3e\u{1F600}\ud83d\ude00", "<>😀😀"),
        (r"\ud83d", "\ufffd"),
        (r"\u{110000}", "\ufffd"),
        (r"\uZZ\q", "uZZq"),
        ("a\\\nb", "ab"),
        ("plain", "plain"),
    ],
)
def test_escapes_are_those_of_javascript(literal, text):
    assert unescaped(literal) == text


@given(st.text())
def test_what_json_escapes_is_read_back(text):
    literal = json.dumps(text)[1:-1]
    assert unescaped(literal) == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
