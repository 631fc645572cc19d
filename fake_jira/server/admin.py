"""The door for tests, beside the Jira: /sandbox/… makes one edit, shows the truth and the log, and turns switches.

It is not part of what a Jira has, needs no credentials, and nothing that goes wrong on purpose befalls it.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import orjson
from aiohttp import web

from fake_jira.data.shelving import unshelve
from fake_jira.exchange import Request, Visitor
from fake_jira.faults.edits import Edits
from fake_jira.faults.incidents import Incidents
from fake_jira.faults.manifest import manifest
from fake_jira.faults.mutations import Mutations
from fake_jira.faults.roster import Roster
from fake_jira.server.jira import Jira
from fake_jira.webhooks.sender import Sender
from fake_server import BadOption

Json = dict[str, Any]
_MOST_EDITS = 100_000
_SWITCHES = {"outage", "expired", "stale_searches", "catch_up", "webhook_faults", "webhooks"}


class Admin:
    """Each address takes and gives JSON; what cannot be done is a 400 with one sentence."""

    def __init__(
        self,
        jira: Jira,
        mutations: Mutations,
        edits: Edits,
        roster: Roster,
        incidents: Incidents,
        sender: Sender,
    ) -> None:
        self.jira, self.mutations, self.edits, self.roster = jira, mutations, edits, roster
        self.incidents, self.sender = incidents, sender

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/manifest", _answering(lambda asked: manifest(self.jira.corpus, self.mutations.log))),
            web.get("/sandbox/truth", _answering(lambda asked: self.truth())),
            web.get("/sandbox/deliveries", _answering(lambda asked: self.sender.log())),
            web.post("/sandbox/edit", _answering(self._edit)),
            web.post("/sandbox/roster", _answering(self._roster)),
            web.post("/sandbox/advance", _answering(self._advance)),
            web.post("/sandbox/switch", _answering(self._switch)),
        ]

    def truth(self) -> dict[str, Json]:
        """Every issue that is there now by its id, whole as an agent sees it, and whether it is present or hidden."""
        with self.jira.corpus.lock:
            sight = self.jira.sight(Request("GET", "", {}, visitor=Visitor("agent", True, agent=True)))
            issues = self.jira.corpus.by_id.values()
            return {str(issue.id): {**unshelve(sight.of(issue)), "state": issue.state} for issue in issues}

    async def _edit(self, asked: Json) -> Json:
        """`kind`, `issue` and `project` say what, where; what is not said is drawn. `count` edits, one if not said."""
        count = _number(asked, "count", 1)
        if not 1 <= count <= _MOST_EDITS:
            raise BadOption(f"count is how many edits to make, up to {_MOST_EDITS}.")
        wanted = str(asked.get("kind") or ""), asked.get("issue"), str(asked.get("project") or "")
        done = []
        for _ in range(int(count)):
            done.append(self.edits.one(*wanted)._asdict())
            await asyncio.sleep(0)  # what was done is told, and others are answered, before the last of many is done
        return {"done": done}

    def _roster(self, asked: Json) -> Json:
        """`version` says what happens to the version `name` of a `project`; without it the project gets that name."""
        project, name = str(asked.get("project") or ""), str(asked.get("name") or "")
        if kind := str(asked.get("version") or ""):
            return self.roster.version(kind, project, name, str(asked.get("merged_to") or ""))
        return self.roster.rename(project, name)

    def _advance(self, asked: Json) -> Json:
        """It is so many `seconds` later for deliveries that wait."""
        self.sender.advance(max(0.0, _number(asked, "seconds", 0)))
        return {"now": self.sender.now()}

    def _switch(self, asked: Json) -> Json:
        """`outage` is a status, 0 for none; `stale_searches` below 0 lasts until `catch_up`; `webhooks` is where to."""
        unknown = asked.keys() - _SWITCHES
        if unknown:
            raise BadOption(f"There is no switch called {', '.join(sorted(unknown))}.")
        with self.jira.corpus.lock:
            if "outage" in asked:
                outage = int(_number(asked, "outage", 0))
                if outage and not 200 <= outage <= 599:
                    raise BadOption("outage is a status from 200 to 599, or 0.")
                self.incidents.outage = outage
            if "expired" in asked:
                self.incidents.expired = bool(asked["expired"])
            if "stale_searches" in asked:
                count = _number(asked, "stale_searches", 0)
                self.jira.corpus.stale_searches = math.inf if count < 0 else count
            if asked.get("catch_up"):
                self.jira.corpus.catch_up()
        if "webhooks" in asked:
            self.sender.url = str(asked["webhooks"] or "")
        for name, rate in (asked.get("webhook_faults") or {}).items():
            self.sender.mishaps.turn(f"{name}={rate}")
        return {"outage": self.incidents.outage, "expired": self.incidents.expired}


def _answering(answer: Callable[[Json], Any]) -> Callable[[web.Request], Any]:
    async def respond(received: web.Request) -> web.Response:
        try:
            asked = orjson.loads(await received.read() or b"{}")
            if not isinstance(asked, dict):
                raise BadOption("The sandbox is told what to do by a JSON object.")
            found = answer(asked)
            told = await found if isawaitable(found) else found
            return web.Response(body=orjson.dumps(told), content_type="application/json")
        except orjson.JSONDecodeError:
            return _refused("The sandbox is told what to do by a JSON object.")
        except BadOption as error:
            return _refused(str(error))

    return respond


def _refused(sentence: str) -> web.Response:
    return web.Response(body=orjson.dumps({"error": sentence}), status=400, content_type="application/json")


def _number(asked: Json, name: str, default: float) -> float:
    value = asked.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadOption(f"{name} is a number.")
    return value
