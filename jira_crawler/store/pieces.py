"""Keeps what came of repositories in pieces, and tells which issues are to be put together of them anew."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import zstandard
from sqlalchemy import Connection, and_, bindparam, delete, select, update

from jira_crawler.store.changes import Identity
from jira_crawler.store.erasure import forgotten_among
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.gathered import Gathered, HeldCommit, HeldPiece, PieceKey, Verdict
from jira_crawler.store.repository_tables import commits, pieces, repositories, repository_items, repository_lists
from jira_crawler.store.tables import insert_of, these

_P, _I = pieces.c, repository_items.c
_SECOND = 1_000  # ms: times of changes are whole seconds, which any number of digits holds
_KNOWN = select(_P.site, _P.id, _P.kind, _P.object, _P.updated, _P.hash).where(
    _P.site == bindparam("of"), _P.id.in_(bindparam("those", expanding=True))
)
_ITEMS = select(repository_items).where(_I.site == bindparam("of"), _I.id.in_(bindparam("those", expanding=True)))
_NOTHING = {"is_pull": 0, "node": "", "updated": 0, "changed": 0, "detailed": 0, "said": -1}
_NOTHING |= {"counted": 0, "listed": 0, "state": ""}


class Pieces:
    """The part of the store that keeps them; they are written with what else a commit brings."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        self._insert: Any = insert_of(self.engine.dialect.name)
        self._compressor = zstandard.ZstdCompressor(level=3)

    def save(self, connection: Connection, gathered: Gathered) -> None:
        """Writes what came; of what is stored already only what is newer, and says another thing, makes a change."""
        both: list[HeldPiece | Verdict] = [*gathered.pieces.values(), *gathered.verdicts]
        named = {(each.site, each.id) for each in both}
        named -= forgotten_among(connection, named)
        came = [each for each in gathered.pieces.values() if (each.site, each.id) in named]
        verdicts = [each for each in gathered.verdicts if (each.site, each.id) in named]
        items = self._items(connection, named, [*came, *verdicts])
        self._save_pieces(connection, came, items)
        for verdict in verdicts:
            self._save_verdict(connection, verdict, items[verdict.site, verdict.id])
        self._upsert(connection, repository_items, list(items.values()))
        self._rename(connection, gathered.repositories.values())
        self._upsert(connection, repositories, list(gathered.repositories.values()))
        self._upsert(connection, repository_lists, list(gathered.lists.values()))
        self._save_commits(connection, gathered.commits.values())

    def _items(
        self, connection: Connection, named: set[Identity], of: Iterable[HeldPiece | Verdict]
    ) -> dict[Identity, dict[str, Any]]:
        items: dict[Identity, dict[str, Any]] = {}
        for some in these(named):
            items |= {(row.site, row.id): dict(row._mapping) for row in connection.execute(_ITEMS, some)}
        for each in of:
            head = {"site": each.site, "id": each.id, "repository": each.repository, "number": each.number}
            items.setdefault((each.site, each.id), head | _NOTHING)
        return items

    def _save_pieces(
        self, connection: Connection, came: list[HeldPiece], items: dict[Identity, dict[str, Any]]
    ) -> None:
        known: dict[PieceKey, tuple[int, bytes]] = {}
        for some in these((each.site, each.id) for each in came):
            for site, id_, kind, object_, updated, hashed in connection.execute(_KNOWN, some):
                known[PieceKey(site, id_, kind, object_)] = (updated, hashed)
        rows = []
        for piece in came:
            item = items[piece.site, piece.id]
            updated, before = known.get(piece.key, (-1, b""))
            if updated > piece.updated:
                continue  # an older version never replaces a newer one
            item |= piece.about
            hashed = blake2b(piece.payload, digest_size=16).digest()
            if hashed == before:
                continue
            _change(item, piece.at)
            if piece.kind == "issue":
                item["counted"] = 0  # it may say another number of comments
            rows.append(
                {
                    **piece.key._asdict(),
                    "updated": piece.updated,
                    "hash": hashed,
                    "payload": self._compressor.compress(piece.payload),
                }
            )
        self._upsert(connection, pieces, rows)

    def _save_verdict(self, connection: Connection, verdict: Verdict, item: dict[str, Any]) -> None:
        item |= verdict.about
        of = (_P.site == verdict.site, _P.id == verdict.id)
        if verdict.state:
            item["state"] = verdict.state
            connection.execute(delete(pieces).where(*of))
        elif verdict.kind:
            held = connection.scalars(select(_P.object).where(*of, _P.kind == verdict.kind)).all()
            if stale := [each for each in held if each not in verdict.only]:
                connection.execute(delete(pieces).where(*of, _P.kind == verdict.kind, _P.object.in_(stale)))
                _change(item, verdict.at)

    def _rename(self, connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
        """Sees to it that all issues of a repository with another name are put together anew."""
        for row in rows:
            of = and_(repositories.c.site == row["site"], repositories.c.repository == row["repository"])
            before = connection.execute(select(repositories.c.name).where(of)).scalar()
            if before not in (None, row["name"]):
                here = (_I.site == row["site"], _I.repository == row["repository"])
                connection.execute(update(repository_items).where(*here).values(changed=_I.changed + _SECOND))

    def _save_commits(self, connection: Connection, came: Iterable[HeldCommit]) -> None:
        """Writes the commits that are not there: one that is there never changes."""
        rows = [
            {
                "site": each.site,
                "repository": each.repository,
                "sha": each.sha,
                "committed": each.committed,
                "parents": each.parents,
                "run": each.run,
                "payload": self._compressor.compress(each.payload),
            }
            for each in came
        ]
        if rows:
            statement = self._insert(commits).on_conflict_do_nothing(index_elements=["site", "repository", "sha"])
            connection.execute(statement, rows)

    def _upsert(self, connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        statement = self._insert(table)
        keys = [column.name for column in table.primary_key]
        new = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in keys}
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), rows)

    @retry_on_disconnect
    def repository(self, site: str, name: str) -> tuple[int, str, str] | None:
        """Gives the id, the name and the detail of a repository by what it is called now."""
        of = repositories.c
        query = select(of.repository, of.name, of.detail).where(of.site == site, of.name == name)
        with self.engine.connect() as connection:
            found = connection.execute(query).first()
        return (int(found[0]), str(found[1]), str(found[2])) if found else None

    @retry_on_disconnect
    def called(self, site: str, repository: int) -> tuple[str, str] | None:
        """Gives the name and the detail of a repository by its id."""
        of = repositories.c
        query = select(of.name, of.detail).where(of.site == site, of.repository == repository)
        with self.engine.connect() as connection:
            found = connection.execute(query).first()
        return (str(found[0]), str(found[1])) if found else None

    @retry_on_disconnect
    def listed(self, site: str, repository: int, kind: str) -> dict[str, Any] | None:
        """Gives how far a list has come; None where it was never begun."""
        of = repository_lists.c
        query = select(repository_lists).where(of.site == site, of.repository == repository, of.kind == kind)
        with self.engine.connect() as connection:
            found = connection.execute(query).first()
        return dict(found._mapping) if found else None


def _change(item: dict[str, Any], at: int) -> None:
    """Notes that an item is to be put together anew, by a time that it did not have before."""
    item["changed"] = max(at // _SECOND * _SECOND, int(item["changed"]) + _SECOND)
