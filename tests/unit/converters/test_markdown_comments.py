"""What no reader of Markdown sees is gone; what stands in code is left alone."""

from __future__ import annotations

import pytest

from jira_crawler.converters.markdown import convert


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a <!-- b --> c", "a  c"),
        ("a\r\n<!-- b\r\nc -->\r\nd", "a\nd"),
        ("```\n<!-- kept -->\n```\n<!-- gone -->", "```\n<!-- kept -->\n```\n"),
        ("~~~~\n~~~\n<!-- kept -->\n~~~~", "~~~~\n~~~\n<!-- kept -->\n~~~~"),
        ("write `<!-- so -->` here", "write `<!-- so -->` here"),
        ("seen <!-- and never\n```\nclosed", "seen "),
        ("no comment", "no comment"),
        ("<!-- a --><!-- b -->", ""),
    ],
)
def test_comments_of_html_are_not_shown(source: str, shown: str) -> None:
    assert convert(source) == shown.strip("\n")


@pytest.mark.parametrize("unit", ["<!--", "-->", "<!-- `", "```\n<!--\n"])
def test_a_long_text_comes_to_an_end(unit: str) -> None:
    assert len(convert(unit * 100_000)) <= len(unit) * 100_000
