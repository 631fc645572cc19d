"""Brings a snapshot up to its store: a file for each range that is another one, and the manifest behind them.

Whenever it is killed, the manifest names files that are there, and are as it says: those of before, or the new ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.snapshot import manifest as manifests
from jira_crawler.snapshot import payload_file
from jira_crawler.snapshot.manifest import NAME, File, Manifest, name_of
from jira_crawler.snapshot.place import Place, Seen
from jira_crawler.snapshot.ranges import BYTES, ISSUES, Range, ranges
from jira_crawler.store.payloads import Payloads, payloads
from jira_crawler.store.store import Store


@dataclass(frozen=True, slots=True)
class Size:
    """How large the files are to be: about so many issues, and at most so many bytes as the store has them."""

    issues: int = ISSUES
    bytes: int = BYTES


@dataclass(slots=True)
class Taken:
    """What a snapshot holds by now, and how much of that was written just now."""

    manifest: Manifest
    files: int = 0
    bytes: int = 0
    removed: int = 0


def take(store: Store, place: Place, size: Size | None = None, begun: Callable[[], None] = lambda: None) -> Taken:
    """Makes a place hold what a store holds at this moment; `begun` is called before the first file.

    Raises Refused, with one sentence, where that cannot be done, and OSError where the disk breaks.
    """
    size, identity = size or Size(), store.identity
    with place.taken() as path:
        seen = place.manifest()
        before = _before(identity, place, seen)
        # What is there now is all that is ever removed: what comes later is of somebody who came later.
        listed = place.listed()
        there = [file for file in before.files if listed.get(file.name) == file.bytes]
        kept = {(file.site, file.first, file.last): file for file in there}
        with payloads(store) as held:
            _refuse_newer(place, before, held)
            begun()
            taken = Taken(Manifest(identity, held.through, []))
            for part in list(ranges(held.heads(), size.issues, size.bytes)):
                known = kept.get((part.site, part.first, part.last))
                if known is None or known.state != part.state:
                    known = _written(held, part, place, path)
                    taken.files += 1
                    taken.bytes += known.bytes
                taken.manifest.files.append(known)
        content = taken.manifest.encoded()
        if seen is None or seen.content != content:
            place.publish(content, seen)
        stale = sorted(listed.keys() - {file.name for file in taken.manifest.files})
        place.remove(stale)
        taken.removed = len(stale)
    return taken


def _before(identity: str, place: Place, seen: Seen | None) -> Manifest:
    """Reads the manifest that is to be replaced; raises BadArgument where that is another store's, or none of ours."""
    if seen is None:
        return Manifest(identity, 0, [])
    before = manifests.decoded(seen.content, f"{place.name}/{NAME}")
    if before.store != identity:
        raise BadArgument(f"{place.name} holds the snapshot of another store: choose another place.")
    return before


def _refuse_newer(place: Place, before: Manifest, held: Payloads) -> None:
    if before.through > held.through:
        raise BadArgument(
            f"{place.name} holds a newer snapshot than this store, which is of an earlier day: choose another place."
        )


def _written(held: Payloads, part: Range, place: Place, path: Path) -> File:
    written, fingerprint = payload_file.write(path, held.rows(part.site, part.first, part.last))
    name = name_of(part.site, part.first, part.last, held.through, written.sha256)
    place.put(path, name)
    return File(
        name=name,
        site=part.site,
        first=part.first,
        last=part.last,
        rows=written.rows,
        bytes=written.bytes,
        sha256=written.sha256,
        state=part.state,
        fingerprint=fingerprint,
        projects=dict(sorted(part.projects.items())),
        crawled_projects=sorted(part.crawled_projects),
    )
