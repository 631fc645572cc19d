"""How repositories and items are named, and where the two APIs of a GitHub are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from jira_crawler.exceptions import Malformed

# GitHub's own rules; what begins with a dot or is one only would be no name of a file.
REPOSITORY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})/(?!\.)[A-Za-z0-9_.-]{1,100}")
ID = re.compile(r"([0-9]{1,12})-([0-9]{1,9})")
PUBLIC = "https://api.github.com"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The base of REST and the address of GraphQL; an Enterprise has them below /api."""

    rest: str
    graphql: str


def addresses(base: str) -> Addresses:
    """Finds both APIs of the site at `base`."""
    if base == PUBLIC:
        return Addresses(base, f"{base}/graphql")
    return Addresses(f"{base}/api/v3", f"{base}/api/graphql")


def web(base: str) -> str:
    """Gives where people look at what is at `base`."""
    return "https://github.com" if base == PUBLIC else base


def base_of(url: str) -> str:
    """Gives the site that an address of its pages or of one of its APIs is of."""
    parts = urlsplit(url)
    if parts.hostname in ("github.com", "www.github.com", "api.github.com"):
        return PUBLIC
    path = parts.path
    for tail in ("/api/v3", "/api/graphql", "/api"):
        path = path.removesuffix(tail)
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}"


def identity(repository: int, number: int) -> str:
    """Names an issue or pull request for good: a repository may be renamed, its id stays."""
    return f"{repository}-{number}"


def parted(id_: str) -> tuple[int, int]:
    """Gives the id of the repository, and the number, of such a name; raises Malformed for another text."""
    found = ID.fullmatch(id_)
    if not found:
        raise Malformed(f"id {id_!r:.40} is not that of a repository and a number")
    return int(found[1]), int(found[2])
