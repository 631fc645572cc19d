"""Where a snapshot is: a folder, or what is below the URL of an object store. Both can do the same few things."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from jira_crawler.exceptions import Refused


class Missing(Refused):
    """A file is not there, or is not as it is to be; the text goes on where its name ends."""


class Seen(NamedTuple):
    """The manifest as it was found, and what tells it from any that comes after it."""

    content: bytes
    tag: str


class Place(Protocol):
    """Files of a snapshot, under names that are never given to another content, and one manifest."""

    @property
    def is_near(self) -> bool:
        """Whether to read a file twice costs little."""
        ...

    @property
    def name(self) -> str:
        """What a person knows it by, without a password."""
        ...

    def taken(self) -> AbstractContextManager[Path]:
        """Keeps it for one writer as far as it can, and gives a path on this machine to write a file to."""
        ...

    def manifest(self) -> Seen | None:
        """Gives the manifest that is there."""
        ...

    def listed(self) -> dict[str, int]:
        """Gives the size of each file of ours; raises BadArgument where something is there that is not ours."""
        ...

    def put(self, path: Path, name: str) -> None:
        """Makes a file that was written whole and synced one of the place's."""
        ...

    def publish(self, content: bytes, instead: Seen | None) -> None:
        """Puts a manifest in the place of the one that was seen; raises Refused where another one is there by now."""
        ...

    def remove(self, names: Collection[str]) -> None:
        """Takes files out that no manifest names."""
        ...

    def open(self, name: str, size: int, sha256: str) -> AbstractContextManager[IO[bytes]]:
        """Opens a file that is as it should be; raises Missing for any other."""
        ...
