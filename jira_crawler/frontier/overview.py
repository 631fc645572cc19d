"""What a fleet has to do, as somebody sees it who is none of its workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec

from jira_crawler.crawl.scope import Job
from jira_crawler.frontier.connection import TextRedis
from jira_crawler.frontier.fleet import start_key
from jira_crawler.frontier.redis_frontier import refuse_other_formats, script, stem_of

SHOWN = 20  # failures; the others are counted


@dataclass(frozen=True, slots=True)
class Project:
    """The tasks of one project, and what is to be said about it."""

    name: str
    priority: int
    waiting: int
    leased: int
    failed: int
    note: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A fleet at one moment: its projects, its workers, and what nobody could or did take up."""

    projects: list[Project]
    workers: list[str]
    lead: str
    entries: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def requeue(server: TextRedis, site: str, projects: Collection[str]) -> int:
    """Lets the failed tasks of some projects, or of all, wait again, opens their jobs, and counts the tasks."""
    stem = stem_of("jira", site)
    refuse_other_formats(server, stem)
    asked = list(projects) or list(server.hkeys(f"{stem}:jobs"))
    number = sum(int(script(server, "requeue")(keys=[stem], args=[project])) for project in asked)
    if asked:
        server.hdel(f"{stem}:incomplete", *asked)
    return number


def look(server: TextRedis, site: str) -> Overview:
    """Reads what there is to do for a site."""
    stem = stem_of("jira", site)
    refuse_other_formats(server, stem)
    of = server.hgetall(f"{stem}:projects")
    failed = server.hgetall(f"{stem}:failed")
    waiting = Counter(of.get(id_, "") for id_ in server.zrange(f"{stem}:tasks", 0, -1))
    leased = Counter(of.get(id_, "") for id_ in server.zrange(f"{stem}:leases", 0, -1))
    lost = Counter(of.get(id_, "") for id_ in failed)
    notes = server.hgetall(f"{stem}:incomplete")
    jobs = {name: msgspec.json.decode(text, type=Job).priority for name, text in server.hgetall(f"{stem}:jobs").items()}
    names = sorted({*jobs, *waiting, *leased, *lost})
    start = start_key("jira")
    return Overview(
        [
            Project(name, jobs.get(name, 0), waiting[name], leased[name], lost[name], notes.get(name, ""))
            for name in names
        ],
        sorted(server.zrange(f"{stem}:workers", 0, -1)),
        server.get(f"{stem}:lead") or "",
        list(reversed(server.lrange(start, 0, -1))),
        server.hgetall(f"{start}:refused"),
        {f"{of.get(id_, '')} request {int(id_)}": why for id_, why in sorted(failed.items())[:SHOWN]},
    )
