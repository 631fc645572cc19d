"""One month of every table: made from the store, or from what is there and what changed; either way the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from jira_crawler.feeds import files
from jira_crawler.tables import parquet
from jira_crawler.tables.columns import Identity, apart, ordered, table_of
from jira_crawler.tables.context import Context
from jira_crawler.tables.extract import Rows, StoredIssue, extract, extract_changed
from jira_crawler.tables.parquet import TableFile, Written
from jira_crawler.tables.schemas import MONTHLY, Schema, schemas
from jira_crawler.tables.untouched import Standing, standing

Known = Mapping[str, Written]  # what a folder holds of a month, by table
ENDING: Final = ".parquet"


class Damaged(Exception):
    """What is there of a month cannot be read, which does not mean that it is empty."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month in a folder of tables."""

    folder: Path
    name: str
    context: Context

    def path(self, table: str) -> Path:
        return self.folder / table / f"{self.name}{ENDING}"

    def rebuild(self, issues: Iterable[Iterable[StoredIssue]], known: Known) -> dict[str, Written]:
        """Makes the month of all its issues, given in order and some at a time; gives what is in each table then.

        A table in which nothing is any more has a file without rows, for the caller to take away when nobody is told
        of it.
        """
        made = schemas(self.context.columns)
        open_: dict[str, TableFile] = {}
        try:
            for some in issues:
                rows = _rows(some, self.context)
                for table, listed in rows.items():
                    if table not in open_:
                        open_[table] = TableFile(self.path(table), made[table])
                    open_[table].add(table_of(listed, made[table]))
            for table in known.keys() - open_.keys():
                open_[table] = TableFile(self.path(table), made[table])
            return {table: open_[table].publish(_sha256(known, table)) for table in sorted(open_)}
        finally:
            for file in open_.values():
                file.discard()

    def place(self, contents: Mapping[str, tuple[int, bytes]], known: Known) -> dict[str, Written]:
        """Puts files that `rebuild` made elsewhere, each as rows and bytes, into their places; gives what it gives."""
        written = {}
        for table, (rows, content) in contents.items():
            written[table] = Written(rows, len(content), hashlib.sha256(content).hexdigest())
            if written[table].sha256 != _sha256(known, table):
                with files.published(self.path(table)) as file:
                    file.write(content)
        return written | self.rebuild((), {table: each for table, each in known.items() if table not in contents})

    def merge(self, issues: Iterable[StoredIssue], gone: set[Identity], known: Known) -> dict[str, Written]:
        """Puts some issues in the place of what is there of them and of those that are `gone` from this month.

        Raises Damaged if a file cannot be read.
        """
        made = schemas(self.context.columns)
        parted = {"issues": self._apart("issues", made["issues"], gone, known)}
        rows, touched = self._changed(issues, gone, standing(parted["issues"][1]))
        written = dict(known)
        for table in MONTHLY:
            listed = rows.get(table, [])
            if not touched[table] or (table not in known and not listed):
                continue
            others, were = parted.get(table) or self._apart(table, made[table], touched[table], known)
            are = ordered(table_of(listed, made[table]))
            if were.equals(are):
                continue
            whole = ordered(pa.concat_tables([others, are]))
            written[table] = parquet.write(self.path(table), whole, made[table], _sha256(known, table))
        return written

    def _changed(
        self, issues: Iterable[StoredIssue], gone: set[Identity], stand: Mapping[Identity, Standing]
    ) -> tuple[Rows, dict[str, set[Identity]]]:
        """Gives the new rows of issues by table, and whose rows there are to go: those that may be other ones now."""
        rows: Rows = {}
        touched = {table: set(gone) for table in MONTHLY}
        for issue in issues:
            identity = issue.site, issue.number
            some, same = extract_changed(issue, self.context, stand.get(identity))
            for table in same:
                touched[table].discard(identity)
            for table, listed in some.items():
                rows.setdefault(table, []).extend(listed)
        return rows, touched

    def _apart(self, table: str, schema: Schema, issues: set[Identity], known: Known) -> tuple[pa.Table, pa.Table]:
        """Parts what is there of a table: the rows of other issues, and those of some issues."""
        return apart(self._read(table, schema) if table in known else schema.arrow.empty_table(), issues)

    def _read(self, table: str, schema: Schema) -> pa.Table:
        try:
            return parquet.read(self.path(table), schema)
        except (OSError, pa.ArrowException) as error:
            raise Damaged(f"{table}/{self.name}{ENDING}: {error}") from error


def _rows(issues: Iterable[StoredIssue], context: Context) -> Rows:
    rows: Rows = {}
    for issue in issues:
        for table, listed in extract(issue, context).items():
            rows.setdefault(table, []).extend(listed)
    return rows


def _sha256(known: Known, table: str) -> str:
    return known[table].sha256 if table in known else ""
