"""A snapshot in an object store: the environment says who writes, and the bucket who may read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked
from jira_crawler.snapshot.manifest import FILES, NAME, is_name
from jira_crawler.snapshot.place import Missing, Seen
from jira_crawler.tables import objects

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_MISSING: Final = "Snapshots at {} need obstore: pip install 'jira-crawler[tables]'."
# A server that is away is asked again for half a minute, and not for three.
_RETRYING: Final[dict[str, Any]] = {"max_retries": 6, "retry_timeout": timedelta(seconds=30)}
_UNREADABLE: Final = "Snapshots cannot be read from"
_UNWRITABLE: Final = "Snapshots cannot be written to"


class Bucket:
    """What is below a URL; see Place. Of two that write at once, the one whose manifest comes second is told."""

    def __init__(self, url: str, environment: Callable[[str], str]):
        self.url, self._environment = url, environment

    is_near = False

    @property
    def name(self) -> str:
        return masked(self.url)

    @cached_property
    def _store(self) -> ObjectStore:
        with objects.saying(self.url, _UNREADABLE):
            return objects.opened(self.url, self._environment, _MISSING, retry_config=_RETRYING)

    @contextmanager
    def taken(self) -> Iterator[Path]:
        """Gives a file on this machine; what nobody else can be kept from is found out with the manifest."""
        with TemporaryDirectory(prefix="jira-snapshot-") as near:
            yield Path(near) / "unfinished.parquet"

    def manifest(self) -> Seen | None:
        with objects.saying(self.url, _UNREADABLE):
            try:
                found = self._store.get(NAME)
            except FileNotFoundError:
                return None
            return Seen(bytes(found.bytes()), found.meta["e_tag"] or "")

    def listed(self) -> dict[str, int]:
        with objects.saying(self.url, _UNREADABLE):
            there = {each["path"]: each["size"] for batch in self._store.list() for each in batch}
        ours = {path: path.removeprefix(f"{FILES}/") for path in there if path.startswith(f"{FILES}/")}
        if NAME not in there:
            foreign = sorted(path for path in there if not is_name(ours.get(path, "")))
            if foreign:
                raise BadArgument(f"{self.name} holds what is no snapshot, such as {foreign[0]}: choose another place.")
        return {name: there[path] for path, name in ours.items() if is_name(name)}

    def put(self, path: Path, name: str) -> None:
        with objects.saying(self.url, _UNWRITABLE):
            self._store.put(f"{FILES}/{name}", path)
        path.unlink()

    def publish(self, content: bytes, instead: Seen | None) -> None:
        said = f"Somebody else is writing snapshots to {self.name}: what they say there is theirs; do it again later."
        with objects.saying(self.url, _UNWRITABLE):
            try:
                objects.put(self._store, NAME, content, instead.tag if instead else None, said)
            except Refused:
                there = self.manifest()
                if there is None or there.content != content:  # else it was asked for twice, as an answer was lost
                    raise

    def remove(self, names: Collection[str]) -> None:
        if names:
            with objects.saying(self.url, _UNWRITABLE):
                self._store.delete([f"{FILES}/{name}" for name in names])

    @contextmanager
    def open(self, name: str, size: int, sha256: str) -> Iterator[IO[bytes]]:
        with TemporaryFile() as file:
            with objects.saying(self.url, _UNREADABLE):
                try:
                    found = self._store.get(f"{FILES}/{name}")
                except FileNotFoundError:
                    raise Missing("is not there") from None
                hashed, read = hashlib.sha256(), 0
                for block in found.stream():
                    read += len(block)
                    hashed.update(block)
                    file.write(block)
            if read != size:
                raise Missing(f"has {read:,} bytes instead of {size:,}")
            if hashed.hexdigest() != sha256:
                raise Missing("has another content")
            file.seek(0)
            yield file
