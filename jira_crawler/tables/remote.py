"""The folder of the tables, again in an object store: what differs is put there, and the manifest last.

No object is replaced that is not the one which was seen: of two that write at once, one is told so at the first object
that the other has replaced. What an object holds is known by the tag that the server gave it: `_objects.json` has them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.sentences import masked
from jira_crawler.tables import manifest as manifests
from jira_crawler.tables import objects
from jira_crawler.tables.folder import VIEWS
from jira_crawler.tables.manifest import NAME, Manifest
from jira_crawler.tables.parquet import sha256_of
from jira_crawler.tables.schemas import MONTHLY, SMALL

if TYPE_CHECKING:
    from obstore.store import ObjectStore

OBJECTS: Final = "_objects.json"
_MISSING: Final = "Tables on {} need obstore: pip install 'jira-crawler[tables]'."


def publish(folder: Path, url: str, environment: Callable[[str], str]) -> tuple[int, int]:
    """Makes the objects below a URL what a folder is, and gives how many were put and their bytes.

    `environment` gives the value of a variable, or "". Raises Refused, with one sentence, if that cannot be done.
    """
    local = manifests.read(folder)
    if local is None:
        raise BadArgument(f"{folder} holds no tables: there is no {NAME}.")
    with objects.saying(url, "Tables cannot be written to"):
        store = objects.opened(url, environment, _MISSING)
        return _Remote(store, folder, local, url).run()


class _Remote:
    def __init__(self, store: ObjectStore, folder: Path, local: Manifest, url: str):
        self.store, self.folder, self.local, self.url = store, folder, local, url
        self.put_objects = self.put_bytes = 0
        self.tags: dict[str, str] = {}

    def run(self) -> tuple[int, int]:
        listed = self._list()
        self._refuse_others(listed)
        known: dict[str, list[str]] = orjson.loads(self._get(OBJECTS)) if OBJECTS in listed else {}
        wanted = {
            f"{table}/{name}": written.sha256
            for table, by_name in self.local.tables.items()
            for name, written in by_name.items()
        } | {VIEWS: sha256_of(self.folder / VIEWS)}
        now: dict[str, list[str]] = {}
        for path, sha256 in sorted(wanted.items()):
            if path in listed and known.get(path) == [sha256, listed[path]]:
                now[path] = known[path]
            else:
                now[path] = [sha256, self._put(path, (self.folder / path).read_bytes(), listed.get(path))]
        # The very manifest that was there when we began is replaced, or nothing.
        if now != known or listed.get(NAME) is None or self._get(NAME) != self.local.encoded():
            self._put(OBJECTS, orjson.dumps(now, option=orjson.OPT_SORT_KEYS), listed.get(OBJECTS))
            self._put(NAME, self.local.encoded(), listed.get(NAME))
        self._delete([path for path in listed if _is_ours(path) and path not in wanted])
        return self.put_objects, self.put_bytes

    def _list(self) -> dict[str, str]:
        return {each["path"]: each["e_tag"] or "" for batch in self.store.list() for each in batch}

    def _refuse_others(self, listed: dict[str, str]) -> None:
        if NAME in listed:
            there = manifests.decoded(self._get(NAME), f"{masked(self.url)}/{NAME}")
            if there.store != self.local.store:
                raise BadArgument(f"{masked(self.url)} holds the tables of another store: choose another place.")
            if there.through > self.local.through:
                raise BadArgument(f"{masked(self.url)} holds newer tables than {self.folder}: bring these up first.")
        elif foreign := sorted(path for path in listed if not _is_ours(path) and path not in (VIEWS, OBJECTS)):
            raise BadArgument(f"{masked(self.url)} holds what is no table, such as {foreign[0]}: choose another place.")

    def _get(self, path: str) -> bytes:
        return bytes(self.store.get(path).bytes())

    def _put(self, path: str, content: bytes, tag: str | None) -> str:
        """Puts an object in the place of the one with a tag, or of none."""
        said = (
            f"Somebody else is writing tables to {masked(self.url)}: what they say there is theirs; do it again later."
        )
        tag = objects.put(self.store, path, content, tag, said)
        self.put_objects += 1
        self.put_bytes += len(content)
        return tag

    def _delete(self, paths: list[str]) -> None:
        if paths:
            self.store.delete(paths)


def _is_ours(path: str) -> bool:
    table, _, name = path.partition("/")
    return table in (*MONTHLY, *SMALL) and manifests.is_name(table, name)
