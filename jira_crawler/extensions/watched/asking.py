"""What a crawl has asked, may still ask, and takes of this machine, as its own parts tell it at this moment."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jira_crawler.exceptions import Refused
from jira_crawler.frontier.protocol import FrontierLost
from jira_crawler.middlewares.pace import Pace
from jira_crawler.middlewares.permits import OwnPermits
from jira_crawler.serve.status import Asking

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_STATUS: Final = "downloader/response_status_count/"


def asking(crawler: Crawler, changed: int) -> Asking:
    """Says what was asked; of what waits `changed` issues are not in the frontier yet."""
    stats, pause, left = crawler.stats.get_stats(), 0.0, None
    pace = crawler.get_downloader_middleware(Pace)
    if pace and isinstance(pace.permits, OwnPermits):
        pause = max(0.0, pace.permits.pacer.until - time.monotonic())
    with suppress(Refused):  # whoever asks the next question will say so
        left = pace.permits.left() if pace else None
    return Asking(
        sent=stats.get("pace/sent", 0),
        refused=stats.get("pace/refused", 0),
        retries=stats.get("retry/count", 0),
        waited=stats.get("pace/waited_seconds", 0.0),
        answers={name.removeprefix(_STATUS): n for name, n in stats.items() if name.startswith(_STATUS)},
        waiting=_waiting(crawler, changed),
        pause=pause,
        left=left,
        budget=pace.limit if pace and pace.limit else None,
    )


def _waiting(crawler: Crawler, changed: int) -> int | None:
    frontier = getattr(crawler.spider, "frontier", None)
    try:
        return int(frontier.waiting() if frontier else 0) + changed
    except FrontierLost:
        return None


def memory() -> int | None:
    """Says how many bytes of memory this process takes now; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
