"""What a comment adds to what is shown before it: whether it is worth to be an answer there, and not only by itself.

A value looks at the comment alone. Here its input counts too: how much of what is said is new, that it gives reasons
and conditions, and, against it, that it is about its writer, waits for something, or lists versions. What comes out is
a chance from 0 to 1 that a reader keeps the comment, by weights that were fitted to verdicts of such readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import exp, log
from typing import Final

from jira_crawler.exports.source import Sample
from jira_crawler.tasks.answers import ROUTINE
from jira_crawler.tasks.signs import READ
from jira_crawler.text.fences import prose
from jira_crawler.text.words import each_word

# How much each counts, as benchmarks/added.py fits it to comments that were read, those put aside left out.
WEIGHTS: Final[Mapping[str, float]] = {
    "value": 0.3,
    "new": 2.5,
    "reasons": 1.7,
    "writer": -2.0,
    "waits": -1.6,
    "figures": -2.4,
}
BIAS: Final = -0.5
_NEAREST: Final = 0.01  # to 0 and 1 that a value may come, of which the log of its odds counts
_RICH: Final = 61  # different new words that make a comment a rich one
_FEWEST: Final = log(1 + 3) / log(_RICH)  # three new words
_DIGITS: Final = 9  # of a chance: what lies behind them hangs on the machine

_REASONING_WORDS: Final = """
because since due cause caused causes reason so therefore although however but whereas unless rather instead when if
then only without both after before which where while
"""
_WAITING_WORDS: Final = """
wait waiting soon later yet today tomorrow weekend days week weeks month months meanwhile plan plans planned progress
schedule scheduled assign assigned priority urgent asap forward news updates mentioned
"""
_REASONS: Final = frozenset(_REASONING_WORDS.split())
_WAITS: Final = frozenset(_WAITING_WORDS.split())
_WRITER: Final = frozenset(["i", "me", "mine", "my", "our", "us", "we"])


def chance(sample: Sample) -> float:
    """The chance that somebody who reads a comment after its input calls it worth learning; it has to have a value.

    What says again what was said has none, however well it is put.
    """
    found = added(sample)
    if found["new"] < _FEWEST:
        return 0.0
    return round(1 / (1 + exp(-BIAS - sum([weight * found[name] for name, weight in WEIGHTS.items()]))), _DIGITS)


def added(sample: Sample) -> dict[str, float]:
    """What counts of a comment, each from 0 to 1, but for the log of the odds that its value is; it has to have one."""
    text = sample.output[:READ]
    said = prose(text).lower()
    spoken = each_word(said)
    new = {word for word in each_word(text.lower()) if len(word) > 1 and not word[0].isdigit()}
    new -= ROUTINE
    new -= _shown(sample.input)
    value = min(max(sample.value or 0.0, _NEAREST), 1 - _NEAREST)
    return {
        "value": log(value / (1 - value)),
        "new": min(log(1 + len(new)) / log(_RICH), 1.0),
        "reasons": min(_many(spoken, _REASONS) / 4, 1.0),
        "writer": min(_many(spoken, _WRITER) * 10 / (len(spoken) + 8), 1.0),
        "waits": float(not _WAITS.isdisjoint(spoken)),
        "figures": min(sum(map(str.isdigit, said)) * 5 / max(len(said), 1), 1.0),
    }


@lru_cache(maxsize=4)  # one comment may be asked for twice after the same
def _shown(text: str) -> frozenset[str]:
    return frozenset(each_word(text.lower()))


def _many(words: list[str], wanted: frozenset[str]) -> int:
    return sum(map(wanted.__contains__, words))
