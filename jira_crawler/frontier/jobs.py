"""What a fleet is asked to crawl: entries of a list in Redis, which a person or a program may have written."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from jira_crawler import sites
from jira_crawler.crawl.scope import Job, project_keys
from jira_crawler.exceptions import BadArgument

VERIFY = ("", "true", "only")
LONGEST = 100_000  # characters of an entry


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Several projects, as `scrapy enqueue` writes them."""

    projects: str
    site: str = ""
    priority: int = 0
    full: bool = False
    verify: str = ""


def read(text: str) -> list[Job]:
    """Reads `KAFKA`, `KAFKA,SPARK`, the URL of a project or of an issue, or an Entry in JSON; raises BadArgument."""
    if len(text) > LONGEST:
        raise BadArgument(f"{text[:200]!r}… is longer than {LONGEST:,} characters.")
    jobs, why = _read(text)
    if why:
        raise BadArgument(why)
    return list(jobs)


@lru_cache(10_000)  # what is for others stays in the list, and every idle worker looks at it again and again
def _read(text: str) -> tuple[tuple[Job, ...], str]:
    try:
        entry = _entry(text.strip())
        if entry.verify not in VERIFY or abs(entry.priority) > 1_000_000:
            return (), f"{text[:200]!r} asks for something that is no choice."
        site = sites.find(entry.site).name if entry.site else ""
        keys = project_keys(entry.projects)
    except BadArgument as error:
        return (), str(error)[:500].encode(errors="backslashreplace").decode()
    except ValueError as error:  # of urlsplit, or of what is no text
        return (), f"{text[:200]!r} is no job: {type(error).__name__}."
    return tuple(Job(project, site, entry.priority, entry.full, entry.verify) for project in keys), ""


def _entry(text: str) -> Entry:
    if text.startswith("{"):
        try:
            return msgspec.json.decode(text, type=Entry)
        except msgspec.DecodeError as error:
            raise BadArgument(f"{text[:200]!r} is not what `scrapy enqueue` writes: {error}.") from error
    if "://" not in text:
        return Entry(text)
    parts = [part for part in urlsplit(text).path.split("/") if part]
    for word in ("projects", "browse"):
        if word in parts[:-1]:
            return Entry(parts[parts.index(word) + 1].partition("-")[0], sites.base_url(text))
    raise BadArgument(f"{text[:200]!r} is the address of no project, such as https://jira.example.org/projects/KAFKA.")
