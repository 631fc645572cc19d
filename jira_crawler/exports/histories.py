"""The commits of the repositories whose pull requests are in the store: of a clone, else those that were crawled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone
from jira_crawler.store.linking import History
from jira_crawler.store.store import Store
from jira_crawler.trackers.github.commits import read_commit


def histories(store: Store, named: Mapping[str, Clone]) -> Iterator[History]:
    """Gives the history of each clone, and of each other repository as it was crawled.

    Raises BadArgument for a clone of a repository that was never crawled.
    """
    repositories = {project.lower(): (site, project, place) for site, project, place in store.links.repositories()}
    for name, clone in sorted(named.items()):
        if name not in repositories:
            raise BadArgument(f"The store holds no pull request of {name}: crawl it first.")
        site, project, place = repositories[name]
        yield History(site, place, project, clone.commits())
    for site, id_, project, _ in store.items_due.repositories():
        if project.lower() in named or project.lower() not in repositories:
            continue
        crawled = (read_commit(payload) for _, _, payload in store.items_due.commits(site, id_))
        yield History(site, repositories[project.lower()][2], project, crawled)
