"""A file on its way from an answer to the disk: piece by piece, within its limit, and only if it is that file."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from jira_crawler.crawl.attached_tasks import FetchAttachment
from jira_crawler.crawl.reply import FileOutcome
from jira_crawler.trackers.jira import transfer as rules

if TYPE_CHECKING:
    from scrapy.http import Headers

    from jira_crawler.feeds.attachments import PartFile

WHOLE, PART, BEYOND = 200, 206, 416


class Way(Enum):
    """What becomes of the body of an answer: it goes to the disk, is read as any other, or is not wanted at all."""

    FILE, ANSWER, NOT = range(3)


class Transfer:
    """Holds what is here of a file, and what became of it (`outcome`) once that is known."""

    def __init__(self, task: FetchAttachment, part: PartFile, limit: int, is_taken: Callable[[str], bool]):
        self.task, self.part, self.limit, self.is_taken = task, part, limit, is_taken
        self.outcome: FileOutcome | None = None
        self._served = ""
        self._whole = -1  # bytes that the answer says the whole file has

    def asks(self) -> dict[str, str]:
        """Gives the headers that ask for what is not here yet."""
        if not self.part.size:
            return {}
        if_same = {"If-Range": self.part.tag} if self.part.tag else {}
        return {"Range": f"bytes={self.part.size}-", **if_same}

    def begins(self, status: int, headers: Headers, length: int | None) -> Way:
        """Looks at an answer before its body comes; `length` is in bytes."""
        if status not in (WHOLE, PART):
            small = length is not None and length <= 64 * 1024
            return Way.ANSWER if small else Way.NOT
        said = {name.decode("latin-1").lower(): values[-1].decode("latin-1") for name, values in headers.items()}
        self._served = said.get("content-type", "")
        if rules.is_login_page(self.task.mime, self._served):
            return self._ends(FileOutcome("forbidden"))
        if said.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            return self._ends(FileOutcome("failed", why="it is packed, which was not asked for"))
        if status == PART:
            found = rules.range_of(said)
            if found is None or found[0] != self.part.size:
                self.part.restart()
                return self._ends(FileOutcome("failed", why="another part came than was asked for", again=True))
            self._whole = found[1]
            if self._whole < 0 and length is not None:
                self._whole = self.part.size + length
        else:  # all of it, whatever was asked for
            self.part.restart(rules.tag_of(said))
            self._whole = -1 if length is None else length
        if self._whole > self.limit:
            return self._ends(FileOutcome("too_big", size=self._whole))
        return Way.FILE

    def write(self, data: bytes) -> bool:
        """Takes a piece; False where no more is wanted."""
        if self.part.size + len(data) > self.limit:
            self._ends(FileOutcome("too_big", size=self.part.size + len(data)))
            return False
        try:
            self.part.write(data)
        except OSError as error:
            self.outcome = FileOutcome("failed", why=f"it cannot be written: {error.strerror}")
            return False
        return True

    def ended(self, *, certain: bool) -> None:
        """Gives the file its name once all of it is here; `certain`: the answer said where its end is."""
        said, here = self.task.size, self.part.size
        expected = self._whole if self._whole >= 0 else said
        if rules.is_login_page(self.task.mime, self._served, self.part.head):
            self._ends(FileOutcome("forbidden"))
        elif (said >= 0 and said != here) or (expected >= 0 and expected != here):
            is_page = rules.is_html(self._served) and rules.is_html(self.task.mime)
            wanted = said if said >= 0 and said != here else expected
            why = f"{here} bytes came, and it has {wanted}"
            self._ends(FileOutcome("forbidden") if is_page else FileOutcome("failed", why=why, again=True))
        elif expected < 0 and not certain:
            self._ends(FileOutcome("failed", why="nobody says where it ends, and the connection did", again=True))
        else:
            try:
                there = self.part.finish(self.is_taken)
            except OSError as error:
                self.outcome = FileOutcome("failed", why=f"it cannot be written: {error.strerror}")
                return
            looks = rules.looks_like(there.head)
            self.outcome = FileOutcome("stored", size=there.size, sha256=there.sha256, path=there.path, mime=looks)

    def leads(self, state: str, why: str) -> None:
        """Notes that the file is not to be had by this way."""
        self._ends(FileOutcome(state, why=why))

    def _ends(self, outcome: FileOutcome) -> Way:
        """Notes what became of a file that is not to be kept."""
        self.outcome = outcome
        self.part.discard()
        return Way.NOT
