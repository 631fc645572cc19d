"""Only stretches around hints are handed on, and nothing is lost around them."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.rules import Near


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("a\nkey\nb\nc", ["key\nb\n"]),
        ("key\nkey\nb\nc\nkey", ["key\nkey\nb\n", "key"]),
        ("é\nÜ KEY é\nb\nc", ["Ü KEY é\nb\n"]),
        ("a\nb", []),
    ],
)
def test_lines_with_a_hint_come_with_the_line_behind(text: str, stretches: list[str]) -> None:
    seen: list[str] = []
    assert Near(["key"], after=1).change(text, lambda lines: (seen.append(lines), lines)[1]) == text
    assert seen == stretches


def test_words_with_a_hint() -> None:
    assert Near(["key"], words=True).change("a xkeyx, b\nkey é", str.upper) == "a XKEYX, b\nKEY é"


def test_half_a_character_hands_on_everything() -> None:
    assert Near(["key"]).change("\ud800 a\nb", str.upper) == "\ud800 A\nB"
