"""Brings a folder of tables up to the last change of a store: only months that changed, and the manifest last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.items import ordinal
from jira_crawler.store.catalogue import Entry
from jira_crawler.store.conflicts import chunks
from jira_crawler.store.store import Store
from jira_crawler.tables import changed as changes
from jira_crawler.tables import manifest as manifests
from jira_crawler.tables.changed import Changed
from jira_crawler.tables.context import Context, Flow, OwnColumn
from jira_crawler.tables.defined import defined
from jira_crawler.tables.folder import ALL, NONE, publish, writing
from jira_crawler.tables.learning import Learnt, join, learn
from jira_crawler.tables.linked import linked
from jira_crawler.tables.manifest import Files, Manifest
from jira_crawler.tables.month import ENDING, Damaged, Month
from jira_crawler.tables.parquet import Written
from jira_crawler.tables.redacted import REDACTION
from jira_crawler.tables.remembered import Remembered
from jira_crawler.tables.schemas import MONTHLY, SMALL, VERSION
from jira_crawler.tables.small import small_tables
from jira_crawler.tables.source import IssueSource
from jira_crawler.tables.workers import Elsewhere, Work, Workers

logger = logging.getLogger(__name__)

CONSUMER: Final = "tables"
# A month of which so many of its issues changed is made from the store: to read it first would be more work.
_MOST: Final = 0.3
_SOME: Final = 500  # issues that are read at a time
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What tables are to be: `columns` and `flows` by site; `processes` that write months side by side.

    `trusting`: a file whose times are those of when it was hashed last is as it was then. `elsewhere` makes months.
    """

    columns: dict[str, tuple[OwnColumn, ...]] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    redacted: bool = False
    rebuild: bool = False
    trusting: bool = False
    processes: int = 1
    consumer: str = CONSUMER
    elsewhere: Elsewhere | None = None


@dataclass(slots=True)
class Updated:
    """What an update came to: `months` that were written anew, `files` and `bytes` that were, and why (`notes`)."""

    through: int = 0
    months: int = 0
    files: int = 0
    bytes: int = 0
    notes: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)


def update(
    store: Store, url: str, folder: Path, output: Path, options: Options, progress: Progress = lambda _: None
) -> Updated:
    """Makes a folder say what the store does, with the feeds in `output`; `progress` is told of issues that were read.

    Raises BadArgument if that cannot be done. Whatever interrupts it, the folder is right again after the next time.
    """
    with writing(folder):
        try:
            return _Update(store, url, folder, output, options, progress).run()
        except OSError as error:
            raise Refused(f"Tables cannot be written to {folder}: {error.strerror or error}.") from error
        except (BrokenExecutor, EOFError) as error:
            raise Refused(f"Tables cannot be written to {folder}: a process that wrote them was killed.") from error
        except pa.ArrowException as error:
            said = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
            raise Refused(f"Tables cannot be written to {folder}: {said}.") from error


