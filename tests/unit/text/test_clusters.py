"""Clusters depend on the texts alone: not on their order, nor on what else is there."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.text import words
from jira_crawler.text.clusters import clusters
from jira_crawler.text.minhash import LONG, minhash


def text(seed: int, words: int = 120) -> list[str]:
    chosen = random.Random(seed)
    return [f"word{chosen.randrange(5_000)}" for _ in range(words)]


def changed(words: list[str], every: int) -> list[str]:
    """The text with each `every`th word another; one word changes five grams."""
    return ["other" if at % every == every - 1 else word for at, word in enumerate(words)]


def similarity(one: list[str], other: list[str]) -> float:
    grams = [{tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in (one, other)]
    return len(grams[0] & grams[1]) / len(grams[0] | grams[1])


def found(*texts: list[str]) -> list[int]:
    return clusters([minhash(" ".join(words)) for words in texts])


def test_a_sketch_is_small_and_the_same_for_the_same_words():
    long = " ".join(text(1))
    assert len(minhash(long)) == 256
    assert minhash(long) == minhash(f"  {long.upper()}.\n")
    assert len(minhash("Too short to compare.")) == 8
    assert minhash(" — … ") == b""


@pytest.mark.parametrize("seed", range(20))
def test_a_text_with_a_few_other_words_is_a_near_duplicate(seed):
    one = text(seed, 300)
    other = changed(one, 60)
    assert similarity(one, other) > 0.8
    assert found(one, text(seed + 1_000), other) == [0, 1, 0]


@pytest.mark.parametrize("seed", range(20))
def test_a_text_that_shares_half_its_grams_is_none(seed):
    one = text(seed, 300)
    other = changed(one, 15)
    assert similarity(one, other) < 0.55
    assert found(one, other) == [0, 1]


def test_recall_at_the_threshold_is_high():
    pairs = [(one, changed(one, 36)) for one in (text(seed, 400) for seed in range(200))]
    assert all(0.72 < similarity(*pair) < 0.79 for pair in pairs)
    assert sum(found(*pair) == [0, 0] for pair in pairs) / len(pairs) > 0.9


def test_short_texts_are_near_only_if_their_words_are_the_same():
    short = text(1, LONG - 1)
    assert found(short, short[:-1], short) == [0, 1, 0]


def test_a_script_without_spaces_is_compared_by_characters():
    one = "".join(chr(0x4E00 + number) for number in random.Random(1).sample(range(2_000), 200))
    assert len(minhash(one)) == 256
    assert clusters([minhash(one), minhash(one[:150] + "完" + one[151:])]) == [0, 0]


def test_what_says_nothing_stands_alone():
    assert clusters([]) == []
    assert clusters([b"", b"", minhash("word")]) == [0, 1, 2]


def test_a_chain_hangs_together():
    links = [text(7, 400)]
    for step in range(1, 8):
        links.append(["new" if at // 20 == step else word for at, word in enumerate(links[-1])])
    assert similarity(links[0], links[-1]) < 0.7 < similarity(links[0], links[1])
    assert found(*links) == [0] * len(links)


@given(st.permutations(range(12)))
@settings(max_examples=40, deadline=None)
def test_the_order_of_arrival_does_not_show(order):
    families = [changed(text(seed, 200), every) for seed in range(4) for every in (500, 90, 70)]
    usual = found(*families)
    shuffled = found(*(families[place] for place in order))
    groups = {}
    for place, label in zip(order, shuffled, strict=True):
        groups.setdefault(label, set()).add(place)
    assert {frozenset(group) for group in groups.values()} == {
        frozenset(at for at, label in enumerate(usual) if label == root) for root in set(usual)
    }


@given(st.text(st.characters(codec="ascii"), max_size=400))
def test_the_quick_way_finds_the_same_words(ascii_text):
    assert words.each_word(ascii_text.lower()) == words._WORD.findall(ascii_text.lower())
