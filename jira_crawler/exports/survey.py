"""The first reading of the feeds: who belongs together, what passes the filters, and so which split gets how much."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.as_of import as_of
from jira_crawler.exports.compared import Compared
from jira_crawler.exports.diet import LABELS_AN_ISSUE, Diet, Gathering, few
from jira_crawler.exports.duplicates import Reports
from jira_crawler.exports.groups import SPLITS, Groups, by_hash, by_time
from jira_crawler.exports.options import UNDETERMINED, ExportOptions, Filter, Funnel, Passed
from jira_crawler.exports.preference import Openings
from jira_crawler.exports.source import Entry, Sample, Source
from jira_crawler.tasks.speakers import date

Progress = Callable[[int], None]


class Survey:
    """Reads every issue once; a few numbers an issue stay in memory, in the order of `source.spans()`."""

    def __init__(self, source: Source, options: ExportOptions, progress: Progress, diet: Diet | None = None):
        self._options = options
        self.funnel = Funnel(_filters(options, diet))
        groups, self._reports = Groups(), Reports()
        self._rows, self._sizes, self._created = array("I"), array("Q"), array("q")
        self._seen: dict[str, Counter[str]] = {"tasks": Counter(), "languages": Counter()}
        self._judged = self._spoken = False
        self.pairs = 0
        self.later = 0  # rows that were left out because their split could not know them
        for span in source.spans():
            entry = source.read(span)
            groups.add(entry, span.number)
            self._add(entry, span.number)
            progress(span.length)
        self._refuse_unknown()
        if not sum(self._rows):
            raise BadArgument(f"There is nothing to export: {self._last_stand()}.")
        self.names: NDArray[np.uint64] = np.frombuffer(groups.names, dtype=np.uint64)
        self.roots = groups.roots()
        self.rows: NDArray[np.uint32] = np.frombuffer(self._rows, dtype=np.uint32)  # the same memory, with names
        self.splits = self._assign()
        self.until = self._until()
        if self.until:
            self._count_again(source, progress)
            if not self.rows.any():
                raise BadArgument("There is nothing to export: everything came later than its split may know.")
        self.compared = self._compare(source)

    def cut(self, at: int, entry: Entry, samples: list[Sample]) -> tuple[Entry, list[Sample]]:
        """What the split of an issue may know of it, of the examples that passed all filters."""
        until = self.until.get(SPLITS[self.splits[at]])
        if until is None:
            return entry, samples
        entry, samples = as_of(entry, samples, until)
        return entry, self._options.kind.suited(entry, samples)

    def group(self, at: int) -> str:
        """The name of an issue's group: 16 hexadecimal digits."""
        return f"{self.names[self.roots[at]]:016x}"

    def totals(self) -> dict[str, tuple[int, int]]:
        """How many rows and bytes of feed each split gets; splits that get none are left out."""
        sizes = np.frombuffer(self._sizes, dtype=np.uint64)
        parts = ((name, self.splits == at) for at, name in enumerate(SPLITS))
        counted = {name: (int(self.rows[part].sum()), int(sizes[part].sum())) for name, part in parts}
        return {name: total for name, total in counted.items() if total[0]}

    def totals_by_task(self, source: Source, progress: Progress) -> dict[tuple[str, str], tuple[int, int]]:
        """The same for each split and task, which takes another reading."""
        funnel, rows, sizes = Funnel(self.funnel.filters), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
        for at, span in enumerate(source.spans()):
            if self.rows[at]:
                entry = source.read(span)
                for sample in self.with_pairs(at, *self.cut(at, entry, funnel.take(entry))):
                    part = SPLITS[self.splits[at]], sample.task_type
                    rows[part] += 1
                    sizes[part] += sample.size
            progress(span.length)
        return {
            part: (rows[part], sizes[part]) for part in sorted(rows, key=lambda part: (SPLITS.index(part[0]), part))
        }

    def group_sizes(self) -> tuple[int, int]:
        """How many groups the exported issues are in, and how many of them the largest holds."""
        sizes = np.bincount(self.roots[self.rows > 0])
        return int(np.count_nonzero(sizes)), int(sizes.max())

    def _add(self, entry: Entry, number: int) -> None:
        self._created.append(int(datetime.fromisoformat(entry.about["created"]).timestamp() * 1000))
        self._seen["languages"][entry.about["language"] or UNDETERMINED] += 1
        self._seen["tasks"].update(sample.task_type for sample in entry.samples)
        self._judged = self._judged or any(sample.value is not None for sample in entry.samples)
        self._spoken = self._spoken or any(sample.speaker for sample in entry.samples)
        chosen = self.funnel.take(entry)
        self._rows.append(self._options.kind.rows(chosen) if chosen else 0)
        self._sizes.append(sum(sample.size for sample in chosen))
        if self._options.compares:
            self._reports.add(entry, number, wanted=bool(chosen))

    def _refuse_unknown(self) -> None:
        if self._options.kind.speakers and not self._spoken:
            raise BadArgument("The feeds do not tell whose comments they hold: scrapy crawl replay makes them again.")
        if self._options.choice.min_value and not self._judged:
            raise BadArgument("No example in the feeds has a value: scrapy crawl replay makes them again, with one.")
        for name, there in self._seen.items():
            for asked in getattr(self._options.choice, name):
                if asked not in there:
                    raise BadArgument(f"Nothing in the feeds is of --{name} {asked}: there are {_listed(there)}.")

    def _last_stand(self) -> str:
        for before, after in zip(self.funnel.passed, self.funnel.passed[1:], strict=False):
            if not after.issues:
                return f"of {before.issues:,} issues and {before.examples:,} examples none passes “{after.filter}”"
        return "the feeds are empty"

    def with_pairs(self, at: int, entry: Entry, samples: list[Sample]) -> list[Sample]:
        """The examples of an issue with those that compare it; nothing else, where the format holds nothing else."""
        if self._options.kind.compares:
            return self.compared.triplets(at, entry)
        return [*samples, *self.compared.questions(at, entry)]

    def _compare(self, source: Source) -> Compared:
        """Finds the pairs of whole reports, and counts their rows."""
        if not self._options.compares:
            return Compared({}, {}, source.read)
        until = {SPLITS.index(name): end for name, end in self.until.items()}
        pairs = self._reports.pairs(self.roots, self.splits, until)
        self.pairs = sum(map(len, pairs.values()))
        if self._options.kind.compares:
            if not pairs:
                raise BadArgument("There is nothing to export: no duplicate stands beside another report like it.")
            self.funnel.passed.append(Passed("duplicates with another report like them", len(pairs), self.pairs))
            self.rows[:] = 0
        for at, several in pairs.items():
            self._rows[at] += len(several) * (1 if self._options.kind.compares else 2)
        wanted = {at for several in pairs.values() for pair in several for at in (pair.positive, pair.negative)}
        spans = {at: span for at, span in enumerate(source.spans()) if at in wanted}
        return Compared(pairs, spans, source.read)

    def _until(self) -> dict[str, str]:
        """Where splits are by time, the date up to which each but the last may know anything: its newest issue's."""
        if self._options.split_by != "time":
            return {}
        created, ends = np.frombuffer(self._created, dtype=np.int64), {}
        for at, name in enumerate(SPLITS):
            part = (self.splits == at) & (self.rows > 0)
            if part.any():
                ends[name] = date(datetime.fromtimestamp(int(created[part].max()) / 1000, UTC))
        return dict(list(ends.items())[:-1])

    def _count_again(self, source: Source, progress: Progress) -> None:
        """Reads once more, because what a split may not know is known only when all issues were seen."""
        funnel = Funnel(self.funnel.filters)
        for at, span in enumerate(source.spans()):
            if self._rows[at]:
                entry = source.read(span)
                _, samples = self.cut(at, entry, funnel.take(entry))
                self.later += self._rows[at]
                self._rows[at] = self._options.kind.rows(samples) if samples else 0
                self.later -= self._rows[at]
                self._sizes[at] = sum(sample.size for sample in samples)
            progress(span.length)

    def _assign(self) -> NDArray[np.int8]:
        options = self._options
        if options.split_by == "hash":
            return by_hash(self.roots, self.names, options.shares)
        if options.split_by == "time":
            created = np.frombuffer(self._created, dtype=np.int64)
            return by_time(self.roots, self.names, options.shares, created, self.rows > 0)
        return np.zeros(len(self.rows), dtype=np.int8)


def measured(source: Source, options: ExportOptions, progress: Progress) -> Diet:
    """Reads every issue once to judge which labels can be learned, of what the other filters let through."""
    funnel, gathering = Funnel(list(options.choice.filters())), Gathering()
    for span in source.spans():
        entry = source.read(span)
        gathering.add(entry, funnel.take(entry), span.number)
        progress(span.length)
    return gathering.diet()


def canned(source: Source, progress: Progress) -> frozenset[int]:
    """Reads every issue once to find how comments of many issues open."""
    openings = Openings()
    for span in source.spans():
        openings.add(source.read(span))
        progress(span.length)
    return openings.canned()


def _filters(options: ExportOptions, diet: Diet | None) -> list[tuple[str, Filter]]:
    filters = list(options.choice.filters())
    if diet:
        filters += [("labels that can be learned", diet.learnable), (f"{LABELS_AN_ISSUE} label rows an issue", few)]
    suited = options.kind.suited
    return [*filters, (f"examples for the format {options.format}", suited)]


def _listed(there: Counter[str]) -> str:
    return ", ".join(sorted(there)) or "none"
