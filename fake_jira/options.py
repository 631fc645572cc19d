"""Everything that can be chosen about a sandbox, with its defaults and what is wrong with wrong choices."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fake_jira.kinds import EDIT_KINDS, KINDS
from fake_server import BadOption

PAGE_CAPS = {"server": 1000, "cloud": 100}
_CHOICES = {
    "dialect": tuple(PAGE_CAPS),
    "pages": ("new", "old", ""),
    "page_comments": ("dom", "script", "literal", "ajax", "browser"),
    "rest_closed": ("", "401", "403", "login"),
    "robots": ("allow", "disallow", "none"),
}

_NOT_NEGATIVE = (
    "port",
    "issues",
    "page_cap",
    "result_window",
    "ban_after",
    "latency",
    "mutate",
    "mutate_most",
    "index_lag",
    "count_off",
    "comments_shown",
    "crawl_delay",
    "edits_per_second",
    "expire_after",
    "file_bytes",
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """`rate_limit` is requests and seconds; `page_cap` 0 stands for the dialect's own; `port` 0 for any free one.

    `pages` are issue pages in the markup of Jira 7 and 8 (old) or 9 (new), none if empty; `comments_shown` 0 is all.

    `file_bytes` is how large the files of made-up issues are at most, 0 for tens of megabytes; with `media` Cloud leads
    to another host for them.

    `mutate` is mutations a request on average, `mutate_most` 0 half as many as there are issues; `clock` gives epoch
    seconds. What waits between webhooks is divided by `webhook_scale`; `stale_searches` is how often search does not
    find a change, `service_desk` names the projects of one, `agent` is a token, or EMAIL:TOKEN in Cloud.
    """

    host: str = "127.0.0.1"
    port: int = 0
    issues: int = 200
    seed: int = 1
    data: tuple[Path, ...] = ()
    projects: tuple[str, ...] = ("DEMO", "TOOLS")
    dialect: str = "server"
    page_cap: int = 0
    result_window: int = 0
    timezone: str = "UTC"
    honour_ms: bool = True
    lexical_keys: bool = False
    token: str = ""
    basic: str = ""
    anonymous_ok: bool = False
    hidden: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    persistent_faults: bool = False
    ban_after: int = 0
    rate_limit: tuple[int, float] | None = None
    latency: float = 0.0
    gzip: bool = False
    mutate: float = 0.0
    mutate_kinds: tuple[str, ...] = KINDS
    mutate_most: int = 0
    index_lag: float = 0.0
    count_off: int = 0
    poison: tuple[str, ...] = ()
    poison_how: str = "500"
    poison_hard: bool = False
    pages: str = "new"
    page_comments: str = "dom"
    comments_shown: int = 10
    rest_closed: str = ""
    robots: str = "allow"
    crawl_delay: float = 0.0
    edits_per_second: float = 0.0
    edit_kinds: tuple[str, ...] = EDIT_KINDS
    webhooks: str = ""
    webhook_secret: str = field(default="", repr=False)
    webhook_auth: str = "hmac"
    webhook_faults: tuple[str, ...] = ()
    webhook_scale: float = 1.0
    stale_searches: float = 0
    service_desk: tuple[str, ...] = ()
    sla_text: bool = False
    agent: str = ""
    expire_after: int = 0
    file_bytes: int = 0
    file_faults: tuple[str, ...] = ()
    media: bool = False
    clock: Callable[[], float] = field(default=time, repr=False)

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            if (chosen := getattr(self, name)) not in choices:
                possible = ", ".join(choice for choice in choices if choice)
                raise BadOption(f"--{name.replace('_', '-')} is one of {possible}, not {chosen!r}.")
        for name in _NOT_NEGATIVE:
            if not 0 <= getattr(self, name) < inf:
                raise BadOption(f"--{name.replace('_', '-')} cannot be negative, nor without end.")
        if self.port > 65535:
            raise BadOption("--port is a number up to 65535.")
        if not self.projects and not self.data:
            raise BadOption("--projects names no project, such as DEMO, to make up issues for.")
        if self.mutate and not self.mutate_kinds:
            raise BadOption(f"--mutate-kinds names nothing that may happen: there are {', '.join(KINDS)}.")
        for project in self.projects:
            if not re.fullmatch(r"[A-Z][A-Z0-9_]+", project):
                raise BadOption(f"{project!r} is no project key: write capitals and digits, such as DEMO.")
        for kind in self.mutate_kinds:
            if kind not in KINDS:
                raise BadOption(f"There is no mutation called {kind!r}; there are {', '.join(KINDS)}.")
        self._check_telling()
        for path in self.data:
            if not path.exists():
                raise BadOption(f"There is no {path} to read recorded issues from.")
        if self.token and self.dialect == "cloud":
            raise BadOption("--token is for the server dialect; Cloud takes --basic EMAIL:TOKEN.")
        if self.basic and (self.dialect == "server" or ":" not in self.basic):
            raise BadOption("--basic is for the cloud dialect and is written EMAIL:TOKEN.")
        _ = self.zone

    def _check_telling(self) -> None:
        for kind in self.edit_kinds:
            if kind not in EDIT_KINDS:
                raise BadOption(f"There is no edit called {kind!r}; there are {', '.join(EDIT_KINDS)}.")
        if not self.edit_kinds:
            raise BadOption(f"--edit-kinds names nothing that may be done: there are {', '.join(EDIT_KINDS)}.")
        if self.webhooks and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", self.webhooks):
            raise BadOption(
                f"--webhooks is an address to send to, such as http://127.0.0.1:8090/, not {self.webhooks!r}."
            )
        if not 0 < self.webhook_scale < inf:
            raise BadOption("--webhook-scale is a number above 0, by which every wait is divided.")
        if not self.stale_searches >= 0:
            raise BadOption("--stale-searches cannot be negative.")
        if self.agent and self.dialect == "cloud" and ":" not in self.agent:
            raise BadOption("--agent is written EMAIL:TOKEN in the cloud dialect.")

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise BadOption(f"There is no time zone called {self.timezone!r}.") from None
