"""Pairs of issues become examples: two reports and a question, or three reports for a model of likeness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from jira_crawler.exports.duplicates import SAME, Pair
from jira_crawler.exports.groups import token
from jira_crawler.exports.source import Entry, Sample, Span
from jira_crawler.exports.turns import report
from jira_crawler.tasks.prompts import LIMIT, cut

DIFFERENT: Final = "not a duplicate"
TASK: Final = "duplicate_detection"
_HALF: Final = LIMIT // 2 - 100  # characters of one of two reports

_ANSWERS: Final = "Answer with `duplicate` or `not a duplicate`."
INSTRUCTIONS: Final = (
    f"Do these two reports tell of the same problem? {_ANSWERS}",
    f"Judge whether the first report repeats the other one. {_ANSWERS}",
    f"Compare the two reports: are they about one and the same thing? {_ANSWERS}",
    f"Should these two reports be merged into one? {_ANSWERS}",
    f"Decide whether both reports are about one and the same problem. {_ANSWERS}",
)


@dataclass(frozen=True, slots=True)
class Triplet(Sample):
    """A report, its duplicate, and one that only looks like one, with the keys of the other two."""

    positive: str = ""
    negative: str = ""
    positive_key: str = ""
    negative_key: str = ""


class Beside(msgspec.Struct, frozen=True, array_like=True):
    """The report of an issue that another one is compared with."""

    site: str
    id: str
    key: str
    report: str


class Compared:
    """Finds the reports of pairs; `spans` says where the other issues are, by their place among all issues."""

    def __init__(self, pairs: Mapping[int, Sequence[Pair]], spans: Mapping[int, Span], read: Callable[[Span], Entry]):
        self._pairs, self._spans, self._read = pairs, spans, read

    def beside(self, places: Iterable[int]) -> dict[int, list[tuple[Beside, Beside]]]:
        """Gives for each of these places that has pairs its duplicates, each beside the one that only looks like it."""
        if not self._pairs:
            return {}
        return {
            at: [(self._find(pair.positive), self._find(pair.negative)) for pair in self._pairs[at]]
            for at in places
            if at in self._pairs
        }

    def _find(self, at: int) -> Beside:
        entry = self._read(self._spans[at])
        about = entry.about
        return Beside(about["site"], about["issue_id"], about["issue_key"], report(entry))


def questions(entry: Entry, pairs: Iterable[tuple[Beside, Beside]]) -> list[Sample]:
    """Two examples for each duplicate of an issue: whether it is one, and whether a near one is."""
    return [
        _question(entry, other, answer)
        for positive, negative in pairs
        for other, answer in ((positive, SAME), (negative, DIFFERENT))
    ]


def triplets(entry: Entry, pairs: Iterable[tuple[Beside, Beside]]) -> list[Sample]:
    """One example for each duplicate of an issue."""
    return [_triplet(entry, positive, negative) for positive, negative in pairs]


def _question(entry: Entry, other: Beside, answer: str) -> Sample:
    id_ = f"{entry.identity}-{TASK}-reports-{other.key}"
    first, second = cut(report(entry), _HALF), cut(other.report, _HALF)
    return Sample(
        id=id_,
        task_type=TASK,
        example_type="reports",
        instruction=INSTRUCTIONS[token(id_) % len(INSTRUCTIONS)],
        input=f"{first}\n\n# Other issue: {second.removeprefix('# ')}",
        output=answer,
        size=len(first) + len(second),
    )


def _triplet(entry: Entry, positive: Beside, negative: Beside) -> Sample:
    texts = [cut(text) for text in (report(entry), positive.report, negative.report)]
    return Triplet(
        id=f"{entry.identity}-triplet-{positive.key}",
        task_type=TASK,
        example_type="triplet",
        instruction="",
        input=texts[0],
        output=SAME,
        size=sum(map(len, texts)),
        positive=texts[1],
        negative=texts[2],
        positive_key=positive.key,
        negative_key=negative.key,
    )
