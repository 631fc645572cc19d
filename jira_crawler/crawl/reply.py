"""What came of a question, refusal and failure included: one path for everything, and no second one for errors."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.answers import words


class Failure(msgspec.Struct, frozen=True):
    """Why no answer came: `reason` in a few printable words.

    `last_word` means that nothing else need be asked of this site; `reached` that somebody answered, but not as a
    tracker does.
    """

    reason: str
    last_word: bool = False
    reached: bool = False


class FileOutcome(msgspec.Struct, frozen=True):
    """What became of a file: a `state`, and of one that is stored its size, hash, path and what it looks like.

    `why` says what went wrong, `again` that another time something else may come. `size` is in bytes, of what was met
    where no file is stored.
    """

    state: str
    why: str = ""
    size: int = 0
    sha256: str = ""
    path: str = ""
    mime: str = ""
    again: bool = False


class Reply(msgspec.Struct, frozen=True):
    """One answer: `headers` by lower-case name, `seconds` from sending to the first byte of it.

    `attempt` says how often the question had been asked before, for whatever reason. A `file` went where files go, and
    is not in the body.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    seconds: float = 0.0
    failure: Failure | None = None
    attempt: int = 0
    file: FileOutcome | None = None

    @property
    def trouble(self) -> str:
        """Says why this is not the answer that was asked for; "" if it is one."""
        if self.failure:
            return self.failure.reason
        return "" if self.status == 200 else words(self.body) or f"status {self.status}"

    def json_or_raise(self) -> bytes:
        """Gives the body of an answer; raises Unreadable with the reason where there is none."""
        if why := self.trouble:
            raise Unreadable(why)
        return self.body
