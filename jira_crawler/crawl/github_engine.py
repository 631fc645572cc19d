"""A crawl of repositories, put together."""

from __future__ import annotations

from collections.abc import Callable

from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.github_assembly import GitHubAssembly
from jira_crawler.crawl.github_commits import GitHubCommits
from jira_crawler.crawl.github_details import GitHubDetails
from jira_crawler.crawl.github_lists import GitHubLists
from jira_crawler.crawl.github_numbers import GitHubNumbers
from jira_crawler.crawl.github_releases import GitHubReleases
from jira_crawler.crawl.github_repositories import GitHubRepositories
from jira_crawler.crawl.github_session import GitHubScope, GitHubSession
from jira_crawler.crawl.github_store import Histories, PieceStore
from jira_crawler.crawl.proof import Phase, Proof
from jira_crawler.crawl.session import Session


def github_engine(
    session: Session,
    scope: GitHubScope,
    store: Callable[[], PieceStore],
    histories: Histories | None = None,
    *,
    refines: bool = True,
) -> CrawlEngine:
    """Puts together a crawl of repositories; `store` opens what pieces wait in, `histories` are local clones.

    find each repository → its lists, whole or what changed → commits → every number looked at → details → comments
    counted → issues put together → refine what is only scraped.
    """
    github = GitHubSession(session, scope, store, histories)
    lists, details, numbers = GitHubLists(github), GitHubDetails(github), GitHubNumbers(github)
    releases, commits = GitHubReleases(github), GitHubCommits(github)
    repositories = GitHubRepositories(github, lists, releases)
    assembly = GitHubAssembly(github, refines=refines)
    knowing = (repositories, releases, lists, details, numbers, commits, assembly)

    def phases() -> list[Phase]:
        return [
            Phase("commits", commits.begin, always=True),
            Phase("ancestors", commits.ancestors, always=True),
            Phase("numbers", numbers.numbers, always=True),
            Phase("details", details.begin, always=True),
            Phase("review_comments", numbers.review_comments, always=True),
            Phase("comments", numbers.comments, always=True),
            Phase("assemble", assembly.begin, always=True),
            Phase("judge", numbers.judge, always=True),
            Phase("refine_left", assembly.refine_left, always=True),
        ]

    return CrawlEngine(
        session,
        {kind: handler for each in knowing for kind, handler in each.handlers().items()},
        repositories.begin,
        Proof(session, phases, assembly.finish),
    )
