"""Which settings there are, ours and those of what we stand on, and whether a name is one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from scrapy.settings import BaseSettings, default_settings

from jira_crawler.configuration.kinds import Flag, Kind, Number, Whole, excerpt
from jira_crawler.configuration.table import KINDS, first_wrong

ALWAYS = ("LOG_LEVEL", "LOG_FILE")  # of every command: Scrapy opens its log for each
OF_SCRAPY = {name: value for name, value in vars(default_settings).items() if name.isupper()}
# Whether it has a default or not, somebody reads it. A test looks for what newer versions read.
WITHOUT_DEFAULT = {
    *("CHECK", "PROJECT", "PYTHON_SHELL", "SETTINGS_MODULE"),  # SCRAPY_… of the environment
    *("CONCURRENT_REQUESTS_PER_IP", "META_COPY_WARN_SKIP_KEYS"),
    # scrapy-redis
    *("REDIS_DB", "REDIS_DECODE_RESPONSES", "REDIS_ENCODING", "REDIS_HOST", "REDIS_PARAMS", "REDIS_PORT"),
    *("REDIS_ITEMS_KEY", "REDIS_ITEMS_SERIALIZER", "REDIS_START_URLS_BATCH_SIZE", "REDIS_START_URLS_KEY"),
    *("REDIS_START_URLS_AS_SET", "REDIS_START_URLS_AS_ZSET", "MAX_IDLE_TIME_BEFORE_CLOSE", "STATS_KEY"),
    *("SCHEDULER_DUPEFILTER_KEY", "SCHEDULER_FLUSH_ON_START", "SCHEDULER_IDLE_BEFORE_CLOSE", "SCHEDULER_PERSIST"),
    *("SCHEDULER_QUEUE_CLASS", "SCHEDULER_QUEUE_KEY", "SCHEDULER_SERIALIZER"),
    # scrapy-playwright
    *("PLAYWRIGHT_ABORT_REQUEST", "PLAYWRIGHT_BROWSER_PROVIDER", "PLAYWRIGHT_BROWSER_TYPE", "PLAYWRIGHT_CDP_KWARGS"),
    *("PLAYWRIGHT_CDP_URL", "PLAYWRIGHT_CONNECT_KWARGS", "PLAYWRIGHT_CONNECT_URL", "PLAYWRIGHT_CONTEXTS"),
    *("PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT", "PLAYWRIGHT_DOWNLOAD_TIMEOUT", "PLAYWRIGHT_LAUNCH_OPTIONS"),
    *("PLAYWRIGHT_MAX_CONTEXTS", "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT", "PLAYWRIGHT_PROCESS_REQUEST_HEADERS"),
    "PLAYWRIGHT_RESTART_DISCONNECTED_BROWSER",
}
KNOWN = frozenset({*OF_SCRAPY, *KINDS, *WITHOUT_DEFAULT})
PARTS = ("ADDONS", "EXTENSIONS", "ITEM_PIPELINES", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "DOWNLOAD_HANDLERS")
MODULES = ("SPIDER_MODULES", "COMMANDS_MODULE")
KNOWN_PACKAGES = {"jira_crawler", "scrapy", "scrapy_redis", "scrapy_playwright"}
COMMAND_LINE = 40  # Scrapy's priority of what is given with -s
PROJECT = 20  # … and of a settings module
FAR = 10**12
ALIKE = 0.85  # from here on one name is taken for another one written wrongly


def wrong_setting(settings: BaseSettings, names: tuple[str, ...] | None) -> str:
    """Finds the first setting that is misspelt or, of some or all, makes no sense; "" if there is none."""
    if wrong := misspelt(settings):
        return wrong
    if names is not None:
        return first_wrong(settings, (*ALWAYS, *names))
    # What Scrapy has a default for may be of another type in a settings module; a string must be readable.
    return first_wrong(settings, [name for name in TYPED if name in KINDS or isinstance(settings[name], str)], TYPED)


def misspelt(settings: BaseSettings) -> str:
    """Finds a name that nobody reads, and proposes the one that was meant; "" if there is none.

    What another package brings, and so reads, is not known here: where there is one, only a name that looks like one
    of ours is refused. So it is in a settings module, which may have names for its own use.
    """
    foreign = brings_others(settings)
    for name in settings:
        priority = settings.getpriority(name) or 0
        if name in KNOWN or priority < PROJECT:
            continue
        ours = get_close_matches(name.upper(), KINDS, 1, ALIKE)
        if ours or (priority >= COMMAND_LINE and not foreign):
            meant = ours or get_close_matches(name.upper(), KNOWN, 1)
            return f"There is no setting {excerpt(name)}" + (f"; {meant[0]} is one." if meant else ".")
    return ""


def brings_others(settings: BaseSettings) -> bool:
    """Tells whether parts of somebody else are at work, which may read settings of their own."""
    found: list[Any] = [part for name in PARTS for pair in _pairs(settings[name]) for part in pair]
    for name in MODULES:
        found += [settings[name]] if isinstance(settings[name], str) else settings[name] or ()
    paths = [part if isinstance(part, str) else f"{getattr(part, '__module__', '')}." for part in found]
    return not {path.split(".")[0] for path in paths if "." in path} <= {"", *KNOWN_PACKAGES}


def _pairs(parts: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(parts, Mapping):
        yield from parts.items()


def _typed() -> Iterator[tuple[str, Kind]]:
    """Gives what each setting may be: those of Scrapy that are not in our table by the type of their default."""
    for name, default in OF_SCRAPY.items():
        if isinstance(default, bool) or name.endswith("_ENABLED"):
            yield name, Flag()
        elif isinstance(default, int):
            yield name, Whole(-FAR, FAR)
        elif isinstance(default, float):
            yield name, Number(-FAR, FAR)
    yield from KINDS.items()


TYPED = dict(_typed())
