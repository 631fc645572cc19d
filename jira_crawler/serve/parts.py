"""What a server offers of an output folder, part by part: with a live crawl or without, the same."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, ClassVar, Final, Protocol

from aiohttp import web

from jira_crawler.exceptions import Refused
from jira_crawler.policy import Policy

logger = logging.getLogger(__name__)

# A part is named by its class, which `of(served)` makes; it is loaded only where something is served.
PARTS: Final = ("jira_crawler.serve.searching.Searching", "jira_crawler.serve.pull.Pulling")


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What is served: an output folder, its store, and what settings and the environment say of it.

    `leads` tells whether this process is the one of several that keeps what is made of their store.
    """

    output: Path
    store_url: str
    setting: Callable[[str], Any]
    secret: Callable[[str], str]
    policy: Policy
    leads: Callable[[], bool] = lambda: True


class Part(Protocol):
    """Some routes that the token guards, and what keeps them current meanwhile.

    `name` begins a sentence about it; `trouble` is why it is not current, "" while it is.
    """

    name: ClassVar[str]

    @property
    def trouble(self) -> str: ...

    def routes(self) -> list[web.RouteDef]: ...

    async def start(self) -> None:
        """Begins to keep itself current, on the loop that runs."""

    def changed(self) -> None:
        """Is told that something was committed in this process."""

    async def stop(self) -> None: ...


def made(served: Served, names: tuple[str, ...] = PARTS) -> list[Part]:
    """Makes the parts that can be served; one that cannot be says so in the log."""
    found: list[Part] = []
    for name in names:
        try:
            part: Part | None = resolve_name(name).of(served)
        except Refused as error:
            logger.warning("Something is not served: %s", error)
            continue
        if part is not None:
            found.append(part)
    return found
