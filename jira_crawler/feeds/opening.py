"""What is looked at before a dataset is written to: whose folder it is, what lies in it, and whether it is whole."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files, shards
from jira_crawler.feeds.spans import holds
from jira_crawler.store.snapshot import last_of
from jira_crawler.store.store import Store

logger = logging.getLogger(__name__)

FeedLengths = Mapping[str, tuple[int, int | None]]
# What is written in an output folder besides feeds; a link of such a name would lead the writing elsewhere.
_OURS = (".jsonl", ".json", ".new", ".html", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".lock")


def refuse_links(folder: Path) -> None:
    """Raises BadArgument if something that is written in an output folder is a symbolic link."""
    with os.scandir(folder) as entries:
        links = [entry.name for entry in entries if entry.is_symlink()]
    for name in links:
        if name.endswith(_OURS) or name.startswith("."):
            raise BadArgument(
                f"{folder / name} is a symbolic link, which nothing is written through: put the file there, "
                "or make OUTPUT_DIR the link."
            )


def refuse_shards(store: Store) -> None:
    """Raises BadArgument if workers have written what is in the store: one process would leave it out of its feeds."""
    others = sorted(feed for feed in store.feed_index.holding() if not shards.is_of(feed))
    if others:
        raise BadArgument(
            f"Workers have written shards such as {others[0]}, which one process does not go on with: crawl with "
            "REDIS_URL, or give this crawl a folder and a store of its own."
        )


def come_home(store: Store, folder: Path, *, writing: bool = True) -> None:
    """Takes the store for the one process that writes to it, and sees to it that its feeds are in this folder.

    A store whose folder was moved, copied or never noted is believed to belong to a folder that holds its feeds.
    """
    if not store.home.take():
        raise BadArgument(
            f"Another crawl is writing to the store of {folder}: give this one a store of its own, or wait for it."
        )
    home, (name, is_original) = store.home.folder(), shards.noted(folder)
    if home.name and home.name == name and is_original:
        return
    known = {feed: size for feed, size in store.feed_index.all().items() if shards.is_of(feed)}
    came_along = store.home.is_in(folder) and home.name in (None, name)
    if known and not came_along and not all(is_whole(store, folder, feed, known) for feed in known):
        there = f", {home.path}" if home.path else ""
        raise BadArgument(
            f"The feeds of this store are in another folder than {folder}{there}: set OUTPUT_DIR to it, or give this "
            "crawl a store of its own. If that folder is lost, scrapy merge --adopt."
        )
    if writing:
        adopt(store, folder)


def adopt(store: Store, folder: Path) -> None:
    """Notes that the feeds of a store are in this folder from now on, whether they are there already or not."""
    assert store.identity  # noqa: S101 - which makes the row that the note goes into
    store.home.move(shards.identity(folder), folder.resolve())


def is_whole(store: Store, folder: Path, feed: str, known: FeedLengths) -> bool:
    """Whether a feed is as long as the store says, and its last lines are those that the store knows."""
    length, swap = known[feed]
    path, new = folder / feed, folder / f"{feed}.new"
    if swap is not None and new.exists():
        path = new
    last = last_of(store.engine, feed)
    try:
        return files.reaches(path, length) and (last is None or not last.lines or holds(path, last))
    except OSError as error:
        raise BadArgument(f"{path} cannot be read: {error.strerror}.") from error


def recovered(store: Store, folder: Path, known: FeedLengths, *, writing: bool = True) -> Iterator[tuple[str, int]]:
    """Ends what an interrupted run began, feed by feed, and gives the length that each has now.

    A feed that is gone, or is not what the store says, is set aside, and its issues wait to be made again.
    """
    for feed, (length, swap) in known.items():
        path, new = folder / feed, folder / f"{feed}.new"
        if not is_whole(store, folder, feed, known):
            if not writing:
                raise BadArgument(
                    f"{feed} is gone, or is not as it was written: the next crawl, or scrapy crawl replay, makes it "
                    "again from the store."
                )
            logger.warning("%s is gone, or is not as it was written: its issues are made again from the store", feed)
            files.quarantine(path)
            store.feed_index.forget_lines(feed)
            continue
        if swap is not None:
            if new.exists():
                files.replace(new, path)
            store.feed_index.end_swap(feed)
        files.cut_back(path, length)
        yield feed, length


def unmended(store: Store) -> str:
    """Says which feeds were lost and are not made again yet; "" if none is."""
    feeds = ", ".join(store.lost_feeds())
    return (
        f"The lines that were lost with {feeds} are not made again yet: scrapy crawl replay does it." if feeds else ""
    )
