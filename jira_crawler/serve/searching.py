"""`GET /search`, `/similar/KEY` and the page `/find`: what the feeds hold is looked up, and the index kept current."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Self, TypeVar

import orjson
from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.configuration.kinds import Flag, Number, Whole, excerpt
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.search.asking import FARTHEST, MOST, Asked, NoSuchIssue, Results, ask, similar
from jira_crawler.search.engine import Damaged, Engine
from jira_crawler.search.folder import Busy
from jira_crawler.search.question import WrongQuestion
from jira_crawler.search.run import Keeper, Place
from jira_crawler.sentences import masked
from jira_crawler.serve.find_page import LAST, ON_A_PAGE, POLICY, Page, page
from jira_crawler.serve.parts import Served
from jira_crawler.serve.watching import FIND

logger = logging.getLogger(__name__)
EVERY: Final = 0.5  # seconds between two looks at a store that somebody else may write
AT_ONCE: Final = 4  # questions that are answered side by side …
WAITING: Final = 64  # … and that wait for that
_SEARCH: Final = {
    "q": None,
    "min_quality": Number(0, 1),
    "n": Whole(1, MOST),
    "offset": Whole(0, FARTHEST - 1),
    "fold": Flag(),
    "facets": Flag(),
}
_SIMILAR: Final = {"site": None, "n": Whole(1, MOST)}
_FIND: Final = {"q": None, "min_quality": None, "page": Whole(1, LAST)}
T = TypeVar("T")


class Searching:
    """Answers questions in threads, and follows the store in another one."""

    name = "Search"

    def __init__(self, place: Place, leads: Callable[[], bool] = lambda: True):
        self.place, self._leads = place, leads
        self.trouble = ""
        self._engine: Engine | None = None
        self._keeper: Keeper | None = None
        self._wakes = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._is_over = False
        self._rebuilds = False
        self._answering = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @classmethod
    def of(cls, served: Served) -> Self | None:
        """Gives none where search is switched off; raises Refused where the package for it is missing."""
        if str(served.setting("SEARCH")).lower() in ("0", "false"):
            return None
        place = Place(
            output=served.output,
            store_url=served.store_url,
            server=served.setting("SEARCH_URL"),
            secret=served.secret,
            policy=served.policy,
        )
        place.check()
        return cls(place, served.leads)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/search", self.search),
            web.get("/similar/{key:.+}", self.similar),
            web.get(FIND, self.find),
        ]

    # --- answers

    async def search(self, request: web.Request) -> web.Response:
        """Answers a question as JSON: 400, a sentence and the place for one that is wrong, 503 without an index."""
        return await self._told(lambda: self._ask(_asked(_parameters(request, _SEARCH))))

    async def similar(self, request: web.Request) -> web.Response:
        """Answers what says nearly the same as an issue; 404 where there is no such one."""

        def look() -> Results:
            given = _parameters(request, _SIMILAR)
            return similar(
                self._open(), request.match_info["key"], site=given.get("site", ""), n=int(given.get("n", 10))
            )

        return await self._told(look)

    async def find(self, request: web.Request) -> web.Response:
        """Answers the same as a page for people."""
        found, status, began = Page(), 200, time.monotonic()
        try:
            given = _parameters(request, _FIND)
            found.question, found.min_quality = given.get("q", ""), given.get("min_quality", "")
            found.number = int(given.get("page", 1))
            if found.question:
                asked = _asked(
                    {"q": found.question, "n": str(ON_A_PAGE), "offset": str((found.number - 1) * ON_A_PAGE)}
                    | ({"min_quality": found.min_quality} if found.min_quality else {})
                )
                found.results = await self._answered(lambda: self._ask(asked))
        except BadArgument as error:
            found.wrong, status = str(error), 400
        except (Refused, OSError) as error:
            found.wrong, status = _said(error, self.place), 503
        found.seconds, found.trouble = time.monotonic() - began, self.trouble
        headers = {"Content-Security-Policy": POLICY}
        return web.Response(text=page(found), status=status, content_type="text/html", headers=headers)

    def _ask(self, asked: Asked) -> Results:
        return ask(self._open(), asked)

    def _open(self) -> Engine:
        self._engine = self._engine or self.place.engine()
        return self._engine

    async def _told(self, look: Callable[[], Results]) -> web.Response:
        try:
            return _json(await self._answered(look), 200)
        except WrongQuestion as error:
            return _json({"error": str(error), "at": error.at}, 400)
        except BadArgument as error:
            return _json({"error": str(error)}, 404 if isinstance(error, NoSuchIssue) else 400)
        except (Refused, OSError) as error:
            return _json({"error": _said(error, self.place)}, 503)

    async def _answered(self, look: Callable[[], T]) -> T:
        """Looks in a thread: the loop has other things to do."""
        if self._waiting >= WAITING:
            raise Refused("Too many ask at once: ask again in a moment.")
        self._waiting += 1
        try:
            async with self._answering:
                return await asyncio.to_thread(look)
        except Damaged:
            self._engine, self._rebuilds = None, not self.place.server
            self._wakes.set()
            raise
        finally:
            self._waiting -= 1

    # --- the index

    async def start(self) -> None:
        self._following = asyncio.ensure_future(self._follow())

    def changed(self) -> None:
        self._wakes.set()

    async def stop(self) -> None:
        """Waits for an update that is under way: it cannot be broken off."""
        self._is_over = True
        self._wakes.set()
        if self._following:
            await self._following
        if self._keeper:
            await asyncio.to_thread(self._keeper.close)
        if self._engine:
            self._engine.close()

    async def _follow(self) -> None:
        while not self._is_over:
            self._wakes.clear()
            try:
                await asyncio.to_thread(self._bring_up)
            except Busy:  # another process keeps it current
                self.trouble = ""
            except Exception as error:  # others are served on, and it is tried again
                self._tell(error)
            else:
                self.trouble = ""
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._wakes.wait()

    def _bring_up(self) -> None:
        if not self._leads():
            if self._keeper:
                self._keeper.close()
                self._keeper = None
            return
        self._keeper = self._keeper or Keeper(self.place)
        rebuild, self._rebuilds = self._rebuilds, False
        result = self._keeper.up(rebuild=rebuild)
        if result.anew:
            logger.info("Search: %s, so all %d documents were put in", result.anew.rstrip("."), result.put)
        if result.unreadable:
            logger.warning("Search: %d issues are left out, for nothing that can be read shows them", result.unreadable)

    def _tell(self, error: Exception) -> None:
        known = isinstance(error, (Refused, OSError, SQLAlchemyError))
        sentence = _said(error, self.place)
        if sentence != self.trouble:
            logger.error("The index is not brought up: %s", sentence, exc_info=None if known else error)
        self.trouble = sentence


def _parameters(request: web.Request, known: Mapping[str, Any]) -> dict[str, str]:
    """Reads what is asked for; raises BadArgument for what nobody understands."""
    given: dict[str, str] = {}
    for name in request.query:
        values = request.query.getall(name)
        if name not in known:
            raise BadArgument(f"There is no parameter {excerpt(name)}; there are {', '.join(known)}.")
        if len(values) > 1:
            raise BadArgument(f"{name} was given {len(values)} times.")
        kind = known[name]
        if kind and not kind.takes(values[0]):
            raise BadArgument(f"{name}={excerpt(values[0])} is not {kind.words}.")
        given[name] = values[0]
    return given


def _asked(given: Mapping[str, str]) -> Asked:
    quality = given.get("min_quality", "0")
    if not Number(0, 1).takes(quality):
        raise BadArgument(f"min_quality={excerpt(quality)} is not {Number(0, 1).words}.")
    return Asked(
        question=given.get("q", ""),
        min_quality=float(quality),
        n=int(given.get("n", ON_A_PAGE)),
        offset=int(given.get("offset", 0)),
        folds=given.get("fold", "1").lower() in ("1", "true"),
        facets=given.get("facets", "1").lower() in ("1", "true"),
    )


def _json(found: Results | dict[str, Any], status: int) -> web.Response:
    body = orjson.dumps(found.told() if isinstance(found, Results) else found)
    return web.Response(body=body, status=status, content_type="application/json")


def _said(error: Exception, place: Place) -> str:
    said = (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]
    return masked(masked(said, place.store_url), place.server)
