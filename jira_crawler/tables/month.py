"""One month of every table: made from the store, or from what is there and what changed; either way the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from jira_crawler.feeds import files
from jira_crawler.tables import parquet
from jira_crawler.tables.columns import Identity, apart, identities, ordered, places, put, table_of
from jira_crawler.tables.context import Context
from jira_crawler.tables.extract import Rows, StoredIssue, extract, extract_changed
from jira_crawler.tables.parquet import TableFile, Written
from jira_crawler.tables.rest import TEXTS
from jira_crawler.tables.schemas import MONTHLY, Schema, schemas
from jira_crawler.tables.thrift import Riddle
from jira_crawler.tables.untouched import SAID, Standing, standing

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

    def merge(self, issues: Sequence[StoredIssue], gone: set[Identity], known: Known) -> dict[str, Written]:
        """Puts some issues in the place of what is there of them and of those that are `gone` from this month.

        Raises Damaged if a file cannot be read.
        """
        made = schemas(self.context.columns)
        there = self._read(made["issues"], known, SAID)
        met = places(there, gone)
        stand = there.take(met)
        in_place = [(issue.site, issue.number) for issue in issues] == identities(stand)
        rows, touched, same = self._changed(issues, gone, standing(stand), in_place=in_place)
        written = dict(known)
        for table in MONTHLY:
            listed = rows.get(table, [])
            if not touched[table] or (table not in known and not listed):
                continue
            are = ordered(table_of(listed, made[table]))
            if in_place and table == "issues":
                written |= self._columns(made[table], known, met, are, same)
                continue
            others, were = apart(self._read(made[table], known), touched[table])
            if not were.equals(are):
                whole = ordered(pa.concat_tables([others, are]))
                written[table] = parquet.write(self.path(table), whole, made[table], _sha256(known, table))
        return written

    def _changed(
        self,
        issues: Sequence[StoredIssue],
        gone: set[Identity],
        stand: Mapping[Identity, Standing],
        *,
        in_place: bool,
    ) -> tuple[Rows, dict[str, set[Identity]], list[Collection[str]]]:
        """Gives the new rows by table, whose rows there may be others, and of each issue what `issues` still says."""
        rows: Rows = {}
        touched = {table: set(gone) for table in MONTHLY}
        columns: list[Collection[str]] = []
        for issue in issues:
            identity = issue.site, issue.number
            some, same = extract_changed(issue, self.context, stand.get(identity), in_place=in_place)
            columns.append(same.columns)
            for table in same.tables:
                touched[table].discard(identity)
            for table, listed in some.items():
                rows.setdefault(table, []).extend(listed)
        return rows, touched, columns

    def _columns(
        self, schema: Schema, known: Known, met: pa.Array, are: pa.Table, same: Sequence[Collection[str]]
    ) -> dict[str, Written]:
        """Puts rows in the place of as many, of the same issues, and writes the columns in which they are others.

        `same` are, row by row, the columns that need not be looked at.
        """
        if not same:
            return {}
        path, sha256 = self.path(schema.name), known[schema.name].sha256
        before = self._read(schema, known, [name for name in schema.columns if not all(name in each for each in same)])
        were = before.take(met)
        for name in {*TEXTS} & {*were.column_names}:  # a text that is as it was has not been made again
            texts = pc.if_else(pa.array([name in each for each in same]), were[name], are[name])
            are = are.set_column(schema.columns.index(name), schema.arrow.field(name), texts)
        differing = [name for name in before.column_names if not were[name].equals(are[name])]
        if not differing:
            return {}
        columns = put(before.select(differing), met, are.select(differing))
        try:
            return {schema.name: parquet.write_columns(path, columns, schema, sha256)}
        except Riddle:  # an earlier version of the writer laid it out
            whole = self._read(schema, known)
            for name in differing:
                whole = whole.set_column(schema.columns.index(name), schema.arrow.field(name), columns[name])
            return {schema.name: parquet.write(path, whole, schema, sha256)}

    def _read(self, schema: Schema, known: Known, columns: Sequence[str] | None = None) -> pa.Table:
        """Reads a table, or some columns of it in their order; where there is none, it has no rows."""
        if schema.name not in known:
            return schema.arrow.empty_table().select(columns or schema.columns)
        try:
            return parquet.read(self.path(schema.name), schema, columns)
        except (OSError, pa.ArrowException) as error:
            raise Damaged(f"{schema.name}/{self.name}{ENDING}: {error}") from error


def _rows(issues: Iterable[StoredIssue], context: Context) -> Rows:
    rows: Rows = {}
    for issue in issues:
        for table, listed in extract(issue, context).items():
            rows.setdefault(table, []).extend(listed)
    return rows


def _sha256(known: Known, table: str) -> str:
    return known[table].sha256 if table in known else ""
