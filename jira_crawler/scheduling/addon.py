"""What is settled before a crawl is made: with REDIS_URL the frontier is the fleet's; what is off is not loaded."""

from __future__ import annotations

from typing import Final

from scrapy.settings import BaseSettings

# Parts of Scrapy that look at a switch of their own, by what they stand in: to load two of them alone, one for its HTTP
# server and one for a list of all domains, takes a fifth of the start of a crawl.
SWITCHES: Final = {
    "EXTENSIONS_BASE": {
        "scrapy.extensions.remote_control.RemoteControl": "REMOTE_CONTROL_ENABLED",
        "scrapy.extensions.telnet.TelnetConsole": "TELNETCONSOLE_ENABLED",
        "scrapy.extensions.memdebug.MemoryDebugger": "MEMDEBUG_ENABLED",
    },
    "DOWNLOADER_MIDDLEWARES_BASE": {
        "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": "COOKIES_ENABLED",
        "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": "HTTPCACHE_ENABLED",
    },
}


class FleetAddon:
    """Swaps the one part that a fleet has to share, before a spider is made: it opens its frontier at once."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        if settings["REDIS_URL"]:
            shared = "jira_crawler.frontier.redis_frontier.RedisFrontier"
            settings.set("SCHEDULER_QUEUE_CLASS", shared, priority="project")


class SwitchesAddon:
    """Leaves out the parts of Scrapy that are switched off: it would load them only to be told so."""

    def update_settings(self, settings: BaseSettings) -> None:
        for name, parts in SWITCHES.items():
            on = {
                part: at for part, at in settings.getdict(name).items() if settings.getbool(parts.get(part, ""), True)
            }
            settings.set(name, on, priority="addon")
