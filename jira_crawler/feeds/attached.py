"""What hangs on the issues of a crawl, as its engine knows it: the store, the batch that waits, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jira_crawler.crawl.reply import FileOutcome
from jira_crawler.crawl.session import IssueWithFiles, KnownFile
from jira_crawler.feeds.attachments import AttachmentFolder
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.attached import Chosen, HeldFile, HeldLinks, IssueWithParts


class AttachedParts:
    """Reads what is committed, and hands what came to the next commit."""

    def __init__(self, dataset: Dataset, site: str, projects: Sequence[str], run: int):
        self.dataset, self.store = dataset, dataset.store.attached
        self.folder = AttachmentFolder(dataset.folder)
        self.chosen = Chosen(site, tuple(projects), run)

    def without_links(self, after: str, before: int, limit: int) -> list[IssueWithParts]:
        return self.store.without_links(replace(self.chosen, after=after, limit=limit), before)

    def with_files(self, after: str, limit: int) -> list[IssueWithFiles]:
        found = self.store.with_payloads(replace(self.chosen, after=after, limit=limit))
        site = self.chosen.site
        known = self.store.files([(site, each.id) for each in found])
        return [
            IssueWithFiles(
                each.id,
                each.key,
                each.project,
                each.dialect,
                each.payload,
                {id_: self._known(file) for id_, file in known.get((site, each.id), {}).items()},
            )
            for each in found
        ]

    def _known(self, file: HeldFile) -> KnownFile:
        is_there = file.state == "stored" and self.folder.holds(file.path, file.size)
        return KnownFile(file.state, file.size, file.path, is_there)

    def keep_links(self, issue: str, links: bytes, at: int) -> None:
        self.dataset.hang(HeldLinks(self.chosen.site, issue, at, links))

    def keep_file(self, issue: str, id_: str, outcome: FileOutcome, at: int) -> None:
        of = outcome
        file = HeldFile(self.chosen.site, issue, id_, of.state, of.size, of.sha256, of.path, of.mime, at)
        self.dataset.hang(file)

    def clear(self) -> None:
        clear(self.dataset)

    def clear_parts(self) -> None:
        self.folder.clear_parts()


def clear(dataset: Dataset) -> None:
    """Deletes the files of what is gone, and then forgets them; whatever interrupts it, it may be done again."""
    leaving = dataset.store.attached.leaving()
    folder = AttachmentFolder(dataset.folder)
    for file in leaving:
        if file.path:
            folder.remove(file.path)
    dataset.store.attached.left(leaving)
