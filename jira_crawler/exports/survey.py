"""The first readings of the feeds: who belongs together, what passes the filters, and so which split gets how much."""

from __future__ import annotations

from array import array
from collections import Counter
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.compared import Compared
from jira_crawler.exports.diet import Diet, Gathering
from jira_crawler.exports.duplicates import Reports
from jira_crawler.exports.groups import SPLITS, Groups, by_hash, by_time
from jira_crawler.exports.options import ExportOptions, Funnel, Passed
from jira_crawler.exports.preference import Openings
from jira_crawler.exports.reading import Decided, Reader, Wanted
from jira_crawler.exports.readings import GATHERED, OPENED, RECOUNTED, SURVEYED, TOTALLED
from jira_crawler.exports.rendering import Part, Totals
from jira_crawler.exports.source import Source
from jira_crawler.exports.surveying import Surveyed, filters
from jira_crawler.tasks.speakers import date


class Survey:
    """Has every issue read once; a few numbers an issue stay in memory, in the order of `source.spans()`."""

    def __init__(self, read: Reader, options: ExportOptions, diet: Diet | None = None):
        self._read, self._options, self._diet = read, options, diet
        self.funnel = Funnel(filters(Wanted(options, diet)))
        groups, self._reports = Groups(), Reports()
        self._rows, self._sizes, self._created = array("I"), array("Q"), array("q")
        self._seen: dict[str, Counter[str]] = {"tasks": Counter(), "languages": Counter()}
        self._judged = self._spoken = False
        self.pairs = 0
        self.later = 0  # rows that were left out because their split could not know them
        self.until: dict[str, str] = {}
        for found in read(SURVEYED, self.wanted):
            groups.join(found.groups)
            self._add(found)
        self._refuse_unknown()
        if not sum(self._rows):
            raise BadArgument(f"There is nothing to export: {self._last_stand()}.")
        self.names: NDArray[np.uint64] = np.frombuffer(groups.names, dtype=np.uint64)
        self.roots = groups.roots()
        self.rows: NDArray[np.uint32] = np.frombuffer(self._rows, dtype=np.uint32)  # the same memory, with names
        self.splits = self._assign()
        self.compared = Compared({}, {}, read.source.read)
        self.until = self._until()
        if self.until:
            self._count_again()
            if not self.rows.any():
                raise BadArgument("There is nothing to export: everything came later than its split may know.")
        if options.compares:
            self.compared = self._compare(read.source)

    @property
    def wanted(self) -> Wanted:
        """What the next reading is told."""
        return Wanted(self._options, self._diet, self.until)

    def decided(self, begin: int, count: int) -> Decided:
        """What was decided of so many issues from a place on; a group's name is 16 hexadecimal digits."""
        part = slice(begin, begin + count)
        pairs = self.compared.beside(range(begin, begin + count))
        return Decided(
            self.rows[part].tolist(),
            self.splits[part].tolist(),
            [f"{name:016x}" for name in self.names[self.roots[part]].tolist()],
            {at - begin: several for at, several in pairs.items()},
        )

    def totals(self) -> dict[Part, tuple[int, int]]:
        """How many rows and bytes of feed each split gets; splits that get none are left out."""
        sizes = np.frombuffer(self._sizes, dtype=np.uint64)
        parts = ((name, self.splits == at) for at, name in enumerate(SPLITS))
        counted = {(name, ""): (int(self.rows[part].sum()), int(sizes[part].sum())) for name, part in parts}
        return {part: total for part, total in counted.items() if total[0]}

    def totals_by_task(self) -> dict[Part, tuple[int, int]]:
        """The same for each split and task, which takes another reading."""
        every = Totals()
        for found in self._read(TOTALLED, self.wanted, self.decided):
            every.rows.update(found.rows)
            every.sizes.update(found.sizes)
        ordered = sorted(every.rows, key=lambda part: (SPLITS.index(part[0]), part))
        return {part: (every.rows[part], every.sizes[part]) for part in ordered}

    def group_sizes(self) -> tuple[int, int]:
        """How many groups the exported issues are in, and how many of them the largest holds."""
        sizes = np.bincount(self.roots[self.rows > 0])
        return int(np.count_nonzero(sizes)), int(sizes.max())

    def _add(self, found: Surveyed) -> None:
        for passed, (issues, examples) in zip(self.funnel.passed, found.passed, strict=True):
            passed.issues += issues
            passed.examples += examples
        self._created.extend(found.created)
        self._rows.extend(found.rows)
        self._sizes.extend(found.sizes)
        self._seen["tasks"].update(found.tasks)
        self._seen["languages"].update(found.languages)
        self._judged = self._judged or found.judged
        self._spoken = self._spoken or found.spoken
        self._reports.join(found.reports)

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

    def _compare(self, source: Source) -> Compared:
        """Finds the pairs of whole reports, and counts their rows."""
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

    def _count_again(self) -> None:
        """Reads once more, because what a split may not know is known only when all issues were seen."""
        begin, before = 0, sum(self._rows)
        counts = list[int]()

        def decide(first: int, count: int) -> Decided:
            counts.append(count)
            return self.decided(first, count)

        for at, found in enumerate(self._read(RECOUNTED, self.wanted, decide)):
            for place, rows, size in found:
                self._rows[begin + place], self._sizes[begin + place] = rows, size
            begin += counts[at]
        self.later = before - sum(self._rows)

    def _assign(self) -> NDArray[np.int8]:
        options = self._options
        if options.split_by == "hash":
            return by_hash(self.roots, self.names, options.shares)
        if options.split_by == "time":
            created = np.frombuffer(self._created, dtype=np.int64)
            return by_time(self.roots, self.names, options.shares, created, self.rows > 0)
        return np.zeros(len(self.rows), dtype=np.int8)


def measured(read: Reader, options: ExportOptions) -> Diet:
    """Has every issue read once to judge which labels can be learned, of what the other filters let through."""
    gathering = Gathering()
    for found in read(GATHERED, Wanted(options)):
        gathering.join(found)
    return gathering.diet()


def canned(read: Reader, options: ExportOptions) -> frozenset[int]:
    """Has every issue read once to tell how comments of many of them open."""
    openings = Openings()
    for found in read(OPENED, Wanted(options)):
        openings.join(found)
    return openings.canned()


def _listed(there: Counter[str]) -> str:
    return ", ".join(sorted(there)) or "none"
