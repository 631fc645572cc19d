"""What became of which issue, in the order of the commits, for whoever follows the store from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, case, func, literal, select, update

from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.rows import KEPT, REMOVED
from jira_crawler.store.tables import ONE_OF_THESE, changes, insert_of, issues, last_change, these

Kind = Literal["stored", "refined", "gone"]
Identity = tuple[str, str]
# What was never read, or waits to be, has no version: its payload says whether it is the same.
_TOLD = select(
    *(issues.c[name] for name in ("site", "id", "version", "lines", "stage", "reason", "cut", "base_url")),
    case((issues.c.version == "", issues.c.payload), else_=literal(b"")),
).where(ONE_OF_THESE)
_NUMBERED = select(
    bindparam("before") + func.row_number().over(order_by=(issues.c.number, issues.c.id)),
    issues.c.site,
    issues.c.id,
    case((issues.c.stage == KEPT, "stored"), (issues.c.stage == REMOVED, "gone"), else_="refined"),
).where(ONE_OF_THESE)
_COUNTED = update(last_change).values(seq=last_change.c.seq + bindparam("more")).returning(last_change.c.seq)


class Stored(NamedTuple):
    """What an issue is in the store before it is written again."""

    stage: str
    version: str


@dataclass(frozen=True, slots=True)
class Change:
    """The last change of an issue: it was `stored` as it came, `refined` to lines or a reject, or is `gone`."""

    seq: int
    site: str
    id: str
    kind: Kind


class Changes:
    """The part of the store that tells what has changed; `store.changes(after, limit)`."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def __call__(self, after: int, limit: int) -> list[Change]:
        """Gives what has changed behind a number, in the order of the commits, each issue once.

        Numbers are given while the store is held, so a lower one is never committed after a higher one was read. An
        issue that changes again leaves its old number: who has not come so far meets it once, as it is by then.
        """
        query = select(changes).where(changes.c.seq > after).order_by(changes.c.seq).limit(limit)
        with self.engine.connect() as connection:
            return [Change(*row) for row in connection.execute(query)]

    @retry_on_disconnect
    def latest(self) -> int:
        """Gives the number of the last change that was ever committed, whether it is still kept or not."""
        with self.engine.connect() as connection:
            return int(connection.execute(select(last_change.c.seq)).scalar_one())

    @retry_on_disconnect
    def pruned(self) -> int:
        """Gives the number up to which changes may have been taken out: who has not come so far has to begin anew.

        Asked after changes were read, it says whether all of them were there.
        """
        with self.engine.connect() as connection:
            return int(connection.execute(select(last_change.c.pruned)).scalar_one())


def record(connection: Connection, changed: Collection[Identity]) -> None:
    """Notes that a transaction has changed issues, whose rows say already what became of them."""
    if not changed:
        return
    last = int(connection.execute(_COUNTED, {"more": len(changed)}).scalar_one())
    before = last - len(changed)
    for some in these(changed):
        before += connection.execute(_numbering(connection.dialect.name), {"before": before, **some}).rowcount


def differing(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[Identity, Stored | None]:
    """Finds those of the rows that are about to be written which say something else than what is stored.

    Gives how each is stored, None for one that is not.
    """
    fresh = {(row["site"], row["id"]): row for row in rows}
    stored: dict[Identity, tuple[Any, ...]] = {}
    for some in these(fresh):
        stored |= {(site, id_): _same(*told) for site, id_, *told in connection.execute(_TOLD, some)}
    asked = ("version", "lines", "stage", "reason", "cut", "base_url", "payload")
    return {
        identity: Stored(stored[identity][2], stored[identity][0]) if identity in stored else None
        for identity, row in fresh.items()
        if stored.get(identity) != _same(*(row[name] for name in asked))
    }


def _same(
    version: str, lines: str, stage: str, reason: str, cut: str, base_url: str, payload: bytes
) -> tuple[Any, ...]:
    """What a reader of feeds, rejects and tables could see of an issue; who stands in for it is looked up there."""
    return version, lines, stage, "" if stage == "Deduplicate" else reason, cut, base_url, b"" if version else payload


@cache
def _numbering(dialect: str) -> Any:
    """The statement that numbers some issues behind a number, each in place of its last change."""
    statement = insert_of(dialect)(changes).from_select(["seq", "site", "id", "kind"], _NUMBERED)
    new = {"seq": statement.excluded.seq, "kind": statement.excluded.kind}
    numbering = statement.on_conflict_do_update(index_elements=["site", "id"], set_=new)
    return numbering.execution_options(preserve_rowcount=True)
