"""Counts what the feeds hold: tasks, projects, months, lengths, quality, languages, clusters, marks, rejects."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.groups import token
from jira_crawler.exports.reading import Progress
from jira_crawler.exports.source import Entry, Sample, Source
from jira_crawler.redaction.placeholders import count_marks
from jira_crawler.store import tally
from jira_crawler.text.words import each_word

BINS: Final = 20  # of the quality, from 0 to 1


@dataclass(slots=True)
class TextLengths:
    """Characters of every example's input and output: four bytes each; and the words of all outputs."""

    inputs: array[int] = field(default_factory=lambda: array("I"))
    outputs: array[int] = field(default_factory=lambda: array("I"))
    words: int = 0


@dataclass(slots=True)
class Statistics:
    """What was counted; memory grows by eight bytes an example and by the issues that repeat another."""

    fetched: datetime | None = None
    rejects: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)  # by project
    examples: Counter[str] = field(default_factory=Counter)  # by project
    tasks: defaultdict[str, TextLengths] = field(default_factory=lambda: defaultdict(TextLengths))
    months: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    qualities: Counter[int] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    values: Counter[int] = field(default_factory=Counter)  # of examples
    least: float = 0.0  # only examples of at least this value are counted
    repeats: Counter[int] = field(default_factory=Counter)  # by cluster, the representatives left out

    def add(self, entry: Entry) -> None:
        """Counts one issue, if it has an example of the value that is asked for."""
        about = entry.about
        samples = [each for each in entry.samples if not self.least or (each.value or 0.0) >= self.least]
        if not samples:
            return
        self.sites[about["site"]] += 1
        self.issues[about["project"]] += 1
        self.examples[about["project"]] += len(samples)
        self.months[about["created"][:7]] += 1
        self.languages[about["language"]] += 1
        self.qualities[min(BINS - 1, max(0, int(about["quality"] * BINS)))] += 1
        if about["cluster"] != entry.identity:
            self.repeats[token(about["cluster"])] += 1
        for sample in samples:
            self._add(sample)

    def _add(self, sample: Sample) -> None:
        lengths = self.tasks[sample.task_type]
        if not sample.is_text:
            lengths.inputs.append(len(sample.instruction) + len(sample.input))
        lengths.outputs.append(len(sample.output))
        lengths.words += len(each_word(sample.output.lower()))
        if sample.value is not None:
            self.values[min(BINS - 1, max(0, int(sample.value * BINS)))] += 1
        for text in (sample.input, sample.output):
            self.marks.update(count_marks(text))

    def cluster_sizes(self) -> Counter[int]:
        """How many clusters there are of each size."""
        sizes = Counter(1 + repeats for repeats in self.repeats.values())
        sizes[1] = self.issues.total() - sum(size * number for size, number in sizes.items())
        return +sizes

    def characters(self) -> int:
        """Counts all inputs and outputs."""
        return sum(int(self.lengths(of).sum(dtype=np.int64)) for of in ("inputs", "outputs"))

    def words(self) -> int:
        """Counts the words that a model is trained on, but for whole threads, which nobody asks for."""
        return sum(each.words for task, each in self.tasks.items() if task != "pretraining")

    def lengths(self, of: str) -> NDArray[np.uint32]:
        """The lengths of all inputs or outputs."""
        parts = [np.frombuffer(getattr(each, of), dtype=np.uint32) for each in self.tasks.values()]
        return np.concatenate(parts)


def gather(source: Source, progress: Progress = lambda _: None, least: float = 0.0) -> Statistics:
    """Reads the feeds once and counts examples of at least some value.

    Raises BadArgument if the feeds are empty, or hold none.
    """
    _, rejects, _ = tally.of_projects(source.engine, ())
    found = Statistics(source.fetched(), rejects, least=least)
    for span in source.spans():
        found.add(source.read(span))
        progress(span.length)
    if not found.issues and least:
        raise BadArgument(f"No example in {source.folder} has a value of {least:g} or more: there is nothing to count.")
    if not found.issues:
        raise BadArgument(f"The feeds in {source.folder} are empty: there is nothing to count.")
    return found
