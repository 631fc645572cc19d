"""The files of issues: which are fetched, what became of each, and proof that this is known of all."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from jira_crawler.crawl.attached_tasks import FetchAttachment, ListAttachments
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import FileOutcome, Reply
from jira_crawler.crawl.session import IssueWithFiles, KnownFile, Session
from jira_crawler.crawl.task import Task
from jira_crawler.sentences import quoted
from jira_crawler.trackers import PAGE, tracker
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.jira.attached import Attachment, attachments

logger = logging.getLogger(__name__)
AT_ONCE = 200  # issues that are looked through at a time
TOLD = 20  # sentences about single files, before one tells of all others
TRIES = 3  # times that a file is asked for where another one came
HIDDEN, GONE = (401, 403), (404, 410)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much of the files is wanted: bytes of a file, of an issue, of a run (0: any), and media types (empty: all).

    A type is written as `image/png` or `image/*`.
    """

    file: int = 50 * 1024 * 1024
    issue: int = 0
    run: int = 0
    types: tuple[str, ...] = ()

    def takes(self, mime: str) -> bool:
        """Tells whether files of a type are wanted."""
        said = mime.partition(";")[0].strip().lower()
        return not self.types or any(
            said == each or (each.endswith("/*") and said.startswith(each[:-1])) for each in self.types
        )


class Attachments:
    """Goes through the issues that are stored, once they are listed, and asks for the files that are wanted."""

    def __init__(self, session: Session, limits: FileLimits):
        self.session, self.limits = session, limits
        self.states: Counter[str] = Counter()
        self.bytes = 0  # of files that came in this run
        self._reserved: dict[tuple[str, str], int] = {}  # bytes that are on their way, by issue and file
        self._failed: set[tuple[str, str]] = set()
        self._told = 0

    def handlers(self) -> Handlers:
        return {
            ListAttachments: Handling(self.query_nobody, self.handle_listing),
            FetchAttachment: Handling(self.query, self.handle),
        }

    # --- phases

    def begin(self) -> Iterator[Task]:
        self.session.attached.clear()
        yield ListAttachments(number=self.session.number)

    def prove(self) -> Iterator[Task]:
        yield ListAttachments(proves=True, number=self.session.number)

    # --- which

    def query_nobody(self, _: ListAttachments) -> Query:
        return Query(self.session.site.url)

    def handle_listing(self, task: ListAttachments, _: Reply) -> Effects:
        """Decides about the files of some issues; those that may come are asked for, and then the next issues."""
        if task.number != self.session.number:
            return  # of a process that is no more
        found = self.session.attached.with_files(task.after, AT_ONCE)
        lacking = 0
        for issue in found:
            files = attachments(issue.payload) if issue.dialect != PAGE else []
            if task.proves:
                lacking += sum(file.id not in issue.known and (issue.id, file.id) not in self._failed for file in files)
            else:
                yield from self._choose(issue, files)
        if lacking:
            self.session.findings.add(f"What became of {lacking} attachments is not known.")
        if found:
            yield ListAttachments(after=found[-1].id, proves=task.proves, number=task.number)
        elif task.proves:
            self._conclude()

    def _conclude(self) -> None:
        """Says what became of the files, and leaves no half of one that nobody waits for."""
        if not self._failed:
            self.session.attached.clear_parts()
        told = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()) if count)
        logger.info("Attachments: %s; %d bytes came", told or "none", self.bytes)

    def _choose(self, issue: IssueWithFiles, files: list[Attachment]) -> Iterator[Task]:
        here = {file.id for file in files}
        for id_, known in issue.known.items():
            if id_ not in here:
                self._keep(issue.id, id_, FileOutcome("leaving", size=known.size, path=known.path))
        held = {id_: known for id_, known in issue.known.items() if id_ in here and known.is_there}
        of_issue = sum(known.size for known in held.values())
        for file in files:
            if file.id in held:
                self.states["held"] += 1
                continue
            size = max(file.size, 0)
            expected = size if file.size >= 0 else self.limits.file
            if not self.limits.takes(file.mime):
                self._leave_out(issue, file.id, FileOutcome("type", size=size))
            elif (file.size > self.limits.file) or self._met_too_big(issue.known.get(file.id)):
                self._leave_out(issue, file.id, FileOutcome("too_big", size=max(size, self._met(issue, file))))
            elif self._is_beyond(of_issue + expected, self.limits.issue) or self._is_beyond(
                self.bytes + sum(self._reserved.values()) + expected, self.limits.run
            ):
                self._leave_out(issue, file.id, FileOutcome("over_budget", size=size))
            else:
                of_issue += expected
                self._reserved[issue.id, file.id] = expected
                yield FetchAttachment(
                    project=issue.project,
                    dialect=issue.dialect,
                    issue=issue.id,
                    key=issue.key,
                    id=file.id,
                    name=file.name,
                    size=file.size,
                    mime=file.mime,
                )

    def _leave_out(self, issue: IssueWithFiles, id_: str, outcome: FileOutcome) -> None:
        """Notes that a file is not asked for, unless that is known."""
        known = issue.known.get(id_)
        if known and (known.state, known.size) == (outcome.state, outcome.size):
            self.states[outcome.state] += 1
        else:
            self._keep(issue.id, id_, outcome)

    def _is_beyond(self, size: int, limit: int) -> bool:
        return 0 < limit < size

    def _met(self, issue: IssueWithFiles, file: Attachment) -> int:
        known = issue.known.get(file.id)
        return known.size if known else 0

    def _met_too_big(self, known: KnownFile | None) -> bool:
        """Whether more of a file came once than is wanted now."""
        return known is not None and known.state == "too_big" and known.size > self.limits.file

    # --- one file

    def query(self, task: FetchAttachment) -> Query:
        return tracker(task.dialect, self.session.site.url).attachment(task.id, task.name)

    def handle(self, task: FetchAttachment, reply: Reply) -> Effects:
        """Notes what became of a file; one that did not come is told, and kept to be asked for again."""
        outcome = reply.file or _without_file(reply)
        if reply.file and reply.file.state == "failed" and reply.file.again and task.attempt + 1 < TRIES:
            yield msgspec.structs.replace(task, attempt=task.attempt + 1)
            return
        self._reserved.pop((task.issue, task.id), None)
        if outcome.state == "stored":
            self.bytes += outcome.size
        self._keep(task.issue, task.id, outcome)
        if outcome.state == "failed":
            self._failed.add((task.issue, task.id))
            self._told += 1
            which = f"{task.id} of {task.key or task.issue}" if self._told <= TOLD else "of more issues"
            yield self.session.give_up(f"The attachment {which} did not come: {quoted(outcome.why)}.")

    def _keep(self, issue: str, id_: str, outcome: FileOutcome) -> None:
        self.states[outcome.state] += outcome.state != "leaving"
        self.session.attached.keep_file(issue, id_, outcome, self.session.milliseconds())


def _without_file(reply: Reply) -> FileOutcome:
    """Says what became of a file of which nothing came."""
    if reply.failure:
        return FileOutcome("failed", why=reply.failure.reason)
    if reply.status in HIDDEN:
        return FileOutcome("forbidden")
    if reply.status in GONE:
        return FileOutcome("gone")
    return FileOutcome("failed", why=f"status {reply.status}")
