"""What the collaborators of a crawl of repositories share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from jira_crawler.crawl.github_store import Histories, PieceStore
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import Session
from jira_crawler.sentences import quoted
from jira_crawler.trackers.answers import words
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github.names import Addresses, addresses
from jira_crawler.trackers.github.rest import Repository

WEEK = 7 * 24 * 3_600_000  # ms
OVERLAP = 60_000  # ms by which what changed since is asked for again: whoever answers may be behind a little
SECOND = 1_000  # ms: times of GitHub are whole seconds, and nobody knows whether `since` is inclusive


@dataclass(frozen=True, slots=True)
class GitHubScope:
    """What to crawl: repositories by their names; `sweep` lists everything again, `files` asks for changed files, too.

    Without a `token` GraphQL is closed.
    """

    repositories: tuple[str, ...]
    sweep: bool = False
    files: bool = False
    token: bool = True


@dataclass
class GitHubSession:
    """`found` are the repositories that are there, by id; a list of those that are `broken` did not come to its end."""

    session: Session
    scope: GitHubScope
    held: Callable[[], PieceStore]
    histories: Histories | None = None
    found: dict[int, Repository] = field(default_factory=dict)
    graphql_closed: bool = False
    broken: set[int] = field(default_factory=set)

    @cached_property
    def store(self) -> PieceStore:
        """The store, which is opened after a crawl is put together."""
        return self.held()

    @cached_property
    def addresses(self) -> Addresses:
        return addresses(self.session.site.url)

    @property
    def asks_graphql(self) -> bool:
        return self.scope.token and not self.graphql_closed

    def clone_of(self, found: Repository) -> str:
        """Gives the name by which a clone of a repository is known, today's or a former one; "" where there is none."""
        names = (found.full_name, *self.store.former_names(found.id)) if self.histories else ()
        return next((name for name in names if self.histories and self.histories.has(name)), "")

    def query_nobody(self, _: object) -> Query:
        return Query(self.session.site.url)

    def refusal(self, reply: Reply) -> str:
        """Says why an answer is none, in the words of whoever answered."""
        if reply.failure:
            return quoted(reply.failure.reason)
        said = words(reply.body)
        return f"status {reply.status}{f' ({said})' if said else ''}"
