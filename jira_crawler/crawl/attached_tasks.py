"""The questions about what hangs on issues: their links to elsewhere, and their files."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from msgspec import Meta

from jira_crawler.crawl.task import FIRST, RestTask, Task

Number: TypeAlias = Annotated[str, Meta(pattern=r"\A[0-9]{1,18}\Z")]  # an id, which stands in addresses and in paths


class ListUnlinked(Task, frozen=True, tag=True, kw_only=True):
    """Which of our issues, behind one by its id, have links to be asked for? Nobody else is asked.

    It waits behind what it led to so far, so that not all of it waits at once. `number` tells one process' question
    from another's, which begins with the first issue again.
    """

    after: str = ""
    number: int = 0

    asks: ClassVar[bool] = False

    @property
    def identity(self) -> str:
        return f"unlinked {self.after} {self.number}"


class FetchRemoteLinks(RestTask, frozen=True, tag=True, kw_only=True):
    """The links to elsewhere of an issue as it is since `since` (ms); `run` is set where all are asked for again."""

    id: Number
    key: str = ""
    since: int = 0
    run: int = 0

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        return f"links {self.id} {self.since} {self.run}"


class ListAttachments(Task, frozen=True, tag=True, kw_only=True):
    """Which files do our issues have, behind one by its id? With `proves`: is it known what became of each?"""

    after: str = ""
    proves: bool = False
    number: int = 0

    asks: ClassVar[bool] = False

    @property
    def identity(self) -> str:
        return f"files {self.after} {self.proves} {self.number}"


class FetchAttachment(RestTask, frozen=True, tag=True, kw_only=True):
    """A file of an issue: what the issue tells of it, `size` in bytes (-1: it does not say) included."""

    issue: Number
    key: str = ""
    id: Number
    name: str = ""
    size: int = -1
    mime: str = ""

    priority: ClassVar[int] = FIRST

    @property
    def identity(self) -> str:
        """What is in a file never changes; it is asked for again only where something else came."""
        return f"file {self.issue} {self.id} {self.attempt}"
