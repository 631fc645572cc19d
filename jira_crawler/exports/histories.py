"""The commits that clones hold, or crawls brought, of the repositories whose pull requests are in the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone, as_today
from jira_crawler.store.crawled_commits import crawled_histories
from jira_crawler.store.linking import History
from jira_crawler.store.store import Store


def histories(store: Store, named: Mapping[str, Clone], *, anew: bool = False) -> Iterator[History]:
    """Gives the history of each clone, and of other repositories what crawls brought that was not read yet.

    `anew`: what was read comes, too. Raises BadArgument for a clone of a repository that was never crawled.
    """
    named = as_today(named, store.links.former_names())
    yield from crawled_histories(store, named, anew=anew)
    if not named:
        return
    repositories = {project.lower(): (site, project, place) for site, project, place in store.links.repositories()}
    for name, clone in sorted(named.items()):
        if name not in repositories:
            raise BadArgument(f"The store holds no pull request of {name}: crawl it first.")
        site, project, place = repositories[name]
        yield History(site, place, project, clone.commits())
