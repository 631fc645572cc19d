"""A small store of made-up issues on two sites, whose snapshots have files of a few issues each."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from jira_crawler.snapshot.manifest import Manifest, decoded
from jira_crawler.snapshot.place import Place, Seen
from jira_crawler.snapshot.write import Size, Taken, take
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store

SMALL = Size(issues=4)


def a_row(number: int, site: str = "acme", text: str = "", **fields: Any) -> Row:
    payload = {"id": str(number), "fields": {"summary": text or f"Number {number}", "comment": "é" * 50}}
    told: dict[str, Any] = {
        "site": site,
        "id": str(number),
        "number": number,
        "crawled_project": "ACME",
        "project": "ACME" if number % 2 else "TOOLS",
        "key": f"ACME-{number}",
        "base_url": "https://acme.example",
        "dialect": "cloud",
        "created": 1_700_000_000_000 + number,
        "updated": 1_700_000_100_000,
        "fetched_at": 1_800_000_000_123,
        "run": 1,
        "version": f"v{text}{number}",
        "content": f"c{number}",
        "cut": "comment" if number % 3 == 0 else "",
        "payload": json.dumps(payload).encode(),
        "stage": "Score",
        "reason": "low",
    }
    return Row(**told | fields)


@dataclass
class Stocked:
    output: Path
    url: str = ""
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.output.mkdir(parents=True, exist_ok=True)
        self.store = Store(connect(self.url or f"sqlite:///{self.output / 'store.sqlite'}"))

    def put(self, *numbers: int, site: str = "acme", **fields: Any) -> None:
        self.store.save([a_row(number, site, **fields) for number in numbers], {})

    def take(self, place: Place) -> Taken:
        return take(self.store, place, SMALL)


def manifest(place: Place) -> Manifest | None:
    seen = place.manifest()
    return decoded(seen.content, "here") if seen else None


def whole(place: Place) -> Manifest | None:
    """The manifest, every file of which is there, and as it says."""
    found = manifest(place)
    for file in found.files if found else ():
        with place.open(file.name, file.bytes, file.sha256):
            pass
    return found


class Killed(BaseException):
    """What a process that is killed does not come back from."""


class Mortal:
    """A place whose writer dies at its nth step: before the first, after it, and so on."""

    def __init__(self, place: Place, steps: int):
        self._place, self.left = place, steps

    def _step(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    @property
    def name(self) -> str:
        return self._place.name

    @property
    def is_near(self) -> bool:
        return self._place.is_near

    def taken(self) -> AbstractContextManager[Path]:
        return self._place.taken()

    def manifest(self) -> Seen | None:
        return self._place.manifest()

    def listed(self) -> dict[str, int]:
        return self._place.listed()

    def put(self, path: Path, name: str) -> None:
        self._step()
        self._place.put(path, name)
        self._step()

    def publish(self, content: bytes, instead: Seen | None) -> None:
        self._step()
        self._place.publish(content, instead)
        self._step()

    def remove(self, names: Any) -> None:
        for name in names:
            self._step()
            self._place.remove([name])
        self._step()

    def open(self, name: str, size: int, sha256: str) -> AbstractContextManager[IO[bytes]]:
        return self._place.open(name, size, sha256)
