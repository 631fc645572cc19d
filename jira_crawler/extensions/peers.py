"""The processes that follow one tracker together: who of them leads, and which deliveries are whose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from jira_crawler.crawl import tasks
from jira_crawler.serve.worklist import Claims

if TYPE_CHECKING:  # what speaks Redis is loaded by who is not alone
    from scrapy.settings import BaseSettings

    from jira_crawler.frontier.fleet import Fleet
    from jira_crawler.sites import Site

BEATS: Final = 4  # signs of life in the time that a lease lasts


class Peers:
    """A live crawl as one of several, or alone where there is no `fleet`: then it leads from the beginning.

    The lead alone lists what changed, and keeps tables and merged feeds. It is whoever holds a lease in Redis; another
    one has it when that has run out. Raises FrontierLost where Redis is away for too long.
    """

    def __init__(self, fleet: Fleet | None = None, lease: float = 0.0):
        self.fleet = fleet
        self.claims: Claims | None = None
        self.every = lease / BEATS  # seconds between two signs of life
        self.leads = fleet is None
        if fleet is not None:
            from jira_crawler.frontier.claims import Claims as SharedClaims

            self.claims = SharedClaims(fleet)
            self._tidy = self.claims.tidy

    @classmethod
    def of(cls, settings: BaseSettings, spider: str, site: Site) -> Peers:
        """Finds the others by what the settings say; raises BadArgument where Redis or the store is none to share."""
        if not settings["REDIS_URL"]:
            return cls()
        from jira_crawler.frontier.fleet import Fleet
        from jira_crawler.frontier.redis_frontier import RedisFrontier

        frontier = RedisFrontier.open(settings, spider, site, tasks)
        return cls(Fleet(frontier, spider, site.name), float(settings["LEASE_SECONDS"]))

    @property
    def are_there(self) -> bool:
        """Whether others may follow the same tracker."""
        return self.fleet is not None

    def join(self, store: str, projects: Sequence[str]) -> None:
        """Begins to be one of them; raises BadArgument where the others write elsewhere, or follow other projects."""
        if self.fleet is None:
            return
        self.fleet.recognise(store)
        self.fleet.beat()
        self.fleet.follow(projects)

    def beat(self) -> bool:
        """Shows that we live, and tells whether we lead."""
        if self.fleet is not None:
            led, self.leads = self.leads, self.fleet.beat()
            if self.leads and not led:
                self._tidy()
        return self.leads

    def leave(self) -> None:
        """Lets another one lead, at once."""
        if self.fleet is not None:
            try:
                self.fleet.leave()
            finally:
                self.leads = False
                self.fleet.server.close()
