"""A sandbox that is not served: what happens in it and what it would send, without a network."""

from __future__ import annotations

from typing import Any

import orjson

from fake_jira.options import Options
from fake_jira.server.application import Application
from tests.unit.assembled import assembled
from tests.unit.fake_jira.test_mutations import Clock

BASE = "http://sandbox"


def tracker(**options: Any) -> Application:
    """Its clock stands still; whatever it has to tell stays with it."""
    chosen = Options(**{"issues": 60, "seed": 1, "clock": Clock(), "webhooks": "http://nobody.example/", **options})
    return Application(assembled(chosen, BASE), chosen)


def told(application: Application, kind: str, issue: Any = None, **more: Any) -> list[tuple[Any, dict[str, Any]]]:
    """Does one edit: the deliveries that come of it, each with its body."""
    deliveries = application.announcer.sender.deliveries
    before = len(deliveries)
    application.edits.one(kind, issue, **more)
    return [(one, orjson.loads(one.body)) for one in list(deliveries)[before:]]
