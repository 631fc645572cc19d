"""An answer that never came, as an answer: every question reaches its callback once, whatever happens on the way.

So there is one path for everything that a question leads to, and one place where it ends.
"""

from __future__ import annotations

from typing import Any

from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.http import Response

from jira_crawler.exceptions import CrawlerError
from jira_crawler.sentences import printable, quoted


class FailureResponse(Response):
    """Stands where a response should be: `reason` in a few words.

    `last_word` means that nothing else need be asked of this site; `reached` that somebody answered, but not as a
    tracker does.
    """

    attributes = (*Response.attributes, "reason", "last_word", "reached")

    def __init__(
        self, url: str, reason: str = "", *, last_word: bool = False, reached: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(url, **{"status": 599} | kwargs)
        self.reason, self.last_word, self.reached = printable(reason), last_word, reached


class UndecodableResponse(Response):
    """An answer whose body cannot be had: `flaw` says why, `is_transient` whether asking again may help.

    Status and headers are the answer's own, for whoever goes by them.
    """

    attributes = (*Response.attributes, "flaw", "is_transient")

    def __init__(self, url: str, flaw: str = "", *, is_transient: bool = True, **kwargs: Any) -> None:
        super().__init__(url, **kwargs)
        self.flaw, self.is_transient = flaw, is_transient


def describe(error: BaseException) -> str:
    """Says in a few words why a request failed for good."""
    if isinstance(error, CrawlerError):
        return str(error)
    known = {
        CannotResolveHostError: "its name is not known",
        DownloadConnectionRefusedError: "nobody listens there",
        DownloadTimeoutError: "no answer in time",
    }
    words = (words for kind, words in known.items() if isinstance(error, kind))
    return next(words, quoted(f"{type(error).__name__} {error}"))
