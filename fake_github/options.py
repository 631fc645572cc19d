"""What an embedded GitHub holds, how it speaks and what goes wrong in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fake_github.data.generate import DEFAULT

# What is not known of GitHub, each as a switch: none of them may matter to a crawler that is sound.
UNKNOWNS = {
    "exclusive_since": "`since` leaves out what was updated at that very moment",
    "issues_off_empty": "where issues are switched off, their list is empty instead of 410",
    "silent_edits": "an edit of a comment does not move the time of its issue",
    "silent_links": "a link by hand does not move the time of its issue",
    "costly_304": "an answer that nothing has changed costs points of the secondary limit",
    "keywords_in_code": "keywords count in blocks of code, too",
    "graphql_forgets_names": "GraphQL does not know a repository by its former name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`switches` are names of UNKNOWNS. `token` is what a visitor must bring; strangers are let in with few requests.

    `hourly` is the primary limit, `points` that of GraphQL in an hour; `window` is how long such an hour takes, in
    seconds. `burst` is how many requests are let through before a secondary limit, which holds for `secondary` seconds,
    named in retry-after unless it is `secondary_silent`. `deepest` is the last item that numbered pages reach.
    `faults` are drawn as NAME=RATE; `lost` are numbers that GraphQL cannot bring, alone or with others.
    `heaviest` is how many nodes with pull requests GraphQL brings at once, before it runs out of resources.
    """

    repositories: tuple[str, ...] = DEFAULT
    items: int = 200
    seed: int = 1
    data: tuple[Path, ...] = ()
    holes: bool = True
    host: str = "127.0.0.1"
    port: int = 0
    switches: tuple[str, ...] = ()
    token: str = ""
    hourly: int = 5_000
    anonymous_hourly: int = 60
    points: int = 5_000
    window: float = 3_600.0
    burst: int = 0
    secondary: float = 60.0
    secondary_silent: bool = False
    deepest: int = 10_000
    deepest_comments: int = 40_000
    graphql: bool = True
    faults: tuple[str, ...] = ()
    persistent_faults: bool = False
    lost: tuple[int, ...] = ()
    heaviest: int = 0
    expire_after: int = 0
    latency: float = 0.0
    renamed: str = ""  # acme/old>acme/rocket: the first leads to the second
