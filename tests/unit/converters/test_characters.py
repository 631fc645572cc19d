"""What no text may hold goes, whether the rest of it is ASCII or not."""

import unicodedata

import pytest

from jira_crawler.converters.characters import readable


@pytest.mark.parametrize("rest", ["ab", "aé", "語b"])
def test_controls_are_dropped(rest):
    before, after = rest
    for code in range(0x100):
        character = chr(code)
        gone = unicodedata.category(character) == "Cc" and character not in "\t\n\r"
        kept = "" if gone else character.replace("\r", "\n")
        assert readable(before + character + after) == before + kept + after


@pytest.mark.parametrize("character", ["\ud800", "\udfff", "\ufdd0", "\ufdef", "\ufffe", "\uffff"])
def test_what_no_file_holds_is_dropped(character):
    assert readable(f"a{character}b") == "ab"


def test_colours_of_terminals_go_as_a_whole():
    assert readable("\x1b[31mred\x1b[0m\r\nplain") == "red\nplain"


def test_bytes_are_decoded_leniently():
    assert readable(b"a\r\xff\rb") == "a\n\ufffd\nb"
