"""The spider's arguments, from the strings of a command line to checked values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from jira_crawler.configuration.kinds import excerpt, is_text
from jira_crawler.crawl.scope import CrawlScope, project_keys
from jira_crawler.exceptions import BadArgument
from jira_crawler.trackers.github.names import REPOSITORY
from jira_crawler.trackers.jira.decode import KEY
from jira_crawler.trackers.jira.jql import restriction

_AGO = re.compile(r"-?([0-9]{1,5})([mhdw])")
_ADDRESS = re.compile(r"https?://[^/]{1,200}/")
_LIMIT = re.compile(r"[0-9]{1,9}")
FLAGS = {"": False, "true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_YEAR = re.compile(r"[0-9]{4}")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def none_left(spider: str, given: Mapping[str, object]) -> None:
    """Raises BadArgument where a spider is given an argument that it does not have."""
    unknown = [name for name in given if not name.startswith("_")]  # Scrapyd sends a _job
    if unknown:
        raise BadArgument(f"The spider {spider} has no argument {unknown[0]!r}.")


def read(projects: str, jql: str, since: str, limit: str, now: datetime) -> CrawlScope:
    """Checks the arguments of a crawl; raises BadArgument with the sentence that mends the first wrong one."""
    for name, text in (("projects", projects), ("jql", jql), ("since", since), ("limit", limit)):
        if not is_text(text):
            raise BadArgument(f"{name}={excerpt(text)} is not text in UTF-8.")
    restrictions = [restriction(jql)] if jql.strip() else []
    if since.strip():
        # What was before 1970 was before any tracker, and a number below 0 means something else in JQL.
        restrictions.append(f"updated >= {max(0, int(moment(since.strip(), now).timestamp() * 1000))}")
    combined = " AND ".join(f"({text})" for text in restrictions) if len(restrictions) > 1 else "".join(restrictions)
    return CrawlScope(project_keys(projects) if projects.strip() else (), combined, _limit(limit))


def repositories(text: str) -> tuple[str, ...]:
    """Reads `apache/kafka,apache/spark`, or addresses of repositories, as distinct names."""
    if not text.strip():
        raise BadArgument("Say which repositories to crawl: -a repos=apache/kafka,apache/spark")
    found: dict[str, str] = {}
    for each in text.split(","):
        name = _ADDRESS.sub("", each.strip()).removesuffix("/").removesuffix(".git")
        if not REPOSITORY.fullmatch(name):
            said = f"repos={excerpt(text)} is not a list of repositories such as apache/kafka,apache/spark"
            raise BadArgument(f"{said}: {excerpt(each.strip())!r} is none.")
        found.setdefault(name.lower(), name)
    return tuple(found.values())


def issue_keys(text: str) -> tuple[str, ...]:
    """Reads `KAFKA-1,SPARK-2` as distinct keys in upper case."""
    keys = [key.strip().upper() for key in text.split(",")]
    for key in keys:
        if not KEY.fullmatch(key):
            said = f"keys={excerpt(text)} is not a list of issue keys such as KAFKA-1,SPARK-2"
            raise BadArgument(f"{said}: {excerpt(key)!r} is none.")
    return tuple(dict.fromkeys(keys))


def moment(text: str, now: datetime) -> datetime:
    """Reads `2025-01-31`, an ISO 8601 time (UTC unless it says otherwise) or `30d`, `12h`, `2w` ago."""
    try:
        if ago := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # what was before the calendar, or comes after it
        if _YEAR.fullmatch(text):
            raise BadArgument(f"since={text} is a year alone, and no date: write {text}-01-01.") from None
        raise BadArgument(f"since={excerpt(text)} is no date: write 2025-01-31, 2025-01-31T12:00Z or 30d.") from None


def flag(name: str, text: str) -> bool:
    """Reads whether something is wanted; raises BadArgument for what says neither."""
    if text.lower() not in FLAGS:
        raise BadArgument(f"{name}={excerpt(text)} is neither true nor false.")
    return FLAGS[text.lower()]


def _limit(text: str) -> int:
    number = text.strip()  # of more than int() takes for blank
    if not number:
        return 0
    if not _LIMIT.fullmatch(number) or int(number) < 1:
        raise BadArgument(f"limit={excerpt(text)} is not a number of issues.")
    return int(number)
