"""Everything that can be chosen about a sandbox, with its defaults and what is wrong with wrong choices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jira_crawler.exceptions import BadArgument

PAGE_CAPS = {"server": 1000, "cloud": 100}


@dataclass(frozen=True, kw_only=True)
class Options:
    """`rate_limit` is requests and seconds; `page_cap` 0 stands for the dialect's own; `port` 0 for any free one."""

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

    def __post_init__(self) -> None:
        if self.dialect not in PAGE_CAPS:
            raise BadArgument(f"--dialect is one of {', '.join(PAGE_CAPS)}, not {self.dialect!r}.")
        for name in ("port", "issues", "page_cap", "result_window", "ban_after", "latency"):
            if getattr(self, name) < 0:
                raise BadArgument(f"--{name.replace('_', '-')} cannot be negative.")
        if self.port > 65535:
            raise BadArgument("--port is a number up to 65535.")
        for project in self.projects:
            if not re.fullmatch(r"[A-Z][A-Z0-9_]+", project):
                raise BadArgument(f"{project!r} is no project key: write capitals and digits, such as DEMO.")
        for path in self.data:
            if not path.exists():
                raise BadArgument(f"There is no {path} to read recorded issues from.")
        if self.token and self.dialect == "cloud":
            raise BadArgument("--token is for the server dialect; Cloud takes --basic EMAIL:TOKEN.")
        if self.basic and (self.dialect == "server" or ":" not in self.basic):
            raise BadArgument("--basic is for the cloud dialect and is written EMAIL:TOKEN.")
        _ = self.zone

    @property
    def zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise BadArgument(f"There is no time zone called {self.timezone!r}.") from None
