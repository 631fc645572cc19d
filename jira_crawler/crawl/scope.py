"""What a crawl is about: which projects, how much of them, and how each of them is to be crawled."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from jira_crawler.configuration.kinds import excerpt
from jira_crawler.exceptions import BadArgument
from jira_crawler.trackers.github.names import REPOSITORY
from jira_crawler.trackers.jira.decode import PROJECT


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """What to crawl this time: project keys, one JQL restriction for `jql` and `since`, issues a project at most."""

    projects: tuple[str, ...] = ()
    filter: str = ""
    limit: int = 0

    @property
    def whole_projects(self) -> bool:
        """Whether this crawl is about everything in its projects, so that counts can be compared and kept."""
        return not self.limit and not self.filter


class Job(msgspec.Struct, frozen=True, omit_defaults=True):
    """One project of one site; `site` is its name, "" that of whoever takes the job."""

    project: str
    site: str = ""
    priority: int = 0
    full: bool = False
    verify: str = ""


def project_keys(text: str, *, repositories: bool = False) -> tuple[str, ...]:
    """Reads `KAFKA,SPARK` as distinct keys in upper case; with `repositories` names such as `apache/kafka`, too."""
    if not text.strip():
        raise BadArgument("Say which projects to crawl: -a projects=KAFKA,SPARK")
    keys = [key.strip() for key in text.split(",")]
    for key in keys:
        if not PROJECT.fullmatch(key) and not (repositories and REPOSITORY.fullmatch(key)):
            said = f"projects={excerpt(text)} is not a list of project keys such as KAFKA,SPARK"
            raise BadArgument(f"{said}: {excerpt(key)!r} is none.")
    return tuple(dict.fromkeys(key if "/" in key else key.upper() for key in keys))
