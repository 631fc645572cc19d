"""An OpenSearch or an Elasticsearch over HTTP: what is asked of it, and what it says where it cannot answer."""

from __future__ import annotations

import http.client
import ipaddress
import re
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Self
from urllib.parse import urlsplit

import orjson

from jira_crawler.exceptions import BadArgument, Refused

USER: Final = "SEARCH_USER"
PASSWORD: Final = "SEARCH_PASSWORD"  # noqa: S105 - the name of a variable
API_KEY: Final = "SEARCH_API_KEY"
VARIABLES: Final = (USER, PASSWORD, API_KEY)
ALIAS: Final = "jira_crawler"  # where the URL names none
PATIENCE: Final = 60.0  # seconds that an answer may take
PAUSES: Final = (0.2, 1.0, 3.0)  # seconds before a question is asked again
_LATER: Final = (429, 502, 503, 504)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,200}")


@dataclass(frozen=True, slots=True)
class Server:
    """Where it is, by which name the index is known there, and who asks, which nobody is told."""

    url: str
    alias: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, url: str, secret: Callable[[str], str]) -> Self:
        """Reads SEARCH_URL, and the credentials in the environment; raises BadArgument."""
        parts = urlsplit(url)
        alias = parts.path.strip("/") or ALIAS
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.query:
            raise BadArgument("SEARCH_URL is not https://HOST:PORT/NAME, without a user or a password.")
        if not _NAME.fullmatch(alias):
            raise BadArgument(f"SEARCH_URL names the index {alias[:100]!r}, which no server takes.")
        headers = {}
        if key := secret(API_KEY):
            headers["Authorization"] = f"ApiKey {key}"
        elif secret(USER):
            said = b64encode(f"{secret(USER)}:{secret(PASSWORD)}".encode()).decode()
            headers["Authorization"] = f"Basic {said}"
        if headers and parts.scheme == "http" and not _is_here(parts.hostname):
            raise BadArgument(f"{USER}, {PASSWORD} and {API_KEY} are sent over https only: SEARCH_URL is http.")
        if any(not value.isascii() or not value.isprintable() for value in headers.values()):
            raise BadArgument(f"{API_KEY} is not text that a header can hold.")
        return cls(f"{parts.scheme}://{parts.netloc}", alias, headers)

    @property
    def name(self) -> str:
        """What tells this index from any other, and says nothing of who asks."""
        return sha256(f"{self.url}/{self.alias}".encode()).hexdigest()[:12]


class Away(Refused):
    """The server does not answer, or refuses us."""


class Connection:
    """Asks a server, from several threads, each over a connection of its own."""

    def __init__(self, server: Server, *, patience: float = PATIENCE, pauses: Sequence[float] = PAUSES):
        self.server, self._patience, self._pauses = server, patience, pauses
        self._of_thread = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def ask(self, method: str, path: str, body: Any = None, *, may: tuple[int, ...] = (), refresh: bool = False) -> Any:
        """Gives the answer, read; None for a status of those that `may` be. Raises Away.

        `body` is made JSON, but for bytes, which are lines of it. A question is asked again where that may help; all
        that are asked here bear being asked twice.
        """
        data = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
        kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
        headers = {"Accept": "application/json", **self.server.headers, **({"Content-Type": kind} if data else {})}
        said = ""
        for pause in (0.0, *self._pauses):
            time.sleep(pause)
            try:
                status, answer = self._sent(method, path, data, headers)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                said = str(getattr(error, "strerror", None) or error) or type(error).__name__
                continue
            if status in _LATER:
                said = f"status {status}"
                continue
            return self._read(status, answer, may)
        raise Away(f"{self.server.url} does not answer (SEARCH_URL): {said.rstrip('.')}.")

    def close(self) -> None:
        """Closes the connections of all threads, of which none asks any more."""
        for each in self._all:
            each.close()
        self._all, self._of_thread = [], threading.local()

    def _drop(self) -> None:
        kept = getattr(self._of_thread, "connection", None)
        self._of_thread.connection = None
        if kept:
            kept.close()
            self._all.remove(kept)

    def _sent(self, method: str, path: str, data: bytes | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        connection = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = self._of_thread.connection = self._connected()
            self._all.append(connection)
        connection.request(method, path, data, dict(headers))
        response = connection.getresponse()
        return response.status, response.read()

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.server.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, parts.port, timeout=self._patience, context=context)
        return http.client.HTTPConnection(host, parts.port, timeout=self._patience)

    def _read(self, status: int, answer: bytes, may: tuple[int, ...]) -> Any:
        if status in may:
            return None
        if status in (401, 403):
            raise Away(f"{self.server.url} lets nobody in (status {status}): set {USER} and {PASSWORD}, or {API_KEY}.")
        try:
            told = orjson.loads(answer or b"{}")
        except ValueError:
            raise Away(f"{self.server.url} answers what is no JSON (status {status}): is it an OpenSearch?") from None
        if status >= 300:
            raise Away(f"{self.server.url} refuses what was asked (status {status}): {reason(told)}.")
        return told


def _is_here(host: str) -> bool:
    """Whether a host is this very machine, so that nobody hears what is sent there."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reason(told: Any) -> str:
    """Gives the first line of what a server says is wrong."""
    error = told.get("error", told) if isinstance(told, dict) else told
    if isinstance(error, dict):
        roots = error.get("root_cause")
        error = (roots[0] if isinstance(roots, list) and roots else error).get("reason") or error.get("type") or error
    return (str(error).splitlines() or ["it does not say why"])[0][:300].rstrip(".")
