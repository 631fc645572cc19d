"""A receiver of webhooks for tests, and made-up deliveries, signed as a Jira signs them."""

from __future__ import annotations

import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.intake import BACKLOG_BYTES, Intake, Receive
from jira_crawler.serve.receiver import IDENTIFIER, PATH, Receiver
from jira_crawler.serve.server import Server
from jira_crawler.serve.signature import Signatures

SECRET = "a made-up secret of a webhook"
SITE = "made-up"


def event(number: int, name: str = "jira:issue_updated", **more: Any) -> bytes:
    """A made-up event of one issue."""
    said = {"timestamp": 1_700_000_000_000 + number, "webhookEvent": name, "issue": issue(number)}
    return json.dumps(said | more).encode()


def issue(number: int) -> dict[str, Any]:
    address = f"https://jira.example.org/rest/api/2/issue/{number}"
    return {"id": str(number), "key": f"DEMO-{number}", "self": address, "fields": {"summary": "Made up"}}


def signed(body: bytes, secret: str = SECRET, identifier: str = "") -> dict[str, str]:
    """The headers of a delivery."""
    headers = {"X-Hub-Signature": f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}
    return headers | ({IDENTIFIER: identifier} if identifier else {})


@dataclass
class Receiving:
    """A receiver that listens, and a client of it."""

    server: Server
    intake: Intake
    client: aiohttp.ClientSession

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> int:
        """Delivers, and gives the status of the answer."""
        async with self.client.post(self.server.url + PATH, data=body, headers=headers or signed(body)) as answer:
            return answer.status


@asynccontextmanager
async def receiving(
    receive: Receive,
    signatures: Signatures | None = None,
    *,
    arrived: Callable[[], None] = lambda: None,
    longest: int = 2**20,
    most: int = BACKLOG_BYTES,
) -> AsyncIterator[Receiving]:
    intake = Intake(receive, arrived, most=most)
    receiver = Receiver(SITE, Signatures((SECRET,)) if signatures is None else signatures, intake, longest=longest)
    server = Server(application(receiver.routes(), guard=Guard("", "127.0.0.1")), "127.0.0.1", 0)
    await server.start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        try:
            yield Receiving(server, intake, client)
        finally:
            await server.stop()
            await intake.close()
