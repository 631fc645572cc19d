"""With REDIS_URL the frontier is the fleet's."""

from __future__ import annotations

from scrapy.settings import BaseSettings


class FleetAddon:
    """Swaps the one part that a fleet has to share, before a spider is made: it opens its frontier at once."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        if settings["REDIS_URL"]:
            shared = "jira_crawler.frontier.redis_frontier.RedisFrontier"
            settings.set("SCHEDULER_QUEUE_CLASS", shared, priority="project")
