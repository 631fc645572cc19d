"""Where merged feeds go: written aside, and put in their places when all of them are whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import fsspec
import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files, locks, rejects, shards
from jira_crawler.feeds.sources import local, saying
from jira_crawler.feeds.spans import holds
from jira_crawler.store.snapshot import last_of
from jira_crawler.store.store import Store

_STAGE, _NOTE = ".merge.unfinished", ".merged"


class Stage:
    """A folder to write into, which may have to be done more than once."""

    def __init__(self, folder: Path):
        self.folder = folder

    def clear(self) -> Path:
        """Empties the folder and gives it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)
        return self.folder

    def files(self) -> list[Path]:
        return sorted(self.folder.iterdir())


@contextmanager
def target(store: Store, to: str, sources: Sequence[str]) -> Iterator[Stage]:
    """Gives a stage, and publishes what is on it at the end of the block; nothing if nothing is there."""
    if not store.feed_index.all():
        raise BadArgument("The store knows of no feed: there is nothing to merge.")
    if folder := local(to):
        with locks.merging(folder):
            refuse_the_whole(store, folder, is_source=folder in map(local, sources))
            stage = Stage(folder / _STAGE)
            with saying(to, "written"):
                stage.clear()
            try:
                yield stage
                with saying(to, "written"):
                    if made := stage.files():
                        make_room(store, folder)
                        _replace(made, folder)
            finally:
                shutil.rmtree(stage.folder, ignore_errors=True)
        return
    with TemporaryDirectory(prefix="jira-merge-") as near:
        stage = Stage(Path(near) / "stage")
        stage.clear()
        yield stage
        with saying(to, "written"):
            there, root = fsspec.core.url_to_fs(to)
            for path in stage.files():
                there.put_file(str(path), f"{root.rstrip('/')}/{path.name}")


def refuse_the_whole(store: Store, folder: Path, *, is_source: bool) -> None:
    """Raises BadArgument if the feeds of the folder are those that one process wrote, and are to stay as they are."""
    is_home = store.home.folder().name == shards.noted(folder)[0] != ""
    if (is_source or is_home) and all(map(shards.is_of, store.feed_index.all())):
        raise BadArgument(f"No worker has written a shard: what a crawl of one process left in {folder} is whole.")


def make_room(store: Store, folder: Path) -> None:
    """Makes the feeds that a crawl of one process has left in the folder into shards: their names are needed.

    It is done when all that was merged is there, in one transaction. Each file gets its second name before the store
    learns it, and keeps the first until the merged one has it.
    """
    lengths = store.feed_index.all()
    single = [feed for feed in lengths if shards.is_of(feed)]
    if len(single) == len(lengths):
        return  # there are no shards: what was merged is a copy
    names: dict[str, str] = {}
    for feed in single:
        path, new = folder / feed, folder / f"{feed}.new"
        if lengths[feed][1] is not None and new.exists():  # what a killed crawl did not come to
            files.replace(new, path)
            store.feed_index.end_swap(feed)
        last = last_of(store.engine, feed)
        if path.exists() and (last is None or holds(path, last)):
            names[feed] = _second_name(path, lengths)
    _note(folder, list(names))
    store.feed_index.rename(names)


def _second_name(path: Path, taken: Collection[str]) -> str:
    """Gives a file the name of a shard that no worker writes and the store does not know."""
    project, folder = shards.project(path.name), path.parent
    shard = shards.identity(folder)
    name = next(
        name for n in count() if (name := shards.feed(project, f"{shard}-0{f'-{n}' if n else ''}")) not in taken
    )
    (folder / name).unlink(missing_ok=True)
    os.link(path, folder / name)
    files.sync(folder)
    return name


def _replace(made: Sequence[Path], folder: Path) -> None:
    """Puts files in their places; what is there and is neither a feed nor merged is somebody's, and set aside."""
    known = _noted(folder) | {rejects.NAME}
    for path in made:
        if path.name not in known:
            files.quarantine(folder / path.name)
    _note(folder, [path.name for path in made])
    for path in made:
        files.replace(path, folder / path.name)


def _note(folder: Path, names: Sequence[str]) -> None:
    """Remembers which files of a folder are merged ones, or are to be."""
    if names and not _noted(folder).issuperset(names):
        with files.published(folder / _NOTE) as file:
            file.write(orjson.dumps(sorted(_noted(folder).union(names))))


def _noted(folder: Path) -> set[str]:
    try:
        return set(orjson.loads((folder / _NOTE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return set()
