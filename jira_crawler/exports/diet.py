"""The default diet: labels that the texts do not tell are left out, as measured in the feeds that are exported.

A label family is what one task asks in one variant in one project. It stays where a small linear learner is clearly
better than always saying the most frequent label, and more often right than wrong. Where there are too few rows to
measure it goes: what nobody has seen to be learnable is not taught. So does what only came about later, for what a
learner finds of that are the habits of one time. Of what stays an issue gives two rows at most, chosen by hash, so that
the labels of an issue do not outweigh what people said in it. Where the labels of a family are a closed set, the
question names them, without those that the learner misses more often than not: their rows go. Of answers, titles and
threads those stay that are worth learning; of answers, also after what is shown before them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from jira_crawler.exports.added import chance
from jira_crawler.exports.groups import Groups, token
from jira_crawler.exports.learner import FOLDS, Learner, Measured, Words, hashed
from jira_crawler.exports.source import Entry, Sample
from jira_crawler.tasks.answers import own_words
from jira_crawler.text.fences import fenced, prose

LABELS: Final = frozenset(
    (
        "classification",
        "multi_label_classification",
        "status_prediction",
        "time_to_resolution",
        "time_to_reply",
        "time_to_merge",
        "duplicate_detection",
    )
)
SETS: Final = frozenset(("multi_label_classification",))
TOLD: Final = frozenset(
    ("time_to_resolution", "time_to_reply", "time_to_merge", "duplicate_detection")
)  # the question has the set
LATER: Final = frozenset(("status_prediction", "time_to_resolution", "time_to_reply", "time_to_merge"))
SEPARATOR: Final = ", "
ANSWERS: Final = frozenset(("question_answering", "next_comment", "root_cause"))
VALUED: Final = ANSWERS | {"summarization", "release_notes"}

MOST_ROWS: Final = 800  # that are measured of a family
FEWEST_ROWS: Final = 100
CLEARLY: Final = 0.10  # so much more often than the most frequent label …
ERRORS: Final = 3  # … and so many standard errors away from no gain at all
RIGHT: Final = 0.5  # at least so often
FEWEST_WORDS: Final = 8  # different ones of its own, without which a label is a guess, and a thread a listing
LABELS_AN_ISSUE: Final = 2
LEAST_VALUE: Final = 0.7  # of a title, a summary, a comment
LEAST_CHANCE: Final = 0.88  # that a reader keeps a comment after its input
DISCUSSION: Final = "title_from_discussion"
LEAST_OF_DISCUSSION: Final = 0.76  # of its title: where half of the words are borne out it is 0.75 at most
LEAST_THREAD: Final = 0.34  # of a whole thread: seventeen different words of its own
MOST_NAMES: Final = 40  # a question that lists more is longer than many reports

LEARNABLE: Final = "learnable"

Family = tuple[str, str, str]  # task, variant, project


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a label family is exported, and why.

    `names` is the set that its questions show, if they do; rows whose label is one of `missed` go, and `rest` is what
    is measured of the others; `later` says that it is about what came after the report.
    """

    rows: int
    measured: Measured | None
    names: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    later: bool = False
    rest: Measured | None = None

    @property
    def kept(self) -> bool:
        return self.reason == LEARNABLE

    @property
    def reason(self) -> str:
        if self.measured is None:
            return f"nothing to measure: fewer than {FEWEST_ROWS} rows"
        if not _is_clear(self.measured):
            return "not clearly better than the most frequent label"
        if self.later:
            return "told by what came later"
        if self.measured.learned < RIGHT:
            return "more often wrong than right"
        if self.rest and not (self.rest.rows >= FEWEST_ROWS and _is_clear(self.rest)):
            return "no two labels that texts tell apart"
        return LEARNABLE


@dataclass(slots=True)
class Rows:
    """The rows of a family with the lowest hashes, so that the order of issues does not matter; and all its labels."""

    count: int = 0
    labels: set[str] = field(default_factory=set)
    taken: list[tuple[int, int, bytes, tuple[str, ...]]] = field(default_factory=list)
    below: int = 2**64 - 1

    def trim(self) -> None:
        self.taken.sort(key=lambda row: row[0])
        del self.taken[MOST_ROWS:]
        if len(self.taken) == MOST_ROWS:
            self.below = self.taken[-1][0]


