"""Ties the tracker to its sender: whatever changes an issue, those who listen are told of it."""

from __future__ import annotations

import os
from dataclasses import replace

from fake_jira.data.stored import Stored
from fake_jira.faults.mutations import Mutations
from fake_jira.options import Options
from fake_jira.server.jira import Jira
from fake_jira.webhooks import mishaps
from fake_jira.webhooks.bodies import Bodies, Json
from fake_jira.webhooks.events import Event, Events
from fake_jira.webhooks.sender import Sender
from fake_jira.webhooks.signing import signing

_SECRET = "JIRA_WEBHOOK_SECRET"  # noqa: S105 - the name of it


class Announcer:
    def __init__(self, jira: Jira, mutations: Mutations, options: Options) -> None:
        self.jira = jira
        self.bodies = Bodies(jira.profile.base, jira.name == "cloud")
        self.events = Events(self.bodies)
        # An app is told which of the webhooks that it has registered these are.
        self.of_app: Json = {"matchedWebhookIds": [1]} if options.webhook_auth == "jwt" else {}
        self.sender = Sender(
            options.webhooks,
            signing(options.webhook_secret, options.webhook_auth),
            options.dialect,
            mishaps.read(options.webhook_faults, options.seed),
            jira.profile.clock,
            options.webhook_scale,
            options.seed,
        )
        mutations.watchers.append(self._changed)

    def announce(self, name: str, about: Json) -> None:
        """An event of something other than an issue: a version, a project."""
        if not self.sender.url:
            return
        self.sender.offer([Event(name, {"timestamp": self._now(), "webhookEvent": name, **self.bodies.told(about)})])

    def _changed(self, before: Stored | None, after: Stored | None) -> None:
        if self.sender.url:
            events = self.events.between(before, after, self._now())
            self.sender.offer([replace(event, body={**event.body, **self.of_app}) for event in events])

    def _now(self) -> int:
        return round(self.jira.profile.clock() * 1000)


def secret_of_environment() -> str:
    """What deliveries are signed with; without it they are not signed, as in a Jira."""
    return os.environ.get(_SECRET, "")
