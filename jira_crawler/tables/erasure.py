"""Tables without an issue that is to be forgotten, and how many of their rows were about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jira_crawler.exceptions import BadArgument
from jira_crawler.items import ordinal
from jira_crawler.store.store import Store
from jira_crawler.tables import manifest as manifests
from jira_crawler.tables.run import TABLES, bring_up
from jira_crawler.tables.schemas import MONTHLY


def rows_about(output: Path, site: str, id_: str) -> Counter[str]:
    """Counts the rows of an issue by table, in every file there is, also in one that no manifest names."""
    counted: Counter[str] = Counter()
    for table in MONTHLY if ordinal(id_) else ():
        for path in sorted((output / TABLES / table).glob("*.parquet*")):
            try:
                counted[table] += _rows(path, site, ordinal(id_))
            except (OSError, pa.ArrowException):  # no file of ours, or a damaged one, which is made again
                continue
    return +counted


def without(output: Path, url: str, store: Store, to: str, environment: Callable[[str], str]) -> str:
    """Brings the tables of an output folder up, as they were made; says why where there are and that cannot be done."""
    folder = output / TABLES
    if not (folder / manifests.NAME).is_file():
        return ""
    try:
        made = manifests.read(folder)
    except BadArgument as error:
        return str(error)
    redacted = bool(made and made.redacted)
    bring_up(output, url, redacted=redacted, processes=1, store=store, to=to, environment=environment)
    return ""


def _rows(path: Path, site: str, number: int) -> int:
    with pq.ParquetFile(path) as file:
        groups = [at for at in range(file.num_row_groups) if _may_hold(file, at, number)]
        if not groups:
            return 0
        rows = file.read_row_groups(groups, columns=["site", "issue_id"])
    here = pc.and_(pc.equal(rows["issue_id"], number), pc.equal(pc.cast(rows["site"], pa.string()), site))
    return int(pc.sum(here).as_py() or 0)


def _may_hold(file: pq.ParquetFile, group: int, number: int) -> bool:
    columns = file.metadata.row_group(group)
    for at in range(min(2, columns.num_columns)):
        told = columns.column(at)
        if told.path_in_schema == "issue_id" and told.statistics is not None and told.statistics.has_min_max:
            return bool(told.statistics.min <= number <= told.statistics.max)
    return True
