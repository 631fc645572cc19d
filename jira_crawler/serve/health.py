"""Whether a live crawl is well: alive, ready, and for whoever may know it, how it is set up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson
from aiohttp import web

from jira_crawler.serve.application import Guard

Credentials = Literal["good", "refused", "none", "unknown"]
BEHIND: Final = 300.0  # seconds that a delivery may wait before something is wrong
POLLS: Final = 3  # polls that may fail before something is


@dataclass(frozen=True, slots=True)
class Health:
    """How a live crawl is by now. Times are seconds since the epoch, None for what has not happened.

    `trouble` says why the store cannot be written, and `tables` why the tables are not brought up; "" where all is
    well. `oldest` is when the oldest delivery came that is not in the store yet; `polled` is when a poll last went
    well, and `began` when the crawl did; `poll_seconds` is the time from one poll to the next, 0 where nobody polls
    here. `levels` says when service levels came last, by the account that sees them. `parts` are sentences about what
    is wrong beside the crawl. `receiving`: there is a secret. `configuration` is shown to whoever has the token, and
    holds no secret.
    """

    now: float
    began: float
    receiving: bool
    trouble: str = ""
    tables: str = ""
    waiting: int = 0
    oldest: float | None = None
    delivered: float | None = None
    polled: float | None = None
    poll_seconds: float = 0.0
    levels: Mapping[str, float | None] = field(default_factory=dict)
    credentials: Credentials = "unknown"
    configuration: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        """Says what is wrong, a sentence each; nothing where the crawl is ready."""
        found = []
        if self.trouble:
            found.append("The store cannot be written.")
        if self.tables:
            found.append("The tables are not brought up.")
        if self.oldest is not None and self.now - self.oldest > BEHIND:
            found.append(f"A delivery has waited for {self.now - self.oldest:.0f} seconds.")
        if self.poll_seconds and self.now - (self.polled or self.began) > POLLS * self.poll_seconds + BEHIND:
            found.append(f"No poll has gone well for {self.now - (self.polled or self.began):.0f} seconds.")
        if self.credentials == "refused":
            found.append("The tracker refuses the credentials.")
        found += self.parts
        return tuple(found)

    def public(self) -> dict[str, Any]:
        """Gives what everybody may know."""
        return {
            "ready": not self.problems,
            "problems": list(self.problems),
            "receiving": self.receiving,
            "waiting": self.waiting,
            "oldest_waiting_seconds": _ago(self.now, self.oldest),
            "last_delivery_seconds": _ago(self.now, self.delivered),
            "last_good_poll_seconds": _ago(self.now, self.polled),
            "credentials": self.credentials,
            **({"service_levels_seconds": ages} if (ages := self._ages()) else {}),
        }

    def _ages(self) -> dict[str, float | None]:
        return {name: _ago(self.now, at) for name, at in self.levels.items()}


class HealthPages:
    """`/healthz`, `/readyz` and `/webhooks/jira/health`, which answer everybody; `look` says how the crawl is."""

    def __init__(self, look: Callable[[], Awaitable[Health]], guard: Guard):
        self._look, self._guard = look, guard

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/webhooks/jira/health", self.webhooks),
        ]

    async def alive(self, _request: web.Request) -> web.Response:
        """Answers as long as the loop turns."""
        return web.Response(text="ok\n")

    async def ready(self, _request: web.Request) -> web.Response:
        """Answers 200 if all is well, else 503 and what is not."""
        health = await self._look()
        return _json(health.public(), 503 if health.problems else 200)

    async def webhooks(self, request: web.Request) -> web.Response:
        """Answers 200 if webhooks are received and kept; how the crawl is set up only to whoever has the token."""
        health = await self._look()
        said = {"status": "ok" if health.receiving and not health.problems else "degraded", **health.public()}
        if self._guard.opens(request):
            said |= {"trouble": health.trouble or health.tables, "configuration": dict(health.configuration)}
        return _json(said, 503 if health.trouble or not health.receiving else 200)


def _ago(now: float, then: float | None) -> float | None:
    return None if then is None else round(max(0.0, now - then), 3)


def _json(said: dict[str, Any], status: int) -> web.Response:
    return web.Response(body=orjson.dumps(said, default=str), status=status, content_type="application/json")
