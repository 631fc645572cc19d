from __future__ import annotations

from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.text.normalise import normalise


@pytest.mark.parametrize(
    ("text", "regular"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a  \nb\t\n", "a\nb"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\n \n\t\n\nb", "a\n\nb"),
        ("\n\n  indented", "  indented"),
        ("a\x00b\x07c\x7f", "abc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("e\u0301", "é"),
        ("zero\u200bwidth\ufeff\u2060", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("no\u00a0break", "no break"),
        ("left\u200e\u202ato\u202cright", "lefttoright"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("stray\u200d joiner\u200c", "stray joiner"),
        ("- a\n  - b\n    - c", "- a\n  - b\n    - c"),
        ("tab\tkept", "tab\tkept"),
        ("é\u200d\u3000\u200d", "é"),
        ("\u00a0\u200d\u00a0", ""),
    ],
)
def test_prose_becomes_regular(text: str, regular: str) -> None:
    assert normalise(text) == regular


@pytest.mark.parametrize(
    "code",
    [
        "```\na  \n\n\n\n  b\u00a0c\ne\u0301 \u200b\n```",
        "~~~\n```\n\n\n\n~~~",
        "````md\n```\n \n\n\n```\n````",
        "- item\n\n  ```java\n  x  \n\n\n\n  y\n  ```",
        "> ```\n> a  \n> ```",
        "```\nnever closed  \n\n\n\nend",
    ],
)
def test_fenced_code_stays_as_it_is(code: str) -> None:
    assert normalise(code) == code


def test_prose_after_a_fence_is_prose_again() -> None:
    assert normalise("```\na  \n```\nb  \n\n\n\nc") == "```\na  \n```\nb\n\nc"


def test_three_backticks_around_words_are_no_fence() -> None:
    assert normalise("```inline``` \n\n\n\nb") == "```inline```\n\nb"


def test_code_too_loses_control_characters_and_foreign_line_ends() -> None:
    assert normalise("```\r\na\x00\x1b[1mb\r\n```") == "```\nab\n```"


_PIECES = st.sampled_from(
    [
        "a",
        " ",
        "\n",
        "\r\n",
        "\t",
        "`",
        "```",
        "~~~",
        "> ",
        "\u200b",
        "\u200d",
        "é",
        "e\u0301",
        "\x1b[0m",
        "\x00",
        "\u00a0",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=3)).map("".join))
def test_tidying_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet=st.characters(exclude_characters="`~")))
def test_prose_is_composed_and_without_trailing_space(text: str) -> None:
    regular = normalise(text)
    assert is_normalized("NFC", regular)
    assert all(line == line.rstrip() for line in regular.split("\n"))
    assert "\n\n\n" not in regular
