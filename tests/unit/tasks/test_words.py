from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.text.words import each_word, has_words, is_unspaced, letters, words


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("", ""),
        ("Won't Fix!", "won t fix"),
        ("  a_b-c\n\n`d`", "a b c d"),
        ("Über: STRASSE", "über strasse"),
        ("Straße", "strasse"),
        ("...", ""),
        ("v1.2.3", "v1 2 3"),
        ("ｗｏｎ’ｔ　ｆｉｘ", "won t fix"),
        ("ﬁxed", "fixed"),
        ("fi\u200bx\u00aded\ufeff", "fixed"),
        ("a\u00a0b\u2028c", "a b c"),
        ("\\_a\\_ \\*b\\*", "a b"),
        ("“quoted” — text…", "quoted text"),
        ("\ud800x", "x"),
    ],
)
def test_words_stand_alone(text: str, alone: str) -> None:
    assert words(text) == alone


@given(st.text())
def test_the_short_way_for_ascii_gives_the_same(text: str) -> None:
    ascii_text = text.encode("ascii", "ignore").decode()
    assert words(ascii_text) == words(ascii_text + " é").removesuffix("é").strip()
    assert letters(ascii_text) == letters(ascii_text + " é").removesuffix("é") == words(ascii_text).replace(" ", "")


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("one", 1), ("one, two", 2), ("--- ---", 0), ("snake_case", 2), ("登录失败", 4)]
)
def test_words_are_counted(text: str, count: int) -> None:
    assert has_words(text, count)
    assert not has_words(text, count + 1)


def test_scripts_without_spaces_are_known() -> None:
    assert is_unspaced("登录")
    assert not is_unspaced("login né")


def test_letters_are_words_without_spaces() -> None:
    assert letters("Time-out of f**o**o_") == "timeoutoffoo"
    assert letters("Tíme-out") == "tímeout"


def test_each_word_stands_alone() -> None:
    assert each_word("don't, 登录 x_1") == ["don", "t", "登", "录", "x", "1"]
