"""Folders and URLs that shards lie in, after a crawl on one machine or on many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import fsspec

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked


class Sources:
    """Finds shards by their names. What lies elsewhere is copied into a folder of this machine, to be read there."""

    def __init__(self, places: Sequence[str], near: Path):
        self.places = [str(place) for place in places]
        self.near = near

    def __str__(self) -> str:
        return ", ".join(map(masked, self.places))

    def find(self, names: Sequence[str], length: int, is_right: Callable[[Path], bool]) -> Path | None:
        """Finds the first file of one of these names that is long enough and right, whichever folder it is in."""
        return next((path for path in self._candidates(names, length) if is_right(path)), None)

    def _candidates(self, names: Sequence[str], length: int) -> Iterator[Path]:
        for number, place in enumerate(self.places):
            for name in names:
                with saying(place, "read"):
                    path = self._fetched(place, name, length, number)
                if path:
                    yield path

    def _fetched(self, place: str, name: str, length: int, number: int) -> Path | None:
        if folder := local(place):
            path = folder / name
            return path if path.is_file() and path.stat().st_size >= length else None
        files, root = fsspec.core.url_to_fs(place)
        remote, copy = f"{root.rstrip('/')}/{name}", self.near / f"{number}.{name}"
        if not copy.exists() and files.exists(remote) and files.size(remote) >= length:
            files.get_file(remote, str(copy))
        return copy if copy.exists() and copy.stat().st_size >= length else None


def local(place: str) -> Path | None:
    """Gives the folder that a path or a file:// URL means, None for any other URL."""
    protocol, found, rest = place.partition("://")
    return Path(rest if found else place).expanduser() if not found or protocol == "file" else None


@contextmanager
def saying(place: str, done: str) -> Iterator[None]:
    """Each file system of fsspec fails in its own way: whatever it is, a person reads one sentence."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        said = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
        said = masked(said.splitlines()[0], place).rstrip(".")
        raise BadArgument(f"{masked(place)} cannot be {done}: {said}.") from error
