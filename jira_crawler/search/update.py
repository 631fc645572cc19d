"""An index follows the store by its changes: whatever interrupts it, it is right again after the next time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.search.document import VERSION, identity
from jira_crawler.search.engine import Damaged, Sink, State
from jira_crawler.search.source import Documents
from jira_crawler.store.index_entries import IndexEntries
from jira_crawler.store.store import Store

CHUNK: Final = 500  # issues that are in memory at once
MANY: Final = 5_000  # changes after which what was done is made to last
Progress = Callable[[int], None]


@dataclass(slots=True)
class Updated:
    """What an update came to: through which change, how many documents were put in and taken out, and why all were.

    `unreadable` issues are in a feed and left out all the same.
    """

    through: int = 0
    put: int = 0
    dropped: int = 0
    anew: str = ""
    unreadable: int = 0


def update(
    store: Store,
    documents: Documents,
    sink: Sink,
    *,
    rebuild: bool = False,
    progress: Progress = lambda _: None,
) -> Updated:
    """Makes an index say what the feeds do; `progress` is told of issues that were read.

    What the store says of the index is never ahead of it: the index is committed first, and the store told then.
    """
    result, consumer = Updated(), sink.consumer
    position = store.consumers.position(consumer)
    if not position:
        store.consumers.advance(consumer, 0)  # what changes from now on is kept for us
    latest = store.changes.latest()
    state, damage = _state(sink)
    if state and sink.is_shared and state.store != store.identity and not rebuild:
        raise BadArgument(
            "The index there holds what another store does: name another one in SEARCH_URL, or scrapy search --rebuild."
        )
    result.anew = "It was asked for" if rebuild else damage or _why_anew(state, store, position, latest)
    if result.anew:
        result.through = latest
        sink.begin(store.identity)
        for entries in IndexEntries(store.writer).chunks(CHUNK):
            result.put += sink.put(documents.of(entries, max(1, latest)))
            progress(len(entries))
        sink.commit(latest)
        store.consumers.advance(consumer, latest)
    else:
        result.through = _through(state, position)
    _follow(store, documents, sink, result, progress)
    result.unreadable = documents.unreadable
    return result


def _follow(store: Store, documents: Documents, sink: Sink, result: Updated, progress: Progress) -> None:
    waiting, consumer, entries = 0, sink.consumer, IndexEntries(store.writer)
    while changed := store.changes(result.through, CHUNK):
        seqs = {(change.site, change.id): change.seq for change in changed}
        there = set()
        for document in documents.of(entries.of(list(seqs)).values(), seqs):
            sink.put([document])
            there.add(document.identity)
        for (site, id_), seq in seqs.items():
            if (name := identity(site, id_)) not in there:
                sink.drop([name], seq)
        result.put += len(there)
        result.dropped += len(seqs) - len(there)
        result.through = changed[-1].seq
        waiting += len(changed)
        if waiting >= MANY or len(changed) < CHUNK:
            sink.commit(result.through)
            store.consumers.advance(consumer, result.through)
            waiting = 0
        progress(len(changed))
    if waiting:
        sink.commit(result.through)
        store.consumers.advance(consumer, result.through)
    elif store.consumers.position(consumer) < result.through:  # it was killed between the two
        store.consumers.advance(consumer, result.through)


def _state(sink: Sink) -> tuple[State | None, str]:
    try:
        return sink.state(), ""
    except Damaged as error:
        return None, str(error).rstrip(".")


def _through(state: State | None, position: int) -> int:
    return position if state is None or state.through < 0 else state.through


def _why_anew(state: State | None, store: Store, position: int, latest: int) -> str:
    """Says why all documents are made anew; "" where only those that changed have to be."""
    if state is None:
        return "There was none"
    if state.version != VERSION:
        return f"It was of version {state.version}, and {VERSION} is the present one"
    if state.store != store.identity:
        return "It was made from another store"
    if state.through > latest:
        return "It was ahead of the store, which is an older one"
    through = _through(state, position)
    if position > through or (not position and max(through, store.changes.pruned())):
        return "What changed since it was made is not told any more"
    return ""
