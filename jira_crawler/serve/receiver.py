"""`POST /webhooks/jira`: a delivery is on the disk before it is answered."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from secrets import token_hex
from typing import Final

from aiohttp import web

from jira_crawler.exceptions import Unreadable
from jira_crawler.serve.intake import Intake, NotKept
from jira_crawler.serve.signature import NoSecret, Signatures, Unsigned
from jira_crawler.store.deliveries import Delivery
from jira_crawler.trackers.jira.webhooks import Event, read_event

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
logger = logging.getLogger(__name__)

PATH: Final = "/webhooks/jira"
IDENTIFIER: Final = "X-Atlassian-Webhook-Identifier"
READING: Final = 20.0  # seconds that a body may take: Jira itself waits no longer
_AGAIN: Final = {"Retry-After": "60"}
_LONGEST_IDENTIFIER: Final = 200  # characters
_KEPT: Final = ("content-length", "content-type", "date", "user-agent")  # and X-Atlassian-Webhook-…
_LONGEST_VALUE: Final = 500  # characters of a header
_MOST_VALUES: Final = 20
_LARGE: Final = 2**20  # bytes of a body that is not looked through on the loop, where the crawl waits
_QUIET: Final = 60.0  # seconds between two lines about deliveries that are refused


class Receiver:
    """Answers the tracker of one site.

    204: it is kept, or was before. 401: it is not from whoever knows the secret, which no repetition mends. 408: its
    body did not come. 413: it is too large. 503: it could not be kept, or there is no secret; Jira tries again. Nothing
    else: what is signed and not understood is kept, too, as ignored.
    """

    def __init__(
        self, site: str, signatures: Signatures, intake: Intake, *, longest: int, hosts: Collection[str] = ()
    ) -> None:
        self.site, self.signatures, self.intake = site, signatures, intake
        self.longest, self.hosts = longest, frozenset(hosts)
        self._said: dict[str, float] = {}

    def routes(self, timed: Callable[[Handler], Handler] = lambda handler: handler) -> list[web.RouteDef]:
        """Gives what is asked without a token: the signature is the proof. `timed` stands before what receives."""
        return [web.post(PATH, timed(self.receive))]

    async def receive(self, request: web.Request) -> web.Response:
        """Takes one delivery; what it says is read when it is known who sent it."""
        try:
            self.signatures.look(request.headers)
        except Unsigned as error:
            return self._unsigned(error)
        if (request.content_length or 0) > self.longest:
            return self._too_large()
        body, reserved = bytearray(), 0
        try:
            async with asyncio.timeout(READING):
                async for piece in request.content.iter_any():
                    if len(body) + len(piece) > self.longest:
                        return self._too_large()
                    if not self.intake.reserve(len(piece)):
                        self._say("Webhooks are refused: more come than can be kept. Jira sends them again.")
                        return web.Response(status=503, headers=_AGAIN)
                    reserved += len(piece)
                    body += piece
            return await self._take(request.headers, bytes(body))
        except TimeoutError:
            return web.Response(status=408)
        finally:
            self.intake.release(reserved)

    async def _take(self, headers: Mapping[str, str], body: bytes) -> web.Response:
        now = time.time()
        try:
            if len(body) < _LARGE:
                delivery = self._delivery(headers, body, now)
            else:
                delivery = await asyncio.to_thread(self._delivery, headers, body, now)
            await self.intake.keep(delivery)
        except Unsigned as error:
            return self._unsigned(error)
        except NotKept:
            return web.Response(status=503, headers=_AGAIN)
        return web.Response(status=204)

    def _delivery(self, headers: Mapping[str, str], body: bytes, now: float) -> Delivery:
        """Reads what came, if it is from whoever knows the secret; raises Unsigned if not."""
        self.signatures.verify(headers, body, now)
        try:
            event = read_event(body, self.hosts, self.longest)
        except Unreadable as error:
            event = Event("", ignored=str(error))
        return Delivery(
            site=self.site,
            identity=identity(headers, body, event),
            event=event.name,
            received=int(now * 1000),
            at=event.at,
            issues=event.issues,
            deleted=event.deleted,
            refresh=event.refresh,
            reason=event.ignored,
            headers=redacted(headers),
            body=body,
        )

    def _unsigned(self, error: Unsigned) -> web.Response:
        self._say(f"A webhook was refused: {error}.")
        return web.Response(status=503, headers=_AGAIN) if isinstance(error, NoSecret) else web.Response(status=401)

    def _too_large(self) -> web.Response:
        self._say(f"A webhook was refused: it is larger than {self.longest:,} bytes (WEBHOOK_BYTES).")
        return web.Response(status=413)

    def _say(self, sentence: str) -> None:
        """Warns, but not of the same again and again: whoever floods us is not to fill the log."""
        now = time.monotonic()
        if now - self._said.get(sentence, -_QUIET) >= _QUIET:
            self._said = {said: at for said, at in self._said.items() if now - at < _QUIET} | {sentence: now}
            logger.warning(sentence)


def identity(headers: Mapping[str, str], body: bytes, event: Event) -> str:
    """Gives what tells a delivery from others: what a Cloud calls it, which a repetition keeps; else what it says.

    A body without a time may be sent twice and be about two changes: each is another one then.
    """
    name = headers.get(IDENTIFIER, "").strip()
    if name and len(name) <= _LONGEST_IDENTIFIER and name.isprintable():
        return f"id:{name}"
    digest = hashlib.sha256(body).hexdigest()
    return f"sha256:{digest}" if event.at is not None else f"sha256:{digest}:{token_hex(8)}"


def redacted(headers: Mapping[str, str]) -> dict[str, str]:
    """Gives the headers that say how a delivery came, and none that proves who sent it or who was on its way."""
    kept = [
        (name.title(), value[:_LONGEST_VALUE])
        for name, value in headers.items()
        if name.lower() in _KEPT or name.lower().startswith("x-atlassian-webhook-")
    ]
    return dict(kept[:_MOST_VALUES])
