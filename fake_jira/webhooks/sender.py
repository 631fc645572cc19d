"""Events → POST requests to one address, as many at once as a Jira sends, again where Cloud would try again."""

from __future__ import annotations

import asyncio
import hashlib
import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import BytesIO
from random import Random
from threading import Condition
from typing import Any
from uuid import UUID

import aiohttp
import orjson

from fake_jira.webhooks.delivery import DELIVERED, GIVEN_UP, LOST, REFUSED, Delivery
from fake_jira.webhooks.events import PRIMARY, SECONDARY, Event
from fake_jira.webhooks.mishaps import Mishaps
from fake_jira.webhooks.signing import Sign

AT_ONCE = {"cloud": {PRIMARY: 20, SECONDARY: 10}, "server": {PRIMARY: 5}}
"""Requests that are on their way together, of each flow."""
RETRIES = 5
_AGAIN = frozenset({408, 409, 425, 429})
_BETWEEN = (300.0, 900.0)
"""Seconds from one attempt to the next, of Cloud."""
_SECONDARY_WITHIN = 900.0
_TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=5)
_ABSENT = 0
_MEGABYTE = 1_000_000
_REMEMBERED = 100_000
"""Deliveries in the log."""


class Sender:
    """Takes events from any thread and sends them from the loop of the sandbox.

    Time is that of `clock`, and what `advance` adds to it; every wait is divided by `scale`. With a clock that stands
    still nothing that is to come later is sent before `advance`, so that a test says when it is later.
    """

    def __init__(
        self,
        url: str,
        sign: Sign,
        dialect: str,
        mishaps: Mishaps,
        clock: Callable[[], float],
        scale: float = 1.0,
        seed: int = 0,
    ) -> None:
        self.url, self.sign, self.cloud, self.mishaps = url, sign, dialect == "cloud", mishaps
        self.clock, self.scale, self.seed = clock, scale, seed
        self.at_once, self.timeout = AT_ONCE[dialect], _TIMEOUT
        self.deliveries: deque[Delivery] = deque(maxlen=_REMEMBERED)
        # A sandbox that is started again is another tracker: its identifiers are not those of the first.
        self._born = round(clock() * 1000)
        self._skipped, self._events, self._waits = 0.0, 0, 0
        self._waiting: dict[str, list[tuple[float, int, Delivery]]] = {flow: [] for flow in self.at_once}
        self._flying: Counter[str] = Counter()
        self._changed = Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()

    def offer(self, events: Iterable[Event]) -> None:
        """Draws what befalls each event and puts it where deliveries wait; nothing is sent in the caller's thread."""
        with self._changed:
            for event in events:
                self._take(event)
            self._stir()

    def advance(self, seconds: float) -> None:
        """It is so much later: what was to wait until then is due."""
        with self._changed:
            self._skipped += seconds
            self._stir()

    def now(self) -> float:
        return self.clock() + self._skipped

    def settled(self, timeout: float = 600.0) -> bool:
        """Waits until nothing is due or on its way any more; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._flying.total() and not self._due(), timeout)

    def log(self) -> dict[str, Any]:
        with self._changed:
            waiting = sum(map(len, self._waiting.values()))
            entries = [delivery.entry() for delivery in self.deliveries]
        return {"now": self.now(), "waiting": waiting, "on_their_way": self._flying.total(), "deliveries": entries}

    async def run(self) -> None:
        """Sends until it is cancelled."""
        with self._changed:
            self._loop = asyncio.get_running_loop()
        try:
            async with (
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
                asyncio.TaskGroup() as group,
            ):
                while True:
                    self._wake.clear()
                    for delivery in self._taken():
                        group.create_task(self._send(session, delivery))
                    await self._until_woken()
        finally:
            with self._changed:
                self._loop = None

    def _take(self, event: Event) -> None:
        number = self._events
        self._events += 1
        drawn = self.mishaps.draw(number)
        chance = Random(f"webhook {self.seed} {self._born}: {number}")  # noqa: S311 - repeatable on purpose
        identifier = str(UUID(int=chance.getrandbits(128), version=4)) if self.cloud else ""
        body = event.bare if "bare_comment" in drawn and event.bare else event.body
        if "huge" in drawn:
            body = {**body, "padding": "x" * round(float(drawn["huge"]) * _MEGABYTE)}
        later = sum(float(drawn.get(name, 0)) for name in ("disorder", "delay"))
        if event.flow == SECONDARY:
            later += chance.random() * _SECONDARY_WITHIN
        written = orjson.dumps(body)
        for _ in range(2 if "duplicate" in drawn else 1):
            delivery = Delivery(
                number=number,
                event=event.name,
                issues=event.issues,
                flow=event.flow,
                identifier=identifier,
                body=written,
                sha256=hashlib.sha256(written).hexdigest(),
                due=self.now() + later / self.scale,
                signed=drawn.get("bad_signature", "right"),
            )
            self.deliveries.append(delivery)
            if "loss" in drawn:
                delivery.state, delivery.body = LOST, b""
            else:
                self._wait(delivery)

    def _wait(self, delivery: Delivery) -> None:
        self._waits += 1
        heapq.heappush(self._waiting[delivery.flow], (delivery.due, self._waits, delivery))

    def _due(self) -> bool:
        return any(waiting and waiting[0][0] <= self.now() for waiting in self._waiting.values())

    def _taken(self) -> list[Delivery]:
        """What is due and has a place among those on their way."""
        taken = []
        with self._changed:
            now = self.now()
            for flow, waiting in self._waiting.items():
                while waiting and waiting[0][0] <= now and self._flying[flow] < self.at_once[flow]:
                    taken.append(heapq.heappop(waiting)[2])
                    self._flying[flow] += 1
        return taken

    async def _until_woken(self) -> None:
        with self._changed:
            full = {flow for flow in self._waiting if self._flying[flow] >= self.at_once[flow]}
            times = [waiting[0][0] for flow, waiting in self._waiting.items() if waiting and flow not in full]
            wait = max(0.001, min(times) - self.now()) if times else None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), wait)

    async def _send(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        at, status = self.now(), _ABSENT
        try:
            async with session.post(
                self.url,
                data=BytesIO(delivery.body),
                headers=self.headers(delivery),
                allow_redirects=False,
                timeout=self.timeout,
            ) as answered:
                status = answered.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        with self._changed:
            delivery.attempts.append((at, status))
            self._judge(delivery, status)
            self._flying[delivery.flow] -= 1
            self._changed.notify_all()
            self._wake.set()

    def headers(self, delivery: Delivery) -> dict[str, str]:
        found = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Atlassian HttpClient (sandbox)"}
        if self.cloud:
            found |= {"X-Atlassian-Webhook-Identifier": delivery.identifier, "X-Atlassian-Webhook-Flow": delivery.flow}
            if delivery.attempts:
                found["X-Atlassian-Webhook-Retry"] = str(len(delivery.attempts))
        return found | dict(self.sign(delivery.body, delivery.signed, self.now()))

    def _judge(self, delivery: Delivery, status: int) -> None:
        if 200 <= status < 300:
            delivery.state = DELIVERED
        elif not self.cloud or not (status == _ABSENT or status in _AGAIN or status >= 500):
            delivery.state = REFUSED
        elif len(delivery.attempts) > RETRIES:
            delivery.state = GIVEN_UP
        else:
            chance = Random(f"retry {self.seed}: {delivery.number} {len(delivery.attempts)}")  # noqa: S311 - repeatable
            delivery.due = self.now() + chance.uniform(*_BETWEEN) / self.scale
            self._wait(delivery)
            return
        delivery.body = b""

    def _stir(self) -> None:
        self._changed.notify_all()
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)
