"""Which questions are answered: the callback at its end, and every item it yielded through the pipelines.

Each question counts from the moment in which a spider yields it. It is in nobody's hands but ours until the frontier
keeps it, and again from the moment in which it leaves the frontier: whoever makes it vanish on the way (a filter, a
middleware, an exception) leaves it open here, and a crawl with an open question is not complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jira_crawler.frontier.protocol import Failed
from jira_crawler.scheduling import ASKED, LEASE

if TYPE_CHECKING:
    from scrapy import Request

Key = int | str  # of a lease, as the frontier gave it, or the number of a question that the frontier does not keep
SHOWN = 200  # characters of a path


@dataclass(slots=True)
class _Question:
    path: str = ""
    open_items: int = 0
    exhausted: bool = False
    gave_up: str = ""


class Leases:
    """Counts what is open for each question. What is ready now may be let go once all items so far are committed."""

    def __init__(self) -> None:
        self._open: dict[Key, _Question] = {}
        self._ready: list[str] = []
        self._failed: list[Failed] = []
        self._next = 0

    def asked(self, request: Request) -> None:
        """Counts a question that a spider has just yielded, and marks it."""
        request.meta[ASKED], self._next = self._next, self._next + 1
        self._open[request.meta[ASKED]] = _Question(_path(request))

    def leased(self, request: Request) -> None:
        """Counts a question that the frontier has just handed out, whoever asked it and when."""
        self._open[request.meta[LEASE]] = _Question(_path(request))

    def kept(self, request: Request) -> None:
        """Leaves a question to the frontier, which keeps it, or knows it already."""
        if (id_ := key(request)) is not None:
            self._open.pop(id_, None)

    def began_item(self, id_: Key) -> None:
        self._open.setdefault(id_, _Question()).open_items += 1

    def ended_item(self, id_: Key) -> None:
        question = self._open.get(id_)
        if question:
            question.open_items -= 1
            self._end(id_, question)

    def exhausted(self, id_: Key, gave_up: str = "") -> None:
        """Notes that a callback has come to its end, and the sentence with which it gave up, if it did."""
        question = self._open.setdefault(id_, _Question())
        question.exhausted, question.gave_up = True, gave_up
        self._end(id_, question)

    def collect(self) -> tuple[list[str], list[Failed]]:
        """Hands over what came to its end since the last time: what is done, and what came to nothing."""
        done, failed = self._ready, self._failed
        self._ready, self._failed = [], []
        return done, failed

    def lost(self) -> str:
        """Gives up all that is still open when nothing is under way any more, and says so; "" if nothing is."""
        if not self._open:
            return ""
        count, example = len(self._open), next(iter(self._open.values())).path
        why = f"{count} questions were not answered to the end, and nobody said why; one of them: {example}"
        for id_ in list(self._open):
            self._open[id_].open_items = 0
            self.exhausted(id_, why)
        return why

    def _end(self, id_: Key, question: _Question) -> None:
        if not question.exhausted or question.open_items > 0:
            return
        del self._open[id_]
        if isinstance(id_, int):
            return
        if question.gave_up:
            self._failed.append(Failed(id_, question.gave_up))
        else:
            self._ready.append(id_)


def key(request: Request) -> Key | None:
    """Tells by what a question is known here."""
    found: Key | None = request.meta.get(LEASE, request.meta.get(ASKED))
    return found


def _path(request: Request) -> str:
    """Shows where a question leads, without what it asks: that may be long, and a password may be in an address."""
    path = "".join(each if each.isprintable() else "?" for each in urlsplit(request.url).path)
    return path if len(path) <= SHOWN else f"{path[:SHOWN]}…"
