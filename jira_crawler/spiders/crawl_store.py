"""The store of a crawl as its engine knows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from jira_crawler.feeds.attached import AttachedParts
from jira_crawler.feeds.repositories import RepositoryParts
from jira_crawler.recording import Recording

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from jira_crawler.feeds.dataset import Dataset
    from jira_crawler.items import RawIssue
    from jira_crawler.store.listing_progress import ListingProgress
    from jira_crawler.store.rows import Row
    from jira_crawler.store.traps import Traps


class DatasetStore:
    """That of the dataset, which is opened after the spider is made; what waits for a commit is not there yet."""

    def __init__(self, crawler: Crawler):
        self._crawler = crawler

    @property
    def _dataset(self) -> Dataset:
        return Recording.of(self._crawler).dataset

    @property
    def progress(self) -> ListingProgress:
        return self._dataset.store.progress

    @property
    def traps(self) -> Traps:
        return self._dataset.store.traps

    def unreadable(self, site: str) -> dict[str, str]:
        return self._dataset.store.unreadable(site)

    def raw_issues(self, site: str, ids: Collection[str]) -> Iterator[RawIssue]:
        return self._dataset.store.raw_issues(site, ids)

    def service_levels(self, site: str) -> list[str]:
        return self._dataset.store.service_levels(site)

    def overlaid(self, site: str) -> list[str]:
        return self._dataset.store.overlaid(site)

    def forget(self, site: str, id_: str) -> None:
        self._dataset.store.forget(site, id_)

    def unrefined(self, projects: Collection[str]) -> Iterator[Row]:
        return self._dataset.store.unrefined(projects)

    def orphans(self) -> Iterator[Row]:
        return self._dataset.store.orphans()

    def attached_to(self, site: str, projects: Sequence[str], run: int) -> AttachedParts:
        return AttachedParts(self._dataset, site, projects, run)

    def repositories(self, site: str) -> Callable[[], RepositoryParts]:
        """Gives what opens the pieces of the repositories of a site, once the dataset is there."""
        return lambda: RepositoryParts(self._dataset, site)

    def commit(self) -> None:
        self._dataset.commit()
