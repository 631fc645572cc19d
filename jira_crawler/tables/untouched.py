"""Which tables say of a changed issue what they said before: told by its versions, so that no month is read for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from jira_crawler.tables.columns import Identity
from jira_crawler.tables.context import SiteContext
from jira_crawler.tables.custom import sla_cycles
from jira_crawler.tables.facts import CHILDREN, Facts, Row
from jira_crawler.tables.flow import issue_flow, status_intervals
from jira_crawler.tables.versions import Seen

SAID: Final = ("site", "issue_id", "issue_key", "project", "dialect", "payload_hash", "fetched_at", "availability")
# To rows of these the store adds what no payload tells: states of files, and how pull requests landed.
_BESIDE: Final = frozenset({"attachments", "pull_requests"})
# To these columns, too: a creation that a payload does not tell is the store's. What tells organizations from other
# things is no part of a version.
_ADDED: Final = frozenset(
    {"created", "quality", "language", "cluster", "availability", "cut", "url", "kind", "organization_ids"}
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What `issues` says of how the rows of an issue came about; `since` is when it was fetched first as it is (µs)."""

    key: str | None
    project: str | None
    dialect: str | None
    version: str | None
    since: int | None
    is_read: bool  # its payload is held, and was no riddle


def standing(issues: pa.Table) -> dict[Identity, Standing]:
    """Takes that from rows of `issues`, by site and number; of what stands there twice nothing is told."""
    said = issues.select(list(SAID))
    # As a whole number: not every year that a tracker names is one of Python's.
    since = said.schema.get_field_index("fetched_at")
    rows = said.set_column(since, "fetched_at", said["fetched_at"].cast(pa.int64())).to_pylist()
    times = Counter((row["site"], row["issue_id"]) for row in rows)
    return {identity: _of(row) for row in rows if times[identity := (row["site"], row["issue_id"])] == 1}


def _of(row: Row) -> Standing:
    is_read = row["availability"] in ("present", "archived")
    return Standing(row["issue_key"], row["project"], row["dialect"], row["payload_hash"], row["fetched_at"], is_read)


@dataclass(frozen=True, slots=True)
class Untouched:
    """The tables in which an issue has the rows that it had, and the columns of `issues` in which it says the same."""

    tables: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()


def untouched(now: Standing, stands: Standing, facts: Facts, versions: Sequence[Seen], site: SiteContext) -> Untouched:
    """Names what of an issue is as it was when the rows that stand there were made.

    `facts` are those of `now`, and `versions` all that are known, with their texts as they were sent. What they do not
    tell is not named, though it may be the same.
    """
    before = _made_from(stands, versions)
    if before is None or not now.is_read or not _begin_alike(now, stands):
        return Untouched()
    try:
        columns = {name for name, value in facts.issue.items() if _is_same(before.issue.get(name), value)}
        return Untouched(frozenset(_same_rows(before, facts, site)), frozenset(columns - _ADDED))
    except RecursionError:  # a text that is nested as deep as can be read, and no deeper
        return Untouched()


def _same_rows(before: Facts, after: Facts, site: SiteContext) -> set[str]:
    found = {table for table in CHILDREN if _is_same(before.rows(table), after.rows(table))}
    found -= {table for table in _BESIDE if after.rows(table)} | {"remote_links"}
    if _is_same(before.custom, after.custom):
        found.add("custom_fields")
        if not sla_cycles(after, site, 0):  # each says when it was fetched
            found.add("sla_cycles")
    were, are = status_intervals(before, site), status_intervals(after, site)
    if _is_same(were, are):
        found.add("status_intervals")
        if _is_same(issue_flow(before, were, site), issue_flow(after, are, site)):
            found.add("issue_flow")
    return found


def _made_from(stands: Standing, versions: Sequence[Seen]) -> Facts | None:
    """Finds what the rows were made from: the version that was current then, if its payload is still held."""
    made = (seen for seen in versions if seen.hash == stands.version and seen.since * 1000 == stands.since)
    return next((seen.facts for seen in made), None) if stands.is_read else None


def _begin_alike(now: Standing, stands: Standing) -> bool:
    """Whether each row begins as it did, and a payload is read as it was."""
    return (now.key, now.project, now.dialect) == (stands.key, stands.project, stands.dialect)


def _is_same(before: Any, after: Any) -> bool:
    """Compares to the letter: 1, 1.0 and true are equal to Python, and not to who reads a table."""
    if type(before) is str:
        return bool(before == after)
    return bool(before == after) and repr(before) == repr(after)
