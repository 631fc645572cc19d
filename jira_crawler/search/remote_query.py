"""A question as a server takes it, what its documents are made of, and an engine that asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from jira_crawler.exceptions import Refused
from jira_crawler.search.document import VERSION, Document
from jira_crawler.search.engine import WEIGHTS, Hit, Matches, Rarities
from jira_crawler.search.fields import FACETS
from jira_crawler.search.query import (
    TEXTS,
    And,
    Bands,
    Between,
    Everything,
    Not,
    Or,
    Query,
    Tags,
    Words,
    is_flat,
)
from jira_crawler.search.remote import Away, Connection, Server
from jira_crawler.search.shown import Unreadable, head

PATIENCE: Final = 15.0  # seconds that somebody who asks may have to wait
_MOST_VALUES: Final = 50  # of a field that are counted
_WORDS: Final = {"type": "text", "analyzer": "whitespace"}  # what comes is words already
_LONG: Final = {"type": "long"}
_EXACT: Final = {"type": "keyword"}


def settings(store: str) -> dict[str, Any]:
    """Says what an index is to be: only what is shown is kept beside what is looked up."""
    fields = dict.fromkeys(TEXTS, _WORDS)
    fields |= dict.fromkeys(("tags", "bands", *FACETS), _EXACT)
    fields |= dict.fromkeys(("seq", "place", "created", "updated", "seen"), _LONG)
    fields["quality"] = {"type": "double"}
    fields["shown"] = {"type": "keyword", "index": False, "doc_values": False}  # type: ignore[dict-item]
    about = {"version": VERSION, "store": store}
    return {"mappings": {"dynamic": False, "_meta": about, "_source": {"includes": ["shown"]}, "properties": fields}}


def record(document: Document) -> dict[str, Any]:
    """Gives the document as a server takes it."""
    return {
        **{name: getattr(document, name) for name in (*TEXTS, "tags", "seq", "place", "quality")},
        **{name: getattr(document, name) for name in ("created", "updated", "seen")},
        "bands": document.bands.split(),
        **document.facets,
        "shown": document.shown.decode(),
    }


def made(query: Query, rarities: Rarities) -> dict[str, Any]:
    """Makes the JSON of a question; scores are the whole numbers that the engine in the folder gives, too."""
    match query:
        case Words(words, fields):
            weight = rarities.get(query, 1)
            each = [_constant(_in(field, words), WEIGHTS[field] * weight) for field in fields]
            return {"dis_max": {"queries": each, "tie_breaker": 0.0}}
        case Tags(tags):
            return _constant({"terms": {"tags": list(tags)}}, 1)
        case Bands(bands):
            return _either([_constant({"term": {"bands": band}}, 1) for band in bands])
        case Between(field, low, high):
            limits = {name: end for name, end in (("gte", low), ("lte", high)) if end is not None}
            whole = limits if field == "quality" else {name: int(end) for name, end in limits.items()}
            return _constant({"range": {field: whole}}, 1)
        case Or(parts):
            return _either([made(part, rarities) for part in parts])
        case And(parts):
            return _all(parts, rarities)
        case Not():
            return _all((query,), rarities)
        case Everything():
            return _constant({"match_all": {}}, 1)


def _all(parts: tuple[Query, ...], rarities: Rarities) -> dict[str, Any]:
    there = [made(part, rarities) for part in parts if not isinstance(part, Not)]
    without = [made(part.part, rarities) for part in parts if isinstance(part, Not)]
    return {"bool": {"must": there or [made(Everything(), rarities)], "must_not": without}}


def _either(queries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _in(field: str, words: tuple[str, ...]) -> dict[str, Any]:
    if len(words) == 1:
        return {"term": {field: words[0]}}
    return {"match_phrase": {field: " ".join(words)}}


def _constant(query: dict[str, Any], score: int) -> dict[str, Any]:
    return {"constant_score": {"filter": query, "boost": score}}


class RemoteEngine:
    """Asks the index that has the name; it is another one after a rebuild, which nobody notices."""

    def __init__(self, server: Server):
        self.server = server
        self._connection = Connection(server, patience=PATIENCE, pauses=(0.1,))
        self._through = 0

    def search(
        self, query: Query, limit: int, *, offset: int = 0, rarities: Rarities | None = None, facets: Sequence[str] = ()
    ) -> Matches:
        """Finds what fits; raises Away where the server does not answer, Refused where it has no such index."""
        asked = {field: {"terms": {"field": field, "size": _MOST_VALUES}} for field in facets}
        order: list[dict[str, str]] = [{"place": "asc"}]
        told = self._ask(
            {
                "query": made(query, rarities or {}),
                "from": offset,
                "size": limit,
                "sort": order if is_flat(query) else [{"_score": "desc"}, *order],
                "track_scores": True,
                "track_total_hits": True,
                "_source": ["shown"],
                "aggs": {**asked, "through": {"max": {"field": "seq"}}},
            }
        )
        with self._reading():
            found, counted = told["hits"], told.get("aggregations", {})
            self._through = int(counted.get("through", {}).get("value") or 0)
            hits = [self._hit(float(hit.get("_score") or 1), hit["_source"]["shown"].encode()) for hit in found["hits"]]
            counts = {field: _counts(counted[field]) for field in facets}
            return Matches(int(found["total"]["value"]), hits, counts)

    def count(self, queries: Sequence[Query]) -> list[int]:
        told = self._ask(
            {
                "query": {"match_all": {}},
                "size": 0,
                "track_total_hits": True,
                "aggs": {f"n{at}": {"filter": made(query, {})} for at, query in enumerate(queries)},
            }
        )
        with self._reading():
            counted = [int(told["aggregations"][f"n{at}"]["doc_count"]) for at in range(len(queries))]
            return [*counted, int(told["hits"]["total"]["value"])]

    def through(self) -> int:
        """Gives the highest number of a change that any document is as of, as the last answer said."""
        return self._through

    def close(self) -> None:
        self._connection.close()

    def _hit(self, score: float, shown: bytes) -> Hit:
        try:
            return Hit(score, head(shown).cluster, lambda: shown)
        except (*Unreadable, ValueError):
            name = f"{self.server.alias} at {self.server.url}"
            raise Refused(f"The index {name} is of another version: scrapy search makes it anew.") from None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Away(f"{self.server.url} does not answer as an OpenSearch does (SEARCH_URL).") from error

    def _ask(self, body: dict[str, Any]) -> Any:
        told = self._connection.ask("POST", f"/{self.server.alias}/_search", body, may=(404,))
        if told is None:
            raise Refused(f"There is no index {self.server.alias} at {self.server.url} yet: scrapy search makes one.")
        return told


def _counts(counted: dict[str, Any]) -> list[tuple[str, int]]:
    found = [(str(each["key"]), int(each["doc_count"])) for each in counted["buckets"]]
    return sorted(found, key=lambda each: (-each[1], each[0]))
