"""The tables of an output folder, brought up to its store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from jira_crawler import sites
from jira_crawler.sentences import masked
from jira_crawler.store.database import connect, existing
from jira_crawler.store.store import Store
from jira_crawler.tables.options import flows, own_columns
from jira_crawler.tables.remote import publish
from jira_crawler.tables.update import Options, Updated, update
from jira_crawler.tables.workers import Elsewhere

TABLES = "tables"  # the folder in OUTPUT_DIR


def bring_up(
    output: Path,
    url: str,
    *,
    redacted: bool,
    processes: int,
    rebuild: bool = False,
    trusting: bool = False,
    store: Store | None = None,
    elsewhere: Elsewhere | None = None,
    to: str = "",
    environment: Callable[[str], str] = lambda _: "",
) -> Updated:
    """Brings the tables of an output folder up to its store, which may be open already.

    `url` is that of the store, empty for the one in the folder; 0 processes are as many as there are cores. `to` is the
    URL of an object store that is to hold them, too. Raises Refused, with one sentence, if it cannot be done.
    `trusting` is whether a file whose times are as they were need not be hashed; `elsewhere` makes months, if any does.
    """
    url = existing(output, url)  # to open another one would make it, and of that empty tables
    known = list(sites.known().values())
    options = Options(
        columns=own_columns(known),
        flows=flows(known),
        redacted=redacted,
        processes=processes,
        rebuild=rebuild,
        trusting=trusting,
        elsewhere=elsewhere,
    )
    own = None if store else Store(connect(url))
    try:
        result = update(store or cast(Store, own), url, output / TABLES, output, options)
    finally:
        if own:
            own.close()
    if to:
        objects, size = publish(output / TABLES, to, environment)
        result.notes.append(f"{masked(to)} is the same now: {objects:,} objects were put there, {size:,} bytes.")
    return result
