"""With REDIS_URL the frontier is the fleet's."""

from __future__ import annotations

from scrapy.settings import BaseSettings

SWAPPED = {
    "SCHEDULER": "jira_crawler.frontier.shared_frontier.SharedFrontier",
    "SCHEDULER_QUEUE_CLASS": "jira_crawler.frontier.lease_queue.LeaseQueue",
}


class Together:
    """Swaps what a fleet has to share, before a spider is made: it opens its queue at once."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        if settings["REDIS_URL"]:
            for name, path in SWAPPED.items():
                settings.set(name, path, priority="project")
