"""The questions of a crawl of repositories.

None of them waits in a frontier: what is to be asked follows from what the store holds, so that a run that was killed,
with or without a JOBDIR, goes on where its last commit has left it.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from jira_crawler.crawl.task import FIRST, Task
from jira_crawler.trackers.github.graphql import Details, ItemKind, Missing
from jira_crawler.trackers.github.rest import Kind, Repository


class OfRepository(Task, frozen=True, kw_only=True):
    """A question about a repository, by its id; `project` is what it is called now."""

    repository: int


class FindRepository(Task, frozen=True, tag=True, kw_only=True):
    """What is called so? `url` is where an earlier answer has led, after so many `hops`.

    `before`: it was called so, and is looked for by its id, because another one has its name now.
    """

    url: str = ""
    hops: int = 0
    before: bool = False


class DescribeRepository(Task, frozen=True, tag=True, kw_only=True):
    """How many items has it, when was it changed last, and what does it define? `missing` is what goes on."""

    found: Repository
    missing: Missing | None = None
    attempt: int = 0


class FindNewest(Task, frozen=True, tag=True, kw_only=True):
    """When was anything changed last?"""

    found: Repository
    kind: Kind


class ListItems(OfRepository, frozen=True, tag=True, kw_only=True):
    """What comes next of the issues or pull requests: in a `walk` over all of them, or of what changed `since` (ms).

    `began` tells one walk from another, `url` is where the page before has led, `reached` the largest time seen so far.
    """

    kind: Literal["issue", "pull"]
    walk: bool = False
    began: int = 0
    since: int = 0
    url: str = ""
    reached: int = 0
    again: bool = False
    last: int = 0  # the largest creation time of a walk
    idle: int = 0  # pages in a row that led no further


class ListPieces(OfRepository, frozen=True, tag=True, kw_only=True):
    """What comes next of the comments or review comments that changed `since` (ms); 0: all of them."""

    kind: Literal["comment", "review_comment"]
    since: int = 0
    url: str = ""
    idle: int = 0  # pages in a row that led no further


class ListReleases(OfRepository, frozen=True, tag=True, kw_only=True):
    """What comes next of the releases? `told` is what GraphQL says of them, `objects` are those that came so far."""

    told: tuple[int, int] | None = None
    url: str = ""
    objects: tuple[str, ...] = ()
    pages: int = 0

    number: ClassVar[int] = 0
    updated: ClassVar[int] = 0
    node: ClassVar[str] = ""


class ListCommits(OfRepository, frozen=True, tag=True, kw_only=True):
    """What comes next of the commits of a branch, or of those that lead to the commit `sha`."""

    sha: str
    since: int = 0
    url: str = ""
    reached: int = 0
    behind: bool = False  # it is about ancestors that were not listed


class PlanDetails(OfRepository, frozen=True, tag=True, kw_only=True):
    """Which items behind a number lack their details? We are asked ourselves."""

    kind: ItemKind
    after: int = 0

    asks: ClassVar[bool] = False


class FetchDetails(OfRepository, frozen=True, tag=True, kw_only=True):
    """The details of some items: (number, name for GraphQL, version as its list shows it in ms) of each."""

    kind: ItemKind
    items: tuple[tuple[int, str, int], ...]

    divisible: ClassVar[bool] = True
    priority: ClassVar[int] = FIRST


class CompleteDetails(OfRepository, frozen=True, tag=True, kw_only=True):
    """What comes next of the first list that is missing in the details of an item, of a version (ms)."""

    details: Details
    updated: int

    priority: ClassVar[int] = FIRST


class CheckNumber(OfRepository, frozen=True, tag=True, kw_only=True):
    """What became of a number that no list has shown?"""

    number: int


class FetchComments(OfRepository, frozen=True, tag=True, kw_only=True):
    """The comments or review comments of one item, where we hold another number of them than it has."""

    number: int
    updated: int
    kind: Literal["comment", "review_comment"] = "comment"
    url: str = ""
    objects: tuple[str, ...] = ()
    node: str = ""


class Plan(OfRepository, frozen=True, tag=True, kw_only=True):
    """Which numbers behind one are to be looked at? We are asked ourselves."""

    what: Literal["numbers", "unlisted", "comments", "review_comments"]
    after: int = 0
    began: int = 0
    looked: int = 0  # at how many numbers this run has looked already

    asks: ClassVar[bool] = False


class ReadHistory(OfRepository, frozen=True, tag=True, kw_only=True):
    """The commits of a branch in a local clone."""

    branch: str
    clone: str = ""  # what the clone calls it

    asks: ClassVar[bool] = False


class AssembleItems(OfRepository, frozen=True, tag=True, kw_only=True):
    """Which items behind a number have another piece than their issue was made of? We are asked ourselves."""

    after: int = 0

    asks: ClassVar[bool] = False


class RefineLeft(Task, frozen=True, tag=True, kw_only=True):
    """What is stored and not refined yet; nobody is asked for it."""

    asks: ClassVar[bool] = False


def halves(task: FetchDetails) -> list[FetchDetails]:
    """Parts a question about several items."""
    middle = (len(task.items) + 1) // 2
    parts = (task.items[:middle], task.items[middle:])
    return [msgspec.structs.replace(task, items=part) for part in parts if part]
