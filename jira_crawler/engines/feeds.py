"""The feeds as a worker reaches them: a folder, or a copy in an object store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jira_crawler.engines.reading_job import Lines
from jira_crawler.engines.shards import object_store
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked


def lines(feeds: str, feed: str, spans: Sequence[Lines]) -> list[bytes]:
    """Reads the lines of some issues; raises Refused, with one sentence, where there is no such feed."""
    places = [(offset, length) for *_, offset, length in spans]
    try:
        return _of_object(feeds, feed, places) if "://" in feeds else _of_file(Path(feeds) / feed, places)
    except FileNotFoundError as error:
        raise Refused(
            f"there is no {feed} in {masked(feeds)}: workers have to reach the feeds, or a copy of them, by that name"
        ) from error


def address(chosen: str, output: Path) -> str:
    """Gives where workers find the feeds; raises BadArgument for an address with a secret, which jobs must not hold."""
    if "://" not in chosen:
        return str((Path(chosen) if chosen else output).resolve())
    if "@" in chosen.partition("://")[2].partition("/")[0]:
        raise BadArgument("--feeds holds no password: who may read there is said in the environment of each worker.")
    return chosen.rstrip("/")


def _of_file(path: Path, places: Sequence[tuple[int, int]]) -> list[bytes]:
    found = []
    with path.open("rb") as file:
        for offset, length in places:
            file.seek(offset)
            found.append(file.read(length))
    return found


def _of_object(url: str, feed: str, places: Sequence[tuple[int, int]]) -> list[bytes]:
    store = object_store(url, "Feeds")
    starts, lengths = zip(*places, strict=True)
    try:
        return [bytes(each) for each in store.get_ranges(feed, starts=starts, lengths=lengths)]
    except FileNotFoundError:
        raise
    except Exception as error:  # an object store's own errors are each of another kind
        said = masked((str(error).strip() or type(error).__name__).splitlines()[0], url)[:200].rstrip(".")
        raise Refused(f"{feed} in {masked(url)} cannot be read: {said}") from error