@dataclass(slots=True)
class Gathering:
    """Takes the issues one by one, and then judges each family. A few hundred rows a family stay in memory."""

    groups: Groups = field(default_factory=Groups)
    families: dict[Family, Rows] = field(default_factory=dict)

    def add(self, entry: Entry, samples: list[Sample], number: int) -> None:
        """Takes an issue and those of its examples that the other filters let through."""
        at, lot = len(self.groups.names), token(f"diet {entry.identity}")
        self.groups.add(entry, number)
        seen: dict[str, bytes] = {}  # most labels are asked about the same text
        for sample in samples:
            if sample.task_type in LABELS:
                self._add(family(entry, sample), sample, at, lot, seen)

    def _add(self, of: Family, sample: Sample, at: int, lot: int, seen: dict[str, bytes]) -> None:
        rows = self.families.setdefault(of, Rows())
        labels = tuple(sorted(set(sample.output.split(SEPARATOR) if sample.task_type in SETS else [sample.output])))
        rows.count += 1
        rows.labels.update(labels)
        if lot > rows.below:
            return
        if sample.input not in seen:
            seen[sample.input] = hashed(sample.input).tobytes()
        rows.taken.append((lot, at, seen[sample.input], labels))
        if len(rows.taken) >= 2 * MOST_ROWS:
            rows.trim()

    def join(self, others: Gathering) -> None:
        """Takes the issues that somebody else has taken, behind its own."""
        before = len(self.groups.names)
        self.groups.join(others.groups)
        for of, more in others.families.items():
            rows = self.families.setdefault(of, Rows())
            rows.count += more.count
            rows.labels |= more.labels
            rows.taken += [(lot, before + at, words, labels) for lot, at, words, labels in more.taken]
            if len(rows.taken) >= 2 * MOST_ROWS:
                rows.trim()

    def diet(self) -> Diet:
        """Measures every family; equal feeds give equal verdicts."""
        groups = np.frombuffer(self.groups.names, dtype=np.uint64)[self.groups.roots()]
        folds = (groups % np.uint64(FOLDS)).astype(np.int64)
        verdicts = {}
        for of, rows in sorted(self.families.items()):
            rows.trim()
            places = np.array([at for _, at, _, _ in rows.taken])
            texts: list[Words] = [np.frombuffer(words, dtype=np.uint16) for _, _, words, _ in rows.taken]
            labels = [frozenset(chosen) for *_, chosen in rows.taken]
            learner = Learner(texts, labels, folds[places]) if len(places) >= FEWEST_ROWS else None
            verdict = Verdict(rows.count, learner.whole if learner else None, later=of[0] in LATER)
            if learner and verdict.kept and of[0] not in SETS:
                rest, missed = learner.told_apart()
                verdict = replace(verdict, missed=missed, rest=rest if missed else None)
            verdicts[of] = replace(verdict, names=_closed(of[0], rows.labels - set(verdict.missed)))
        return Diet(verdicts)


@dataclass(frozen=True, slots=True)
class Diet:
    """What was decided for each label family; everything that is no label passes."""

    verdicts: dict[Family, Verdict]

    def learnable(self, entry: Entry, samples: list[Sample]) -> list[Sample]:
        """The examples without labels that cannot be learned; the others' questions show the set to choose from."""
        return list(self._learnable(entry, samples))

    def _learnable(self, entry: Entry, samples: list[Sample]) -> Iterator[Sample]:
        for sample in samples:
            if sample.task_type not in LABELS:
                yield sample
            elif self._is_told(entry, sample):
                verdict = self.verdicts[family(entry, sample)]
                yield replace(sample, instruction=_choosing(sample, verdict.names)) if verdict.names else sample

    def _is_told(self, entry: Entry, sample: Sample) -> bool:
        """Whether a report tells its label: texts do, this label is not one that they do not, and there is a text."""
        verdict = self.verdicts[family(entry, sample)]
        told = verdict.kept and sample.output not in verdict.missed
        return told and own_words(sample.input, FEWEST_WORDS) == FEWEST_WORDS


def _is_clear(found: Measured) -> bool:
    """Whether the learner is clearly better than always saying the most frequent label."""
    return found.gain >= CLEARLY and found.gain >= ERRORS * found.error


def worth(entry: Entry, samples: list[Sample]) -> list[Sample]:
    """The examples of some value, and labels (which are measured); all, where nobody can judge them."""
    language = entry.about["language"]
    return [each for each in samples if each.task_type in LABELS or _is_worth(each, language)]


def _is_worth(sample: Sample, language: str) -> bool:
    """Whether an example is worth learning; what makes a value is English, and says nothing of other languages."""
    judged = (sample.is_text or sample.task_type in VALUED) and (
        language == "en" or (not language and sample.output.isascii())
    )
    if not judged or sample.value is None:
        return True
    if sample.is_text:
        return sample.value >= LEAST_THREAD and _is_told_in_words(sample.output)
    if sample.task_type in ANSWERS:
        return sample.value >= LEAST_VALUE and chance(sample) >= LEAST_CHANCE
    return sample.value >= (LEAST_OF_DISCUSSION if sample.example_type == DISCUSSION else LEAST_VALUE)


def _is_told_in_words(thread: str) -> bool:
    """Whether something is said in a thread: a trace of which nothing is said has no words outside of it."""
    return not fenced(thread) or own_words(prose(thread), FEWEST_WORDS) == FEWEST_WORDS


def few(_: Entry, samples: list[Sample]) -> list[Sample]:
    """At most two label rows of an issue, chosen by hash, and everything else."""
    labels = sorted((sample.id for sample in samples if sample.task_type in LABELS), key=token)
    left = set(labels[LABELS_AN_ISSUE:])
    return [sample for sample in samples if sample.id not in left] if left else samples


def family(entry: Entry, sample: Sample) -> Family:
    """The label family of an example."""
    return sample.task_type, sample.example_type, str(entry.about["project"])


def _closed(task: str, labels: Collection[str]) -> tuple[str, ...]:
    """The names that a question can list: all that are asked for, sorted, if they are few and each fits on a line."""
    names = tuple(sorted(labels))
    fits = len(names) <= MOST_NAMES and not any("`" in name or "\n" in name for name in names)
    return names if fits and task not in TOLD else ()


def _choosing(sample: Sample, names: tuple[str, ...]) -> str:
    """The question with its set behind it; it stays one line, because what follows an empty line is the input."""
    listed = ", ".join(f"`{name}`" for name in names)
    one = "one or more of" if sample.task_type in SETS else "one of"
    return f"{sample.instruction} Choose {one} {listed}."
