"""What a tracker calls its fields, statuses and projects, which issues name by their ids only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import func, select

from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.tables import catalogue, insert_of

Kind = Literal["field", "status", "project", "service_level"]
# A field that is a service level, besides being a field; `said` is when it was last asked for in bulk, and by `detail`.
SERVICE_LEVEL: Kind = "service_level"


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing of a tracker; `detail` is JSON, the same for the same, and `said` when that was said (ms)."""

    site: str
    kind: Kind
    id: str
    name: str
    detail: str
    said: int


class Catalogue:
    """The part of the store that keeps names by their ids, and forgets none: history speaks of what is no more."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        statement = insert_of(self.engine.dialect.name)(catalogue)
        new = statement.excluded
        self._learn = statement.on_conflict_do_update(
            index_elements=["site", "kind", "id"],
            set_={"name": new.name, "detail": new.detail, "said": new.said},
            where=(catalogue.c.said < new.said)
            | ((catalogue.c.said == new.said) & (catalogue.c.name + catalogue.c.detail < new.name + new.detail)),
        )

    @retry_on_disconnect
    def all(self) -> list[Entry]:
        """Gives all that things are called, in a fixed order."""
        order = catalogue.c.site, catalogue.c.kind, catalogue.c.id
        named = select(catalogue).where(catalogue.c.kind != SERVICE_LEVEL).order_by(*order)
        with self.engine.connect() as connection:
            return [Entry(*row) for row in connection.execute(named)]

    @retry_on_disconnect
    def latest(self) -> int:
        """Gives when (ms) anything was last said of what things are called; 0 where nothing was."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.max(catalogue.c.said))).scalar() or 0

    @retry_on_disconnect
    def service_levels(self, site: str) -> list[Entry]:
        """Gives the fields of a site that are service levels, in the order of their ids."""
        here = catalogue.c.site == site, catalogue.c.kind == SERVICE_LEVEL
        with self.engine.connect() as connection:
            return [Entry(*row) for row in connection.execute(select(catalogue).where(*here).order_by(catalogue.c.id))]

    def polled(self, site: str, times: Mapping[str, int]) -> None:
        """Notes when (ms) accounts saw the service levels of a site last; of others what is noted stays."""
        known = self.service_levels(site)
        details = [accounts(entry) | dict(times) for entry in known]
        self.learn(
            [
                replace(entry, detail=json.dumps(detail, sort_keys=True), said=max(detail.values(), default=0))
                for entry, detail in zip(known, details, strict=True)
            ]
        )

    @retry_on_disconnect
    def learn(self, entries: Sequence[Entry]) -> None:
        """Takes in what was said; of two that say something else of one thing the later counts, whoever comes first."""
        if not entries:
            return
        values = [{name: getattr(entry, name) for name in Entry.__slots__} for entry in entries]
        with self.writer.begin() as connection:
            connection.execute(self._learn, values)


def accounts(entry: Entry) -> dict[str, int]:
    """Says of a service level when (ms) each account saw it last."""
    told: dict[str, int] = json.loads(entry.detail) if entry.detail else {}
    return told
