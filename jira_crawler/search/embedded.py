"""The engine in the folder: it answers from files, and one process at a time writes them."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from tantivy import DocAddress, Index, IndexWriter, Schema, Searcher
from tantivy import Document as Record

from jira_crawler.exceptions import Refused
from jira_crawler.search import folder as folders
from jira_crawler.search.document import VERSION, Document
from jira_crawler.search.embedded_hits import first
from jira_crawler.search.embedded_query import Maker, cluster_number, one_field, schema, weight
from jira_crawler.search.engine import CONSUMER, Damaged, Hit, Matches, Rarities, State
from jira_crawler.search.query import Query, foremost, is_flat

HEAP: Final = 64_000_000  # bytes of documents that wait to be written, for each thread
_MOST_VALUES: Final = 50  # of a field that are counted, the most frequent ones
# Each document has one place, and who only counts them need not know how well they fit: a third of the time.
_N: Final = "n"
_HOW_MANY: Final[dict[str, Any]] = {_N: {"value_count": {"field": "place"}}}
T = TypeVar("T")


class EmbeddedEngine:
    """Reads the index of a folder; what another process commits meanwhile is seen by the next question."""

    def __init__(self, folder: Path):
        self.folder, self._schema = folder, schema()
        self._seen: tuple[int, int] = (0, 0)
        self._noted: folders.Noted | None = None
        self._index: Index | None = None
        self._reads: Searcher | None = None  # what was committed when it was opened
        self._turn = threading.Lock()
        if not (folder / folders.STATE).is_file():
            raise Refused(f"There is no index in {folder} yet: scrapy search makes one.")

    def search(
        self, query: Query, limit: int, *, offset: int = 0, rarities: Rarities | None = None, facets: Sequence[str] = ()
    ) -> Matches:
        """Finds what fits; raises Damaged where the files are not as they were written."""

        def ask(searcher: Searcher) -> Matches:
            maker = Maker(self._schema, rarities)
            made, best = maker.make(query), foremost(query)
            asked: dict[str, Any] = {field: {"terms": {"field": field, "size": _MOST_VALUES}} for field in facets}
            total, found = 0, list[tuple[int, DocAddress]]()
            if best:  # then the others are only counted
                _, found = first(searcher, self._schema, maker.make(best), offset + limit, flat=False)
            if is_counted := len(found) == offset + limit:
                asked |= _HOW_MANY
            else:
                total, found = first(searcher, self._schema, made, offset + limit, flat=is_flat(query))
            counted = searcher.aggregate(made, asked) if asked else {}
            clusters = searcher.fast_field_values("cluster", [at for _, at in found[offset:]])
            hits = [
                Hit(float(score), cluster, partial(self._shown, searcher, at))
                for (score, at), cluster in zip(found[offset:], clusters, strict=True)
            ]
            total = int(counted[_N]["value"]) if is_counted else total
            return Matches(total, hits, {name: _counts(counted[name]) for name in facets})

        return self._asking(ask)

    def count(self, queries: Sequence[Query]) -> list[int]:
        def ask(searcher: Searcher) -> list[int]:
            maker = Maker(self._schema)
            counted = [searcher.aggregate(maker.make(query), _HOW_MANY)[_N]["value"] for query in queries]
            return [*map(int, counted), searcher.num_docs]

        return self._asking(ask)

    def through(self) -> int:
        self._asking(lambda _: None)
        return self._noted.through if self._noted else 0

    def close(self) -> None:
        self._index = self._reads = None

    def _shown(self, searcher: Searcher, at: DocAddress) -> bytes:
        return self._asking(lambda found: bytes(found.doc(at)["shown"][0]), searcher)

    def _asking(self, ask: Callable[[Searcher], T], searcher: Searcher | None = None) -> T:
        try:
            return ask(searcher or self._searcher())
        except (ValueError, OSError, KeyError) as error:
            raise Damaged(f"The index in {self.folder} cannot be read: {_first_line(error)}.") from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # of the engine, which is no Exception
                raise
            raise Damaged(f"The index in {self.folder} cannot be read: it is damaged.") from error

    def _searcher(self) -> Searcher:
        """Looks whether something was committed since the last question."""
        with self._turn:
            for last in (False, True):
                told = (self.folder / folders.STATE).stat()
                seen = (told.st_ino, told.st_mtime_ns)
                if self._index is None or seen != self._seen:
                    try:
                        self._open()
                    except (ValueError, OSError):
                        if last:  # the first time another index may have taken its place in between
                            raise
                        continue
                    self._seen = seen
                break
            assert self._reads  # noqa: S101 - what `_open` sees to
            return self._reads

    def _open(self) -> None:
        said = folders.noted(self.folder)
        if said is None or said.version != VERSION:
            raise Damaged(f"The index in {self.folder} is of another version.")
        if self._index is None or self._noted is None or said.index != self._noted.index:
            self._index = _opened(self.folder / said.index)
        self._index.reload()
        self._reads, self._noted = self._index.searcher(), said


class EmbeddedSink:
    """Writes the index of a folder. Whoever has one keeps all others from writing, until it is closed."""

    is_shared: ClassVar = False

    def __init__(self, folder: Path, *, threads: int = 1):
        self.folder, self._threads, self._schema = folder, threads, schema()
        self._lock = folders.locked(folder)
        self.consumer = f"{CONSUMER}:{folders.name(self._lock)}"
        self._name = ""
        self._writer: IndexWriter | None = None
        self._store = ""
        self._anew = False  # nothing that is put takes the place of anything

    def state(self) -> State | None:
        said = folders.noted(self.folder)
        if said is None:
            return None
        if said.version == VERSION and self._writer is None:
            index = self.folder / said.index
            if not index.is_dir():
                raise Damaged(f"{index} is not there.")
            if bad := next(folders.wrong(index), ""):
                raise Damaged(f"{index / bad} is not as it was written.")
            self._write(said.index, said.store)
        return said.state

    def begin(self, store: str) -> None:
        self._let_go()
        self._write(folders.fresh(self.folder).name, store, anew=True)

    def put(self, documents: Iterable[Document]) -> int:
        """Takes documents in; each takes the place of the one before it, if there is any."""
        many, writer = 0, self._wrote
        for each in documents:
            with self._saying():
                if not self._anew:
                    writer.delete_documents_by_term("identity", each.identity)
                writer.add_document(_record(each, self._schema))
            many += 1
        return many

    def drop(self, identities: Iterable[str], seq: int) -> None:
        for name in identities:
            with self._saying():
                self._wrote.delete_documents_by_term("identity", name)

    def commit(self, through: int) -> None:
        with self._saying():
            self._wrote.commit()
        self._anew = False
        folders.note(self.folder, folders.Noted(version=VERSION, store=self._store, through=through, index=self._name))
        folders.clear(self.folder, self._name)

    def scrub(self) -> None:
        """Does nothing: an index that was just made anew holds nothing that was taken out."""

    def close(self) -> None:
        """Lets others write; segments that are being merged are waited for."""
        try:
            self._let_go()
        finally:
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    @contextmanager
    def _saying(self) -> Iterator[None]:
        """Makes a sentence of what the engine cannot write, for want of room mostly."""
        try:
            yield
        except ValueError as error:
            raise Refused(f"The index cannot be written to {self.folder}: {_first_line(error)}.") from error

    @property
    def _wrote(self) -> IndexWriter:
        assert self._writer  # noqa: S101 - `state` or `begin` was called
        return self._writer

    def _write(self, name: str, store: str, *, anew: bool = False) -> None:
        path = self.folder / name
        try:
            if anew:
                index = Index(self._schema, str(path), reuse=False)
                self._writer = index.writer(HEAP * self._threads, self._threads)
            else:
                self._writer = _opened(path).writer(HEAP, 1)
        except (ValueError, OSError) as error:
            raise Damaged(f"The index in {path} cannot be opened: {_first_line(error)}.") from error
        self._name, self._store, self._anew = name, store, anew

    def _let_go(self) -> None:
        writer, self._writer = self._writer, None
        if writer:
            with suppress(ValueError):  # of one that has failed, which was said
                writer.wait_merging_threads()
            del writer
            gc.collect(0)  # so that its own lock is free


def _opened(path: Path) -> Index:
    index = Index.open(str(path))
    index.config_reader("manual")
    return index


def _record(document: Document, made: Schema) -> Record:
    told = {
        "identity": document.identity,
        "place": document.place,
        "weight": weight(document.place),
        "cluster": cluster_number(document.cluster),
        "title": document.title,
        "description": document.description,
        "comments": document.comments,
        "names": document.names,
        "tags": one_field(document.tags),
        "bands": document.bands,
        "quality": document.quality,
        "created": document.created,
        "updated": document.updated,
        "seen": document.seen,
        "shown": document.shown,
        **document.facets,
    }
    return Record.from_dict(told, made)  # which need not guess the type of each value


def _counts(counted: dict[str, list[dict[str, object]]]) -> list[tuple[str, int]]:
    found = [(str(each["key"]), int(str(each["doc_count"]))) for each in counted["buckets"]]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
