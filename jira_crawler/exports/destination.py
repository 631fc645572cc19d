"""Where an export goes: built aside, and put in its place when all is well, be that a folder or a URL."""

from __future__ import annotations

import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import fsspec

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.exports.mixture import AXOLOTL, TRL
from jira_crawler.feeds import files
from jira_crawler.sentences import masked

CARD: Final = "README.md"
MARK: Final = "<!-- made by scrapy export of jira_crawler -->"  # how a later export knows what it may replace
UNFINISHED: Final = f"{MARK}\n\nThis export is being written, or was left unfinished: do not use it.\n"
STAGE: Final = ".export.unfinished"
_NOTE: Final = "unfinished.md"
# They have no folders, and to make one would be to make a bucket that is not there.
_BUCKETS: Final = {"s3", "s3a", "gs", "gcs", "abfs", "az", "adl", "oss", "oci"}
_SHARD: Final = re.compile(r"data/(?:train|validation|test)(?:-[a-z_]+)?-\d{5}-of-\d{5}\.(?:parquet|jsonl|jsonl\.zst)")
_BESIDE: Final = (AXOLOTL, TRL)  # what may lie beside the card


@contextmanager
def destination(to: str, near: Path, *, force: bool) -> Iterator[Path]:
    """Gives a folder to build in, and publishes what is in it at the end of the block.

    Raises BadArgument, with one sentence, if that cannot be done. What is built for elsewhere is built in the folder
    `near`: where the feeds are, there is room for about as much.
    """
    with _saying(to):
        place = _open(to, near)
        if not force:
            place.refuse_foreign()
        shutil.rmtree(place.stage, ignore_errors=True)  # what a killed export left
        place.stage.mkdir(parents=True)
    try:
        try:
            yield place.stage
        except OSError as error:
            raise BadArgument(f"Nothing can be exported to {masked(to)}: {_reason(error, to)}") from error
        with _saying(to):
            place.publish()
    finally:
        shutil.rmtree(place.stage, ignore_errors=True)


def _open(to: str, near: Path) -> Destination:
    protocol, found, rest = to.partition("://")
    if found and protocol != "file":
        files, root = fsspec.core.url_to_fs(to)
        return Remote(to, files, root, near)
    path = Path(rest if found else to).expanduser().resolve()
    if not path.name:
        raise BadArgument(f"{masked(to)} is no folder to export to.")
    return Folder(path)


@contextmanager
def _saying(to: str) -> Iterator[None]:
    """Each file system of fsspec fails in its own way: whatever it is, a person reads one sentence."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        raise BadArgument(f"Nothing can be exported to {masked(to)}: {_reason(error, to)}") from error


def _reason(error: Exception, to: str) -> str:
    if isinstance(error, ImportError):
        return f"{masked(error, to)}. For s3:// there is pip install 'jira-crawler[s3]'."
    said = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
    return masked(said.splitlines()[0], to).rstrip(".") + "."


class Destination(ABC):
    """`stage` is a folder to build in; what is in it counts for nothing until `publish`."""

    def __init__(self, name: str, stage: Path):
        self.name, self.stage = name, stage

    def refuse_foreign(self) -> None:
        """Raises BadArgument if anything is there that no export has left."""
        names = self.present()
        if not names:
            return
        foreign = [name for name in names if name not in (CARD, *_BESIDE) and not _SHARD.fullmatch(name)]
        if foreign or CARD not in names or MARK not in self.card():
            raise BadArgument(
                f"{masked(self.name)} holds what no export has left, such as {(foreign or names)[0]}: choose another "
                "place, or say --force to replace its README.md and data."
            )

    @abstractmethod
    def present(self) -> list[str]:
        """The files that are there, by their paths in it, sorted."""

    @abstractmethod
    def card(self) -> str:
        """The card that is there."""

    @abstractmethod
    def publish(self) -> None:
        """Puts what was built in the place of README.md and data."""


class Folder(Destination):
    """A folder of this machine: a new one appears by one rename, in an old one the card comes last."""

    def __init__(self, path: Path):
        # Inside of a folder that is there: it may be a mount of its own, which no rename crosses.
        super().__init__(str(path), path / STAGE if path.is_dir() else path.with_name(f".{path.name}{STAGE}"))
        self._path = path

    def present(self) -> list[str]:
        if self._path.exists() and not self._path.is_dir():
            raise BadArgument(f"{self.name} is a file: name a folder.")
        files = (each.relative_to(self._path).as_posix() for each in self._path.rglob("*") if not each.is_dir())
        return sorted(name for name in files if not name.startswith(STAGE))

    def card(self) -> str:
        return (self._path / CARD).read_text("utf-8", "replace")

    def publish(self) -> None:
        for each in self.stage.rglob("*"):
            files.sync(each)
        if self.stage.parent != self._path:
            return files.replace(self.stage, self._path)
        if self.present():
            # Written aside: on a disk that is full by now the old export stays whole.
            (self.stage / _NOTE).write_text(UNFINISHED)
            files.replace(self.stage / _NOTE, self._path / CARD)
        shutil.rmtree(self._path / "data", ignore_errors=True)
        for name in _BESIDE:
            (self._path / name).unlink(missing_ok=True)
        for name in ("data", *_beside(self.stage), CARD):
            files.replace(self.stage / name, self._path / name)
        return None


def _beside(stage: Path) -> list[str]:
    """The files that were built beside the data, but for the card."""
    return [name for name in _BESIDE if (stage / name).is_file()]


class Remote(Destination):
    """A place that fsspec reaches; files are built on this machine and then sent, the card last.

    An object store has no rename: until the card is there, another says that the export is unfinished.
    """

    def __init__(self, url: str, files: Any, root: str, near: Path):
        super().__init__(url, near / STAGE)
        self._files, self._root = files, root.rstrip("/")

    def present(self) -> list[str]:
        self._files.invalidate_cache()
        found = self._files.find(self._root) if self._files.exists(self._root) else []
        return sorted(path.removeprefix(self._root).lstrip("/") for path in found)

    def card(self) -> str:
        content: bytes = self._files.cat_file(f"{self._root}/{CARD}")
        return content.decode("utf-8", "replace")

    def publish(self) -> None:
        new = [each.relative_to(self.stage).as_posix() for each in sorted(self.stage.glob("data/*"))]
        if _BUCKETS.isdisjoint(self._protocols()):
            self._files.makedirs(f"{self._root}/data", exist_ok=True)
        self._files.pipe_file(f"{self._root}/{CARD}", UNFINISHED.encode())
        new += _beside(self.stage)
        for name in self.present():
            if (name.startswith("data/") or name in _BESIDE) and name not in new:
                self._files.rm_file(f"{self._root}/{name}")
        for name in (*new, CARD):
            self._files.put_file(str(self.stage / name), f"{self._root}/{name}")

    def _protocols(self) -> tuple[str, ...]:
        names: str | tuple[str, ...] = self._files.protocol
        return (names,) if isinstance(names, str) else names
