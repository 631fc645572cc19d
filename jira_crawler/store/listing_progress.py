"""How far the listing of each project has come, and which issues a listing of ids has found."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, func, insert, select, update

from jira_crawler.store.attached import leave
from jira_crawler.store.changes import record
from jira_crawler.store.erasure import forgotten_among, named_of_forgotten
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.history import gone
from jira_crawler.store.rows import REMOVED
from jira_crawler.store.tables import SINCE, forgotten, issues, listing_progress

_CHUNK = 500
NEVER = 2**62  # ms; later than any edit


@dataclass(frozen=True, slots=True)
class ProjectProgress:
    """A project's progress, in epoch milliseconds; see the table `listing_progress`."""

    began: int
    watermark: int | None
    finished: int | None

    @property
    def is_complete(self) -> bool:
        """Whether the last listing that was begun has been finished."""
        return self.finished is not None and self.finished >= self.began


class ListingProgress:
    """The part of the store that knows what has been listed."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine

    @retry_on_disconnect
    def of(self, site: str, project: str) -> ProjectProgress | None:
        of = listing_progress.c
        query = select(of.began, of.watermark, of.finished).where(*_key(site, project))
        with self.engine.connect() as connection:
            found = connection.execute(query).first()
        return ProjectProgress(*found) if found else None

    @retry_on_disconnect
    def save(self, site: str, project: str, **progress: int | None) -> None:
        """Notes a part of a project's progress: `began`, `watermark`, `finished`."""
        with self.writer.begin() as connection:
            changed = connection.execute(update(listing_progress).where(*_key(site, project)).values(**progress))
            if not changed.rowcount:
                connection.execute(insert(listing_progress).values(site=site, project=project, **progress))

    @retry_on_disconnect
    def held(self, site: str, project: str, before: int) -> int:
        """Counts the issues that we hold of a project and that were created before a time (ms).

        Those that are forgotten count, too, for the tracker goes on counting them, until ids are listed without them.
        """
        query = select(func.count()).where(*_present(site, project), issues.c.created < before)
        of = forgotten.c
        without = (of.site == site, of.crawled_project == project, of.created < before, of.gone == 0)
        with self.engine.connect() as connection:
            return sum(
                int(connection.execute(each).scalar_one()) for each in (query, select(func.count()).where(*without))
            )

    @retry_on_disconnect
    def listed(self, site: str, project: str, run: int, before: int) -> int:
        """Counts those of them that one crawl listed."""
        query = select(func.count()).where(*_present(site, project), issues.c.created < before, issues.c.run == run)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    @retry_on_disconnect
    def verify(self, site: str, project: str, ids: Sequence[str], run: int) -> list[str]:
        """Marks the issues of a project that a listing of ids names, and gives the ids that we do not hold.

        Those that are forgotten are not to be had again.
        """
        known: set[str] = set()
        with self.writer.begin() as connection:
            for at in range(0, len(ids), _CHUNK):
                here = (*_present(site, project), issues.c.id.in_(ids[at : at + _CHUNK]))
                known.update(connection.execute(select(issues.c.id).where(*here)).scalars())
                connection.execute(update(issues).where(*here).values(verified=run))
            known |= named_of_forgotten(connection, site, [id_ for id_ in ids if id_ not in known], run, project)
        return [id_ for id_ in ids if id_ not in known]

    def unverified(self, site: str, project: str, run: int) -> Iterator[tuple[str, str]]:
        """Gives (id, key) of the issues that we hold of a project and that no listing of this crawl names.

        It is for the end of that listing: whatever is forgotten and was not named is gone, and need not be asked after.
        """
        yield from self._unverified(site, project, run)

    @retry_on_disconnect
    def _unverified(self, site: str, project: str, run: int) -> list[tuple[str, str]]:
        query = select(issues.c.id, issues.c.key).where(*_present(site, project), issues.c.verified != run)
        of = forgotten.c
        without = (of.site == site, of.crawled_project == project, of.verified != run, of.gone == 0)
        with self.writer.begin() as connection:
            connection.execute(update(forgotten).where(*without).values(gone=1))
            return [(row.id, row.key) for row in connection.execute(query)]

    @retry_on_disconnect
    def project_of(self, site: str, id_: str) -> str | None:
        """Names the project that an issue was asked for by; None for one that we do not hold."""
        query = select(issues.c.crawled_project).where(*_one(site, id_))
        with self.engine.connect() as connection:
            return connection.execute(query).scalar()

    @retry_on_disconnect
    def witness(self, site: str, project: str, but: Sequence[str], verified: int = 0) -> str | None:
        """Gives the id of another issue of a project, an old one, because few of these go; None where there is none.

        With `verified` it is one that the listing of ids of that run has named.
        """
        here = (*_present(site, project), issues.c.id.not_in(but), issues.c.number > 0)
        here = (*here, issues.c.verified == verified) if verified else here
        query = select(issues.c.id).where(*here).order_by(issues.c.run).limit(1)  # as an index has them
        with self.engine.connect() as connection:
            return connection.execute(query).scalar()

    @retry_on_disconnect
    def is_removed(self, site: str, ids: Sequence[str]) -> set[str]:
        """Gives those of some issues that were here once and were taken out."""
        found: set[str] = set()
        with self.engine.connect() as connection:
            for at in range(0, len(ids), _CHUNK):
                here = issues.c.site == site, issues.c.id.in_(ids[at : at + _CHUNK]), issues.c.stage == REMOVED
                found.update(connection.execute(select(issues.c.id).where(*here)).scalars())
        return found

    def fetched(self, site: str, ids: Sequence[str]) -> dict[str, int]:
        """Says when each of some issues was fetched last (ms), for those that we hold."""
        return self._times(issues.c.fetched_at, site, ids)

    def updated(self, site: str, ids: Sequence[str]) -> dict[str, int]:
        """Says when each of some issues was edited last (ms) as we hold it, for those that we hold.

        Of one that is forgotten that is the end of time: nothing that comes is newer than what we want of it.
        """
        found = self._times(issues.c.updated, site, ids)
        lacking = [(site, id_) for id_ in ids if id_ not in found]
        if lacking:
            with self.engine.connect() as connection:
                found |= {id_: NEVER for _, id_ in forgotten_among(connection, lacking)}
        return found

    @retry_on_disconnect
    def _times(self, column: Column[int], site: str, ids: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        with self.engine.connect() as connection:
            for place in range(0, len(ids), _CHUNK):
                here = issues.c.site == site, issues.c.id.in_(ids[place : place + _CHUNK]), issues.c.stage != REMOVED
                found.update((id_, at) for id_, at in connection.execute(select(issues.c.id, column).where(*here)))
        return found

    @retry_on_disconnect
    def dialect(self, site: str) -> str:
        """Says what a site spoke when its last issue came; "" where none ever did."""
        query = select(issues.c.dialect).where(issues.c.site == site).order_by(issues.c.run.desc()).limit(1)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar() or ""

    @retry_on_disconnect
    def last_census(self, site: str) -> int:
        """Says when (ms) the ids of a site were compared last; 0 where they never were."""
        query = select(func.max(issues.c.verified)).where(issues.c.site == site)
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    @retry_on_disconnect
    def remove(self, site: str, id_: str, reason: str, at: int = 0, run: int = 0) -> None:
        """Takes an issue out of its feed and forgets its payloads; that it was removed, and why, is all that stays.

        `at` (ms) says when it was found to be gone: what a worker fetched before does not bring it back. `run` is the
        crawl that found it, 0 for the last one that listed the project.
        """
        nothing: dict[str, Any] = {
            "feed": None,
            "offset": None,
            "length": None,
            "examples": 0,
            "tasks": "",
            "lines": "",
        }
        forgotten = {"payload": b"", "content": "", "version": "", "stage": REMOVED, "reason": reason, "since": SINCE}
        with self.writer.begin() as connection:
            this = (issues.c.site == site, issues.c.id == id_)
            present = connection.execute(select(issues.c.id).where(*this, issues.c.stage != REMOVED)).first()
            if present:
                gone(connection, site, id_, reason, at or time.time_ns() // 1_000_000, run)
            connection.execute(
                update(issues).where(*this).values(**nothing, **forgotten, **({"fetched_at": at} if at else {}))
            )
            leave(connection, site, id_)
            record(connection, [(site, id_)] if present else ())


def _key(site: str, project: str) -> tuple[Any, ...]:
    return listing_progress.c.site == site, listing_progress.c.project == project


def _one(site: str, id_: str) -> tuple[Any, ...]:
    return issues.c.site == site, issues.c.id == id_, issues.c.stage != REMOVED


def _present(site: str, project: str) -> tuple[Any, ...]:
    return issues.c.site == site, issues.c.crawled_project == project, issues.c.stage != REMOVED
