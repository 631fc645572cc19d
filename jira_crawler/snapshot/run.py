"""The snapshots of an output folder's store, and where they are, so that somebody can be told of them later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.sentences import masked
from jira_crawler.snapshot.address import place
from jira_crawler.snapshot.write import Taken, take
from jira_crawler.store.database import connect, existing
from jira_crawler.store.store import Store

NOTE: Final = ".snapshots"  # where snapshots of the store were taken to


def take_snapshot(output: Path, url: str, address: str, environment: Callable[[str], str]) -> Taken:
    """Makes an address hold what the store of an output folder holds, and notes it in that folder.

    `url` is that of the store, empty for the one in the folder. Raises Refused, with one sentence, where that
    cannot be done.
    """
    where = place(address, environment)
    store = Store(connect(existing(output, url)))
    try:
        return take(store, where, begun=lambda: _note(output, address))
    finally:
        store.close()


def taken_to(output: Path) -> list[str]:
    """Gives the addresses to which snapshots of an output folder's store were taken, as far as is noted there."""
    try:
        told = orjson.loads((output / NOTE).read_bytes())
    except (OSError, ValueError):
        return []
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


def _note(output: Path, address: str) -> None:
    known = taken_to(output)
    plain = masked(address if "://" in address else str(Path(address).resolve()))
    if plain in known:
        return
    try:
        with files.published(output / NOTE, 0o600) as file:
            file.write(orjson.dumps(sorted({*known, plain}), option=orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise BadArgument(f"{output / NOTE} cannot be written: {error.strerror}.") from error
