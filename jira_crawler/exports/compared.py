"""Pairs of issues become examples: two reports and a question, or three reports for a model of likeness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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


class Compared:
    """Makes the examples of pairs; `spans` says where the other issues are, by their place among all issues."""

    def __init__(self, pairs: Mapping[int, Sequence[Pair]], spans: Mapping[int, Span], read: Callable[[Span], Entry]):
        self._pairs, self._spans, self._read = pairs, spans, read

    def questions(self, at: int, entry: Entry) -> list[Sample]:
        """Two examples for each duplicate of an issue: whether it is one, and whether a near one is."""
        return [
            _question(entry, other, answer)
            for pair in self._pairs.get(at, ())
            for other, answer in ((self._find(pair.positive), SAME), (self._find(pair.negative), DIFFERENT))
        ]

    def triplets(self, at: int, entry: Entry) -> list[Sample]:
        """One example for each duplicate of an issue."""
        return [
            _triplet(entry, self._find(pair.positive), self._find(pair.negative)) for pair in self._pairs.get(at, ())
        ]

    def _find(self, at: int) -> Entry:
        return self._read(self._spans[at])


def _question(entry: Entry, other: Entry, answer: str) -> Sample:
    id_ = f"{entry.identity}-{TASK}-reports-{other.about['issue_key']}"
    first, second = cut(report(entry), _HALF), cut(report(other), _HALF)
    return Sample(
        id=id_,
        task_type=TASK,
        example_type="reports",
        instruction=INSTRUCTIONS[token(id_) % len(INSTRUCTIONS)],
        input=f"{first}\n\n# Other issue: {second.removeprefix('# ')}",
        output=answer,
        size=len(first) + len(second),
    )


def _triplet(entry: Entry, positive: Entry, negative: Entry) -> Sample:
    texts = [cut(report(each)) for each in (entry, positive, negative)]
    return Triplet(
        id=f"{entry.identity}-triplet-{positive.about['issue_key']}",
        task_type=TASK,
        example_type="triplet",
        instruction="",
        input=texts[0],
        output=SAME,
        size=sum(map(len, texts)),
        positive=texts[1],
        negative=texts[2],
        positive_key=positive.about["issue_key"],
        negative_key=negative.about["issue_key"],
    )
