"""Where pages of examples come from: a folder that may be crawled into, or a server that answers `/pull`."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

import orjson
import zstandard
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds.cursor import StaleCursor
from jira_crawler.feeds.pull import MOST, Choice, Pull
from jira_crawler.sentences import masked, quoted

LONGEST_WAIT: Final = 30.0  # seconds of one question
PATIENCE: Final = 300.0  # seconds that a server which is away is waited for
_MOST_BYTES: Final = 1 << 30  # of an answer, unpacked


@dataclass(frozen=True, slots=True)
class Pulled:
    """Lines and gone issues behind a cursor; `is_last` if nothing is behind them."""

    cursor: str
    lines: Sequence[bytes] = ()
    gone: Sequence[str] = ()
    is_last: bool = False


class PageSource(Protocol):
    """Raises StaleCursor where it has to be begun anew."""

    def pull(self, after: str, choice: Choice, wait: float = 0.0) -> Pulled: ...
    def close(self) -> None: ...


def opened(place: str, store_url: str = "", token: str = "", patience: float = PATIENCE) -> PageSource:
    """Opens a folder or a server's URL, under a name of its own: what changes from now on is kept for it."""
    if place.startswith(("http://", "https://")):
        return ServerSource(place, token, patience)
    return FolderSource(Path(place), store_url)


class FolderSource:
    """Reads feeds and their store; the name is given back when it is closed, and else after CONSUMER_DAYS."""

    def __init__(self, folder: Path, store_url: str = ""):
        self._pull = Pull.open(folder, store_url)
        self._name = f"samples-{token_hex(6)}"

    def pull(self, after: str, choice: Choice, wait: float = 0.0) -> Pulled:
        """Reads a page; waits for a change if there is none."""
        page = self._pull.waited(after, choice, MOST, self._name, wait)
        return Pulled(page.cursor, page.lines, page.gone, page.is_last)

    def close(self) -> None:
        with suppress(SQLAlchemyError):
            self._pull.forget(self._name)
        self._pull.close()


@dataclass(slots=True)
class ServerSource:
    """Asks a server, and again where it does not answer; it follows nobody elsewhere with its token."""

    url: str
    token: str = field(default="", repr=False)
    patience: float = PATIENCE
    name: str = field(default_factory=lambda: f"samples-{token_hex(6)}")

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if not parts.hostname or parts.username or parts.query or parts.fragment:
            raise BadArgument(f"{masked(self.url)} is no address of a server, such as http://127.0.0.1:8090.")

    def pull(self, after: str, choice: Choice, wait: float = 0.0) -> Pulled:
        """Asks for a page, for up to `patience` seconds."""
        asked: dict[str, Any] = {"n": MOST, "wait": f"{min(wait, LONGEST_WAIT):.3f}", "consumer": self.name}
        asked |= {"after": after} if after else {}
        asked |= {"min_quality": f"{choice.min_quality:.6f}"} if choice.min_quality else {}
        asked |= {name: ",".join(said) for name in ("tasks", "projects") if (said := getattr(choice, name))}
        *lines, last = self._until_it_answers(lambda: self._ask(asked, wait))
        told = orjson.loads(last)
        is_last = not lines and not told["gone"] and told["cursor"] == after
        return Pulled(told["cursor"], lines, told["gone"], is_last)

    def close(self) -> None:
        pass

    def _until_it_answers(self, ask: Callable[[], list[bytes]]) -> list[bytes]:
        until, pause = time.monotonic() + self.patience, 0.05
        while True:
            try:
                return ask()
            except (OSError, HTTPException, ValueError, zstandard.ZstdError, EOFError) as error:
                if time.monotonic() + pause > until:
                    said = quoted(str(error) or type(error).__name__).rstrip(".")
                    raise Refused(f"{masked(self.url)} does not answer: {said}.") from error
            time.sleep(pause)
            pause = min(2 * pause, 5.0)

    def _ask(self, asked: dict[str, Any], wait: float) -> list[bytes]:
        """Gives the lines of one answer; raises what may be over in a moment as it is."""
        parts = urlsplit(self.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(str(parts.hostname), parts.port, timeout=wait + 60)
        headers = {"Accept-Encoding": "zstd, gzip"} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        try:
            connection.request("GET", f"{parts.path.rstrip('/')}/pull?{urlencode(asked)}", headers=headers)
            answer = connection.getresponse()
            body, coding = answer.read(), answer.headers.get("Content-Encoding", "")
        finally:
            connection.close()
        if answer.status == 410:
            raise StaleCursor(quoted(body.decode("utf-8", "replace")))
        if answer.status in (400, 401, 403, 404):
            raise BadArgument(f"{masked(self.url)} refuses: {quoted(body.decode('utf-8', 'replace'))}")
        if answer.status != 200:
            raise ValueError(f"status {answer.status}: {quoted(body.decode('utf-8', 'replace'))}")
        lines = _unpacked(body, coding).splitlines(keepends=True)
        told = orjson.loads(lines[-1]) if lines else None
        if (
            not isinstance(told, dict)
            or not isinstance(told.get("cursor"), str)
            or not isinstance(told.get("gone"), list)
        ):
            raise ValueError("the answer has no last line")
        return lines


def _unpacked(body: bytes, coding: str) -> bytes:
    if coding == "zstd":
        unpacked = zstandard.ZstdDecompressor().stream_reader(BytesIO(body)).read(_MOST_BYTES)
    else:
        unpacked = gzip.GzipFile(fileobj=BytesIO(body)).read(_MOST_BYTES) if coding == "gzip" else body
    return bytes(unpacked)
