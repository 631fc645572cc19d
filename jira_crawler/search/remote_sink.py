"""An index on a server is filled: in bulk, by the store's own numbers, so that who comes late changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from secrets import token_hex
from typing import Any, ClassVar, Final

import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.search import folder as folders
from jira_crawler.search.document import Document
from jira_crawler.search.engine import CONSUMER, Damaged, State
from jira_crawler.search.remote import Away, Connection, Server, reason
from jira_crawler.search.remote_query import record, settings

BULK: Final = 4 * 1024 * 1024  # bytes that are sent at once
_NEWER: Final = 409  # what is there is as new, or newer


class RemoteSink:
    """Fills the index behind a name. One process of an output folder does so at a time."""

    is_shared: ClassVar = True

    def __init__(self, server: Server, folder: Path):
        self.server, self._connection = server, Connection(server)
        self._lock = folders.locked(folder)
        self.consumer = f"{CONSUMER}:{server.name}"
        self._index = ""  # the one that is written
        self._fresh = False  # whether it has not taken the name yet
        self._waiting: list[bytes] = []
        self._size = 0

    def state(self) -> State | None:
        """Says what is behind the name; how far it has come is what the store has noted, so `through` is -1."""
        found = self._behind()
        if not found:
            return None
        if len(found) > 1:
            raise BadArgument(f"{self.server.alias} is the name of {len(found)} indexes: take it from all but one.")
        told = self._connection.ask("GET", f"/{found[0]}/_mapping")
        about = told.get(found[0], {}).get("mappings", {}).get("_meta", {})
        if not isinstance(about.get("version"), int) or not isinstance(about.get("store"), str):
            raise BadArgument(
                f"The index {found[0]} at {self.server.url} is none of ours: name another one in SEARCH_URL."
            )
        self._index, self._fresh = found[0], False
        return State(about["version"], about["store"], -1)

    def begin(self, store: str) -> None:
        self._index, self._fresh = f"{self.server.alias}-{token_hex(4)}", True
        self._waiting, self._size = [], 0
        self._connection.ask("PUT", f"/{self._index}", settings(store))

    def put(self, documents: Iterable[Document]) -> int:
        many = 0
        for each in documents:
            self._send(_action("index", each.identity, each.seq), orjson.dumps(record(each)))
            many += 1
        return many

    def drop(self, identities: Iterable[str], seq: int) -> None:
        for name in identities:
            self._send(_action("delete", name, seq))

    def commit(self, through: int) -> None:
        """Makes all of it found. An index that was begun takes the name from the one before, which goes."""
        self._flush()
        self._connection.ask("POST", f"/{self._index}/_refresh")
        if self._fresh:
            before = [name for name in self._behind() if name != self._index]
            actions = [{"remove": {"index": name, "alias": self.server.alias}} for name in before]
            added = {"add": {"index": self._index, "alias": self.server.alias}}
            self._connection.ask("POST", "/_aliases", {"actions": [*actions, added]})
            self._fresh = False
            for name in self._ours():
                if name != self._index:
                    self._connection.ask("DELETE", f"/{name}", may=(404,))

    def scrub(self) -> None:
        """Lets nothing of what was deleted stay in the files of the server."""
        self._connection.ask("POST", f"/{self._index}/_forcemerge?only_expunge_deletes=true")

    def close(self) -> None:
        self._connection.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _behind(self) -> list[str]:
        found = self._connection.ask("GET", f"/_alias/{self.server.alias}", may=(404,))
        return sorted(found or ())

    def _ours(self) -> Iterator[str]:
        """Gives the indexes that were made for the name: those that nobody ended are taken away with the old one."""
        found = self._connection.ask("GET", f"/{self.server.alias}-*/_mapping", may=(404,)) or {}
        for name, told in found.items():
            tail = name.removeprefix(f"{self.server.alias}-")
            is_named = len(tail) == 8 and not set(tail) - set("0123456789abcdef")
            if is_named and "store" in told.get("mappings", {}).get("_meta", {}):
                yield name

    def _send(self, *lines: bytes) -> None:
        self._waiting += lines
        self._size += sum(map(len, lines))
        if self._size >= BULK:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        if not waiting:
            return
        told = self._connection.ask("POST", f"/{self._index}/_bulk", b"\n".join([*waiting, b""]), may=(404,))
        if told is None:
            raise Damaged(f"The index {self._index} is not there any more.")
        if told.get("errors"):
            for item in told["items"]:
                self._look(*next(iter(item.items())))

    def _look(self, action: str, item: dict[str, Any]) -> None:
        status = int(item.get("status", 500))
        if status < 300 or status == _NEWER or (action == "delete" and status == 404):
            return
        raise Away(f"{self.server.url} did not take {item.get('_id', 'a document')} (status {status}): {reason(item)}.")


def _action(name: str, identity: str, seq: int) -> bytes:
    return orjson.dumps({name: {"_id": identity, "version": seq, "version_type": "external"}})
