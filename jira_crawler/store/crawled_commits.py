"""The commits that crawls of repositories brought, for whoever links."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import zstandard
from sqlalchemy import select

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Commit
from jira_crawler.store.conflicts import chunks
from jira_crawler.store.linking import History
from jira_crawler.store.repository_tables import commits, repositories
from jira_crawler.store.store import Store
from jira_crawler.trackers.github.commits import read_commit

_C, _R = commits.c, repositories.c


def crawled_histories(store: Store, but: Collection[str] = (), *, anew: bool = False) -> Iterator[History]:
    """Gives, for each repository of which a crawl brought commits, those that were not read yet, or all (`anew`).

    Repositories in `but` (`owner/name` in lower case) are left out: a clone tells more of them.
    """
    with store.engine.connect() as connection:
        known = {(row.site, row.name.lower()): row.repository for row in connection.execute(select(repositories))}
    for site, project, place in store.links.repositories():
        repository = known.get((site, project.lower()))
        if repository is not None and project.lower() not in but:
            yield History(site, place, project, _unread(store, site, repository, place, anew=anew), is_whole=False)


def _unread(store: Store, site: str, repository: int, place: str, *, anew: bool) -> Iterator[Commit]:
    read = set() if anew else {id_.rpartition("@")[2] for id_ in store.links.commits(site, place.partition("/")[2])}
    here = _C.site == site, _C.repository == repository
    with store.engine.connect() as connection:
        shas = sorted(set(connection.scalars(select(_C.sha).where(*here))) - read)
    for some in chunks(shas, 500):
        with store.engine.connect() as connection:
            payloads = list(connection.scalars(select(_C.payload).where(*here, _C.sha.in_(some))))
        for payload in payloads:
            try:
                yield read_commit(zstandard.decompress(payload))
            except Malformed:
                continue  # which is told by nobody who could mend it
