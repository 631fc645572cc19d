"""What one example is worth to whoever trains on it, from 0 to 1, with reasons; docs/rubric.md says what is meant.

It is a judgement to sort by. A comment is worth something if it explains, asks or finds something that belongs to what
is shown, and little if it is canned, tells that something was done, or leans on what nobody sees: a link, a file, a
person. A label is worth what can be learnt of its kind; a title, how far the text bears it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from math import exp
from typing import Final, NamedTuple

from jira_crawler.items import Example
from jira_crawler.tasks.answers import ROUTINE, own_words
from jira_crawler.tasks.signs import READ, signs
from jira_crawler.text.words import each_word

_SHOWN: Final = 1_000  # characters of an input

# How much each sign counts, as benchmarks/weights.py fits it to comments that were read, the sealed ones left out.
WEIGHTS: Final[Mapping[str, float]] = {
    "length": 2.9,
    "explains": 1.8,
    "proposes": 0.6,
    "opinion": 1.0,
    "code": 2.0,
    "question": 1.0,
    "act": -1.4,
    "link": -1.7,
    "file": -2.3,
    "person": -0.8,
    "asks for": -1.6,
    "process": -2.9,
    "social": -1.8,
    "routine": -0.7,
}
_BIAS: Final = -0.8
CANNED: Final = 0.1  # what a comment is worth that many issues have

_ANSWERS: Final = frozenset({"question_answering", "next_comment", "root_cause"})
# What is learnt of a label, by how far a report tells it; most are little more than the commonest one.
_LABELS: Final[Mapping[str, float]] = {
    "issue_type": 0.7,
    "components": 0.75,
    "labels": 0.5,
    "pair": 0.4,
    "project": 0.3,
    "priority": 0.2,
    "resolution_after_discussion": 0.3,
}
_OTHER_LABEL: Final = 0.1
_TOLD: Final = 4  # reasons, those that count most
_RICH: Final = 400  # characters of a report that tells enough
_RICH_THREAD: Final = 60  # different words of its own


_ADDRESS: Final = re.compile(r"https?://\S+")


class Value(NamedTuple):
    """A score from 0 to 1 to two digits, and its reasons by name."""

    score: float
    reasons: tuple[tuple[str, float], ...]


_HARDLY: Final = Value(_OTHER_LABEL, (("learnable", _OTHER_LABEL),))


def value(example: Example) -> Value:
    """Weighs one example."""
    if example.task_type in _ANSWERS:
        return _of_answer(example.output)
    if example.task_type in ("summarization", "release_notes"):
        return _of_summary(example)
    if example.task_type == "pretraining":
        richness = own_words(example.output, _RICH_THREAD) / _RICH_THREAD
        return _valued(0.1 + 0.85 * richness, {"length": richness})
    if example.variant not in _LABELS:
        return _HARDLY
    return _of_label(_LABELS[example.variant], min(len(example.input), _RICH))


@lru_cache(maxsize=1024)  # most reports tell enough
def _of_label(learnable: float, told: int) -> Value:
    richness = told / _RICH
    return _valued(learnable * (0.5 + 0.5 * richness), {"learnable": learnable, "length": richness})


def as_canned(found: Value) -> Value:
    """What a comment is worth that many issues have."""
    return Value(min(found.score, CANNED), (("canned", 1.0), *found.reasons))


def _of_answer(answer: str) -> Value:
    shown = signs(answer)
    counted = [(WEIGHTS[name] * found, name) for name, found in shown.items() if found]
    most = sorted(counted, key=_by_weight)[:_TOLD]
    score = 1 / (1 + exp(-_BIAS - sum([weight for weight, _ in counted])))
    return Value(round(score, 2), tuple([(name, round(shown[name], 2)) for _, name in most]))


def _by_weight(counted: tuple[float, str]) -> float:
    return -abs(counted[0])


def _of_summary(example: Example) -> Value:
    shown = example.input[:_SHOWN].lower()
    told = each_word(_ADDRESS.sub(" ", shown) if "://" in shown else shown)  # the name of a repository tells nothing
    content = set(each_word(example.output[:READ].lower())) - ROUTINE
    borne_out = len(content.intersection(told)) / len(content) if content else 0.0
    richness = min(len(example.input) / _RICH, 1.0)
    return _valued(0.15 + 0.5 * borne_out + 0.35 * richness, {"borne out": borne_out, "length": richness})


def _valued(score: float, reasons: Mapping[str, float]) -> Value:
    return Value(round(score, 2), tuple([(name, round(found, 2)) for name, found in reasons.items()]))
