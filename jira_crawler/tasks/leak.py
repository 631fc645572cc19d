"""Holds the law that the answer is never inside the input.

Texts (summaries, answers) leak when they stand in the input whole, whatever the case, spacing and punctuation, or
when the bulk of a long one does, as in a quoted reply. Labels leak when one of them stands in the input as words of
its own: `Bug` is in "a bug", not in "debug"; `Won't Fix` is in "wontfix". A set of labels of which one leaks gives no
example at all: leaving out that one label would teach that a component named in the text is not the one concerned.
"""

from __future__ import annotations

from typing import Final

from jira_crawler.items import Example
from jira_crawler.tasks.words import is_unspaced, words

_TEXTS: Final = frozenset({"summarization", "question_answering"})
_SETS: Final = frozenset({"multi_label_classification"})
SEPARATOR: Final = ", "

GRAM: Final = 8  # words
LONG: Final = 12  # words, from which the bulk is looked at
BULK: Final = 0.6  # share of the answer's grams
_EVERY: Final = 4  # a first look takes each fourth gram …
_SUSPECT: Final = 0.3  # … and goes on from here


def leaks(example: Example) -> bool:
    """True if the input gives the output away."""
    shown = words(example.input)
    if example.task_type in _TEXTS:
        return _text_leaks(words(example.output), shown)
    labels = example.output.split(SEPARATOR) if example.task_type in _SETS else [example.output]
    return any(_label_leaks(label, shown, example.input) for label in labels)


def _text_leaks(answer: str, shown: str) -> bool:
    # Without the spaces too: `HiveServer 2` is `HiveServer2`.
    return answer in shown or answer.replace(" ", "") in shown.replace(" ", "") or _bulk_leaks(answer, shown)


def _bulk_leaks(answer: str, shown: str) -> bool:
    said = answer.split(" ")
    if len(said) < LONG:
        return False
    starts = range(len(said) - GRAM + 1)
    return _share(said, starts[::_EVERY], shown) >= _SUSPECT and _share(said, starts, shown) >= BULK


def _share(said: list[str], starts: range, shown: str) -> float:
    return sum(" ".join(said[start : start + GRAM]) in shown for start in starts) / len(starts)


def _label_leaks(label: str, shown: str, raw: str) -> bool:
    named = words(label)
    if not named:
        return label in raw
    if is_unspaced(named):
        return named in shown
    padded = f" {shown} "
    spellings = {named, named.replace(" ", ""), words(label.replace("'", "").replace("’", ""))}
    return any(f" {spelling} " in padded for spelling in spellings)
