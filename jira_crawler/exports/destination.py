"""Where an export goes: built aside, and put in its place when all is well, be that a folder or a URL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fsspec

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.exports.places import Folder, Place, Remote
from jira_crawler.masking import masked


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


def _open(to: str, near: Path) -> Place:
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
