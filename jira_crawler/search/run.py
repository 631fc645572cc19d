"""The index of an output folder: where it is, brought up to its store, and asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from jira_crawler.exceptions import Refused
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.search.engine import Engine, Sink
from jira_crawler.search.folder import SEARCH
from jira_crawler.search.source import Documents
from jira_crawler.search.update import Progress, Updated, update
from jira_crawler.store.database import connect, existing
from jira_crawler.store.store import Store

if TYPE_CHECKING:
    from jira_crawler.search.remote import Server

MISSING = "Search needs a package more: pip install 'jira-crawler[search]', or set SEARCH_URL."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The output folder, the URL of its store (empty: in the folder), and where the index is.

    `server` is the URL of an OpenSearch or Elasticsearch, empty for an index in the folder. `secret` gives variables of
    the environment, and `policy` is how issues are refined of which no line can be read.
    """

    output: Path
    store_url: str = ""
    server: str = ""
    secret: Callable[[str], str] = lambda _: ""
    policy: Policy = DEFAULTS

    @property
    def folder(self) -> Path:
        return self.output / SEARCH

    def check(self) -> None:
        """Raises Refused, before anything is begun, where the engine cannot be had or the URL is none."""
        if self.server:
            self._server()
        elif find_spec("tantivy") is None:
            raise Refused(MISSING)

    def engine(self) -> Engine:
        """Opens the index to be asked; raises Refused where there is none."""
        if self.server:
            from jira_crawler.search.remote_query import RemoteEngine

            return RemoteEngine(self._server())
        try:
            from jira_crawler.search.embedded import EmbeddedEngine
        except ModuleNotFoundError as error:
            raise Refused(MISSING) from error
        return EmbeddedEngine(self.folder)

    def sink(self, *, threads: int = 1) -> Sink:
        """Opens the index to be written, which nobody else can be doing; raises Refused."""
        if self.server:
            from jira_crawler.search.remote_sink import RemoteSink

            return RemoteSink(self._server(), self.folder)
        try:
            from jira_crawler.search.embedded import EmbeddedSink
        except ModuleNotFoundError as error:
            raise Refused(MISSING) from error
        return EmbeddedSink(self.folder, threads=threads)

    def store(self) -> Store:
        """Opens the store that is there already; raises BadArgument where there is none."""
        return Store(connect(existing(self.output, self.store_url)))

    def _server(self) -> Server:
        from jira_crawler.search.remote import Server

        return Server.of(self.server, self.secret)


def bring_up(
    place: Place,
    *,
    rebuild: bool = False,
    store: Store | None = None,
    threads: int = 1,
    progress: Progress = lambda _: None,
) -> Updated:
    """Brings the index up to the store, which may be open already; raises Refused, with one sentence."""
    own = None if store else place.store()
    try:
        keeper = Keeper(place, store or own, threads=threads)
        try:
            return keeper.up(rebuild=rebuild, progress=progress)
        finally:
            keeper.close()
    finally:
        if own:
            own.close()


class Keeper:
    """Brings an index up again and again; between two times nobody else may write it."""

    def __init__(self, place: Place, store: Store | None = None, *, threads: int = 1):
        self.place, self._threads = place, threads
        self._own = None if store else place.store()
        self.store = store or self._own
        self._sink: Sink | None = None

    def up(self, *, rebuild: bool = False, progress: Progress = lambda _: None) -> Updated:
        """Brings it up; after a failure everything is opened anew the next time. Raises Refused, or OSError."""
        assert self.store  # noqa: S101 - one of the two
        try:
            self._sink = self._sink or self.place.sink(threads=self._threads)
            documents = Documents(self.place.output, self.place.policy, self.store.rows)
            return update(
                self.store,
                documents,
                self._sink,
                rebuild=rebuild,
                progress=progress,
            )
        except BaseException:
            self._let_go()
            raise

    def scrub(self) -> None:
        """Lets nothing stay of what was taken out, where the last update did not see to that."""
        if self._sink:
            self._sink.scrub()

    def close(self) -> None:
        try:
            self._let_go()
        finally:
            if self._own:
                self._own.close()

    def _let_go(self) -> None:
        sink, self._sink = self._sink, None
        if sink:
            sink.close()