class _Update:
    def __init__(self, store: Store, url: str, folder: Path, output: Path, options: Options, progress: Progress):
        self.store, self.url, self.folder, self.output, self.options = store, url, folder, output, options
        self.progress = progress
        self.source = IssueSource(store, output)
        self.result = Updated()
        self.remembered = Remembered(folder) if options.rebuild else Remembered.read(folder)
        self.before: Manifest | None = None

    def run(self) -> Updated:
        position = self.store.consumers.position(self.options.consumer)
        if not position:
            self.store.consumers.advance(self.options.consumer, 0)  # what changes from now on is kept for us
        through = self.result.through = self.store.changes.latest()
        self.before = self._before()
        now = self._manifest(through)
        anew = self._why_all(self.before, now, position)
        if anew:
            if self.before and anew != "asked":
                self._note(f"{anew}: all months are written anew.")
            counts = self.store.months.counts()
            months, merges = set(counts) | self._months_there(), Changed()
            self._learn_all(counts)
        else:
            assert self.before  # noqa: S101 - what `_why_all` says
            merges = changes.changed_since(self.store, self.before.through, through)
            self._learn(merges)
            months = self._damaged(self.before.tables)
            counts = self._rows()  # as many issues as there were
        entries = self.store.catalogue.all()
        context = Context.made(entries, self.options.columns, self.options.flows, redacted=self.options.redacted)
        now.catalogue = changes.catalogue_of(entries)
        known = self._known(anew)
        if not anew and self.before:
            for month, identities in changes.standing(self.folder, known, merges, self.remembered).items():
                merges.months.setdefault(month, set()).update(identities)
            months |= changes.months_that_name(self.folder, known, self.before.catalogue, now.catalogue)
            months |= {month for month, ids in merges.months.items() if len(ids) > _MOST * counts.get(month, 0)}
            # Those without a number cannot be told from each other in a month.
            months |= {month for month, ids in merges.months.items() if not all(ordinal(id_) for _, id_ in ids)}
        written = self._write(context, counts, months, merges, known)
        now.tables = self._together(written, known, context, entries)
        publish(self.folder, self.before, now)
        self.store.consumers.advance(self.options.consumer, through)
        self.remembered.write(now.tables)
        return self.result

    # --- what is to be done

    def _before(self) -> Manifest | None:
        try:
            before = manifests.read(self.folder)
        except BadArgument:
            if self.options.rebuild:
                return None
            raise
        if before:  # tables that only a later version has are none of ours
            before.tables = {table: files_ for table, files_ in before.tables.items() if table in (*MONTHLY, *SMALL)}
        return before

    def _manifest(self, through: int) -> Manifest:
        context = Context.made((), self.options.columns, self.options.flows)
        return Manifest(
            store=self.store.identity,
            through=through,
            schema_version=VERSION,
            columns={column.name: column.type for column in context.columns},
            flow={
                site: {
                    "columns": {own.column.name: own.field_id for own in each.columns},
                    "done": sorted(each.flow.done),
                    "started": sorted(each.flow.started),
                }
                for site, each in sorted(context.sites.items())
            },
            redacted=self.options.redacted,
            redaction=REDACTION if self.options.redacted else 0,
        )

    def _why_all(self, before: Manifest | None, now: Manifest, position: int) -> str:
        if self.options.rebuild or before is None:
            return "asked"
        # Nobody has told the store of the last update: it was put back since, or the update was killed at its very end.
        if before.store == now.store and (before.through > now.through or 0 < position < before.through):
            return "They are ahead of the store, which is an older one"
        if before.store == now.store and (not position or position > before.through):
            return "What changed since they were made is not told any more"
        return changes.differs(before, now)

    def _months_there(self) -> set[str]:
        tables = self.before.tables if self.before else {}
        return {name.removesuffix(ENDING) for by_name in tables.values() for name in by_name} - {ALL, NONE}

    def _rows(self) -> dict[str, int]:
        issues = self.before.tables.get("issues", {}) if self.before else {}
        return {name.removesuffix(ENDING): each.rows for name, each in issues.items()}

    def _damaged(self, tables: Files) -> set[str]:
        """Finds the months of which a file is not as it was written; they are made from the store."""
        months = set()
        for table, name, why in self.remembered.wrong_files(tables, trusting=self.options.trusting):
            month = name.removesuffix(ENDING)
            self._note(f"{table}/{name} {why}: it is made from the store again.")
            tables[table].pop(name)
            if month not in (ALL, NONE):
                months.add(month)
        return months

    def _known(self, anew: str) -> Files:
        """What is there and may be left as it is; where all is written anew, what is not the same is replaced."""
        if self.before is None:
            return {}
        if anew:
            for table, name, _ in self.remembered.wrong_files(self.before.tables, trusting=False):
                self.before.tables[table].pop(name)
        return self.before.tables

    def _note(self, sentence: str) -> None:
        self.result.notes.append(sentence)

    def _learn(self, changed: Changed) -> None:
        learnt: Learnt = {}
        for month, identities in sorted(changed.months.items()):
            for some in chunks(sorted(identities), _SOME):
                learn(self.source.payloads(some, month), learnt)
        self.store.catalogue.learn(list(learnt.values()))

    def _learn_all(self, counts: dict[str, int]) -> None:
        learnt: Learnt = {}
        with self._workers() as workers:
            for found in workers.learn(sorted(counts)):
                join(learnt, found.values())
        self.store.catalogue.learn(list(learnt.values()))

    # --- writing

    def _workers(self) -> Workers:
        return Workers(self.store, self.url, self.output, self.options.processes, self.options.elsewhere)

    def _write(
        self, context: Context, counts: dict[str, int], months: set[str], merges: Changed, known: Files
    ) -> Files:
        """Writes the months that are to be made from the store, and those of which some issues changed."""
        written: Files = {}
        for month, identities in sorted(merges.months.items()):
            if month not in months:
                try:
                    done = self._merge(Month(self.folder, month, context), sorted(identities), _of(known, month))
                except Damaged as error:
                    self._note(f"{error}: it is made from the store again.")
                    months.add(month)
                else:
                    self._count(month, done, known, written)
        work = [
            Work(Month(self.folder, month, context), _of(known, month), counts.get(month, 0))
            for month in sorted(months)
        ]
        with self._workers() as workers:
            for month, done in workers.rebuild(work):
                self._count(month, done, known, written)
                self.progress(counts.get(month, 0))
        return written

    def _merge(self, month: Month, identities: list[tuple[str, str]], known: dict[str, Written]) -> dict[str, Written]:
        issues = self.source.some(identities, month.name)
        numbers = {(site, number) for site, id_ in identities if (number := ordinal(id_))}
        self.progress(len(issues))
        return month.merge(issues, numbers, known)

    def _count(self, month: str, done: dict[str, Written], known: Files, written: Files) -> None:
        before = _of(known, month)
        fresh = [each for table, each in done.items() if table not in before or before[table].sha256 != each.sha256]
        self.result.months += bool(fresh)
        self.result.files += len(fresh)
        self.result.bytes += sum(each.bytes for each in fresh)
        for table in {*before, *done}:
            written.setdefault(table, {})[f"{month}{ENDING}"] = done.get(table, Written(0, 0, ""))

    def _together(self, written: Files, known: Files, context: Context, entries: Iterable[Entry]) -> Files:
        """Says what is in the folder now; a file in which nothing is any more is not told of."""
        tables: Files = {}
        for table, by_name in (*known.items(), *written.items()):
            tables.setdefault(table, {}).update(by_name)
        other = {f"{ALL}{ENDING}", f"{NONE}{ENDING}"}
        months = {
            table: there
            for table, by_name in tables.items()
            if (there := {name: each for name, each in by_name.items() if each.rows and name not in other})
        }
        own = linked(self.store, redacted=self.options.redacted)
        own |= defined(self.store, redacted=self.options.redacted)
        small = small_tables(self.folder, entries, context, months, known, self.remembered, own)
        together = {table: months.get(table, {}) | by_name for table, by_name in sorted(small.items())}
        self.result.rows = {table: sum(each.rows for each in by_name.values()) for table, by_name in together.items()}
        return together


def _of(files_: Files, month: str) -> dict[str, Written]:
    name = f"{month}{ENDING}"
    return {table: by_name[name] for table, by_name in files_.items() if name in by_name}
