"""Issues of the store as tables are made of them: with what they were before, and what their lines in a feed say."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import orjson
import zstandard

from jira_crawler.feeds import shards
from jira_crawler.items import cluster_name
from jira_crawler.links.landing import Landing
from jira_crawler.store.attached import HeldFile
from jira_crawler.store.history import Event, Version
from jira_crawler.store.months import month_of
from jira_crawler.store.rows import REMOVED, Row
from jira_crawler.store.store import Store
from jira_crawler.tables.extract import Landed, StoredIssue, Was
from jira_crawler.tables.hanging import StoredFile
from jira_crawler.tables.versions import Gone

CHUNK: Final = 500  # issues that are in memory at once
ATTEMPTS: Final = 3  # to read lines that are not where they were a moment ago
PAUSE: Final = 0.05  # seconds before the last one, in which a file that is written takes the place of the old one
_FEW: Final = 2  # that go at once are no mass
Abouts = dict[tuple[str, str], dict[str, Any]]


class IssueSource:
    """Reads the store, and the feeds in a folder; what no feed says any more, or not yet, is left out."""

    def __init__(self, store: Store, folder: Path):
        self.store, self.folder = store, folder

    def month(self, month: str) -> Iterator[list[StoredIssue]]:
        """Gives the issues of a month in the order in which tables have them."""
        for rows in self.store.months.rows(month, CHUNK):
            yield self._stored([row for row in rows if month_of(row.created) == month])

    def some(self, identities: Sequence[tuple[str, str]], month: str) -> list[StoredIssue]:
        """Gives those of some issues that are of a month, in the same order."""
        return self._stored([row for row in self.store.months.of(list(identities)) if month_of(row.created) == month])

    def payloads(self, identities: Sequence[tuple[str, str]], month: str) -> list[StoredIssue]:
        """Gives the same issues as they were sent last, without what else is known of them."""
        rows = [row for row in self.store.months.of(list(identities)) if month_of(row.created) == month]
        return [self._issue(row, {}, (), ()) for row in rows]

    def _stored(self, rows: Sequence[Row]) -> list[StoredIssue]:
        identities = [row.identity for row in rows]
        past, events = self.store.history.versions(identities), self.store.history.events(identities)
        links, files = self.store.attached.links(identities), self.store.attached.files(identities)
        landings = self.store.links.landings(identities)
        abouts = self.abouts(rows)
        return [
            replace(
                self._issue(
                    row, abouts.get(row.identity, {}), past.get(row.identity, []), events.get(row.identity, [])
                ),
                links=links.get(row.identity, b""),
                files=tuple(map(_file, files.get(row.identity, {}).values())),
                landing=_landed(landings.get(row.identity)),
            )
            for row in rows
        ]

    def abouts(self, rows: Sequence[Row]) -> Abouts:
        """Gives what the lines of issues say about them; where a worker rewrites its shard just now, once it has."""
        found: Abouts = {}
        for attempt in range(ATTEMPTS):
            found |= {row.identity: about for row in rows if (about := self._about(row))}
            moved = [row.identity for row in rows if row.identity not in found and self._is_here(row)]
            if not moved or attempt + 1 == ATTEMPTS:
                break
            time.sleep(attempt * PAUSE)
            rows = self.store.months.of(moved)
        return found

    def _is_here(self, row: Row) -> bool:
        return bool(row.feed) and (self.folder / str(row.feed)).is_file()

    def _issue(self, row: Row, about: dict[str, Any], past: Sequence[Version], events: Sequence[Event]) -> StoredIssue:
        quality = about.get("quality")
        return StoredIssue(
            site=row.site,
            number=row.number,
            key=row.key,
            project=row.project,
            base_url=row.base_url,
            dialect=row.dialect,
            created=row.created,
            since=row.since or row.fetched_at,
            version=row.version,
            payload=zstandard.decompress(row.payload) if row.payload else b"",
            cut=_cut(row.cut),
            cluster=_cluster(row),
            quality=float(quality) if isinstance(quality, (int, float)) else None,
            language=about.get("language") or None,
            is_removed=row.stage == REMOVED,
            gone=tuple(map(_gone, events)),
            past=tuple(_was(version) for version in past),
            numbered=row.numbered,
        )

    def _about(self, row: Row) -> dict[str, Any]:
        """Reads what the first line of an issue says about it; {} where that cannot be had."""
        if not row.feed or row.offset is None or not row.length:
            return {}
        try:
            handle = os.open(self.folder / row.feed, os.O_RDONLY)
        except OSError:
            return {}
        try:
            line = os.pread(handle, row.length, row.offset).partition(b"\n")[0]
            about = orjson.loads(line)["metadata"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        finally:
            os.close(handle)
        is_its_own = isinstance(about, dict) and about.get("site") == row.site and about.get("issue_id") == row.id
        return about if is_its_own else {}


def _file(held: HeldFile) -> StoredFile:
    return StoredFile(held.attachment, held.state, held.size, held.sha256, held.path, held.mime)


def _landed(found: Landing | None) -> Landed | None:
    return Landed(found.how, found.commit, found.at) if found else None


def _cluster(row: Row) -> str | None:
    """What near-duplicates share; none for an issue in a shard: a merge judges those, and keeps it to itself."""
    return (row.cluster or cluster_name(row.site, row.id)) if row.feed and shards.is_of(row.feed) else None


def _cut(cut: str) -> tuple[str, ...]:
    return tuple(filter(None, cut.split(",")))


def _was(version: Version) -> Was:
    payload = zstandard.decompress(version.payload) if version.payload else b""
    return Was(version.seen, version.until, version.version, _cut(version.cut), payload)


def _gone(event: Event) -> Gone:
    """Says what became of an issue; where half of a project went at once, nobody knows whether it was deleted."""
    if not event.reason:
        return Gone(event.at, "present", "listed again")
    if event.reason.startswith("moved"):
        return Gone(event.at, "moved", event.reason)
    if event.reason.startswith("hidden"):
        return Gone(event.at, "access_lost", event.reason)
    if event.lost >= _FEW and event.lost * 2 >= event.held:
        many = f"{event.lost:,} of {event.held:,} issues of the project were gone at once"
        return Gone(event.at, "unobserved", f"{event.reason}; {many}")
    return Gone(event.at, "deleted", event.reason)
