"""A live crawl that is made up, as whoever looks at it would see it, and a server that shows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.server import Server
from jira_crawler.serve.status import Asking, Came, Pass, Project, Status, Step, Tables, Unannounced
from jira_crawler.serve.watching import StatusPages

NOW = 1_790_000_000.0  # 2026-09-21 14:13:20
TAG = "<script>alert(1)</script>"


def delivery(number: int, **more: Any) -> Came:
    said: dict[str, Any] = {"event": "jira:issue_updated", "issues": (f"DEMO-{number}",), "state": "tabled"}
    said |= {"fetched": 1.1, "stored": 1.2, "tabled": 2.5}
    return Came(**{"number": number, "received": NOW - 60 + number, **said, **more})


def status(**more: Any) -> Status:
    """A crawl of which every part has something to say, and whose tracker chose some words badly."""
    said: dict[str, Any] = {
        "now": NOW,
        "began": NOW - 7_300,
        "site": "made-up",
        "url": "https://jira.example.org",
        "phase": "following",
        "followed": ("DEMO", "TOOLS"),
        "receiving": True,
        "credentials": "good",
        "delivered": NOW - 4,
        "steps": (
            Step(name="fetched", usual=1.1, slowest=2.0),
            Step(name="stored", waiting=1, oldest=NOW - 1.5, usual=1.2, slowest=2.2),
            Step(name="tabled", waiting=3, oldest=NOW - 2.5, usual=2.4, slowest=5.1),
        ),
        "passes": (
            Pass(name="head", ended=NOW - 20, took=0.3, is_good=True, found=2, next=NOW + 40),
            Pass(name="trailing", ended=NOW - 900, took=4.2, is_good=False, trouble="It was away.", next=NOW + 9),
            Pass(name="census", is_under_way=True),
        ),
        "minutes": (0,) * 27 + (3, 12, 7),
        "came": (
            delivery(3, issues=(TAG,), state="received", fetched=None, stored=None, tabled=None),
            delivery(2, event=f"comment{TAG}", state="ignored", reason=f"it names {TAG}"),
            delivery(1),
        ),
        "failed": (delivery(9, state="failed", reason=f"status 500 {TAG}", fetched=None),),
        "failed_today": 1,
        "missed": (Unannounced(issue=f"TOOLS-8{TAG}", updated=NOW - 4_000, found=NOW - 3_900),),
        "missed_today": 1,
        "findings": (f"Nothing came of {TAG}.",),
        "projects": (
            Project(
                name="DEMO",
                in_feed=188,
                rejected=1,
                examples=2_430,
                bytes=6_220_000,
                quality=0.67,
                counted=189,
                held=189,
                verified={"absent": 0},
                listed=NOW - 21,
            ),
            Project(name=f"TOOLS{TAG}", counted=119, held=117),
        ),
        "counted_at": NOW - 12,
        "tables": Tables(is_on=True, updated=NOW - 2, took=0.4, months=2, issues=306, files=34, bytes=478_000),
        "asking": Asking(sent=71, answers={"200": 70, "404": 1}, waiting=2, left=49_929, budget=50_000),
        "memory": 284_000_000,
    }
    return Status(**{**said, **more})


def later(seconds: float) -> Status:
    """The same crawl some seconds later, when one more delivery has come."""
    return msgspec.structs.replace(status(), now=NOW + seconds, came=(delivery(77), *status().came))


@asynccontextmanager
async def shown(pages: StatusPages, token: str = "") -> AsyncIterator[Server]:
    server = Server(application([], pages.routes(), guard=Guard(token, "127.0.0.1")), "127.0.0.1", 0)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
