"""Words and names of code are found alike in documents and in questions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.search.tokens import LONGEST, MOST, code_name, tokenized, words


def test_words_are_without_case_and_signs():
    assert words("The Broker's log.flush_ms, is 5") == ["the", "broker", "s", "log", "flush", "ms", "is", "5"]
    assert words("Größe STRASSE ｗｉｄｅ") == ["grösse", "strasse", "wide"]
    assert words("鍵盤 ok") == ["鍵", "盤", "ok"]
    assert words("x" * 1000) == ["x" * LONGEST]
    assert words("…!") == []


def code_names(texts: list[str]) -> str:
    return tokenized(texts)[1]


@given(st.lists(st.text() | st.text("aA1 ._é鍵ß")))
def test_texts_together_have_the_words_of_each(texts):
    assert [found.split() for found in tokenized(texts)[0]] == [words(text) for text in texts]


@pytest.mark.parametrize("length", [LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST])
@pytest.mark.parametrize("before", ["", "a ", "b" * LONGEST + " "])
def test_a_word_is_cut_at_its_longest_wherever_it_stands(length, before):
    ((found,), _) = tokenized([f"{before}{'x' * length}, c"])
    assert found.split() == [*before.split(), "x" * min(length, LONGEST), "c"]


def test_names_of_code_stand_whole_and_in_parts():
    text = "LogCleaner calls java.util.HashMap. It sets log.flush.ms and MAX_SIZE in `HTTPServer2`"
    found = code_names([text]).split()
    names = "logcleaner log cleaner java.util.hashmap hash map log.flush.ms max_size http"
    for name in names.split():
        assert name in found
    assert len(found) == len(set(found))


def test_what_people_write_is_no_name():
    assert code_names(["The broker stops. NASA says 3.14 or 1.2.3 … Hello World, iOS? Done."]) == "ios i os"


def test_endless_logs_have_a_bound():
    assert len(code_names([" ".join(f"a.b{at}" for at in range(9000))]).split()) == MOST
    assert code_names(["a." * 200_000]) == ""


def test_a_name_is_looked_up_as_it_is_found():
    assert code_name("LogCleaner") in code_names(["LogCleaner"]).split()
    assert code_name(" log.flush.ms ") == "log.flush.ms"
    assert code_name("two words") == code_name("größe") == ""
