"""A Jira that answers as honestly as it can until a test tells it otherwise, byte by byte if need be.

A rule sees each request before the honest Jira does and gives an Answer, None for the honest one, or bytes, which
are sent as they are and end the connection. Every request is remembered with its headers, so that a test can count
what was asked and see what was handed over. It knows nothing of the crawler.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

FIRST = 1_700_000_000_000  # when the first made-up issue was created, in epoch milliseconds
APART = 3_600_000  # … and how long after it the next one was


@dataclass(frozen=True)
class Asked:
    """A request as it came: names of headers in lower case, parameters of the address and of a JSON body together."""

    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def jql(self) -> str:
        return self.params.get("jql", "")

    @property
    def is_count(self) -> bool:
        """Whether only a number is wanted."""
        return self.path.endswith("/approximate-count") or self.params.get("maxResults") == "0"

    @property
    def is_page(self) -> bool:
        """Whether whole issues are searched for."""
        return bool(self.jql) and not self.is_count and "*all" in self.params.get("fields", "")

    @property
    def is_listing(self) -> bool:
        """Whether only ids and creation times are searched for."""
        return bool(self.jql) and not self.is_count and not self.is_page


@dataclass(frozen=True)
class Answer:
    """What is sent; `seconds` is how long the server waits before that, unless the test ends first."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    seconds: float = 0.0


Rule = Callable[[Asked], "Answer | bytes | None"]


def as_json(what: Any, status: int = 200, **headers: str) -> Answer:
    """Makes an answer of JSON; a header's underscores are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(what).encode(), status, {"Content-Type": "application/json"} | named)


def issue(number: int, project: str = "ACME", **fields: Any) -> dict[str, Any]:
    """Makes up an issue: its id is 1000 + its number, and each was created an hour after the one before."""
    when = stamp(FIRST + APART * number)
    return {
        "id": str(1000 + number),
        "key": f"{project}-{number}",
        "fields": {
            "summary": f"Number {number} is about the lease of a broker",
            "description": f"The broker number {number} loses its lease after some {number} minutes of rest.",
            "created": when,
            "updated": when,
            "issuetype": {"name": "Bug"},
            "project": {"key": project},
            **fields,
        },
    }


def stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def created(each: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(each["fields"]["created"]).timestamp() * 1000)


class Hostile:
    """An honest Jira over a list of issues, in one dialect, with a rule in front of it."""

    def __init__(self, issues: Sequence[dict[str, Any]], rule: Rule, dialect: str, page_cap: int) -> None:
        self.issues, self.rule, self.dialect, self.page_cap = list(issues), rule, dialect, page_cap
        self.requests: list[Asked] = []
        self.url = ""
        self.stopped = threading.Event()  # ends every wait of a slow answer
        self._came = threading.Condition()

    def answer(self, asked: Asked) -> Answer | bytes:
        with self._came:
            self.requests.append(asked)
            self._came.notify_all()
        ruled = self.rule(asked)
        return self.honest(asked) if ruled is None else ruled

    def wait_for(self, count: int, seconds: float = 600.0) -> None:
        """Waits until so many requests have come, as an event and not as a time; fails if they never do."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.requests) >= count, seconds), f"{len(self.requests)} requests"

    def honest(self, asked: Asked) -> Answer:
        """What a good Jira would answer."""
        tail = asked.path.partition("/rest/api/")[2].partition("/")[2]
        if tail == "serverInfo":
            kind = "Cloud" if self.dialect == "cloud" else "Server"
            return as_json({"version": "9.12.0", "deploymentType": kind})
        if asked.is_count:
            found = len(self.found(asked.jql))
            return as_json({"count": found} if self.dialect == "cloud" else {"total": found, "issues": []})
        if tail in ("search", "search/jql"):
            return self._search(asked)
        if tail.startswith("issue/"):
            wanted = tail.split("/")[1]
            for each in self.issues:
                if wanted in (each["id"], each["key"]):
                    return as_json(each)
            return as_json({"errorMessages": ["Issue Does Not Exist"]}, 404)
        return as_json({"errorMessages": [f"null for uri: {asked.path}"]}, 404)

    def _search(self, asked: Asked) -> Answer:
        found = self.found(asked.jql)
        token = asked.params.get("nextPageToken", "")
        start = int(token or asked.params.get("startAt", "0"))
        size = min(int(asked.params.get("maxResults", "50")), self.page_cap)
        page = found[start : start + size]
        if self.dialect == "cloud":
            more = {"nextPageToken": str(start + size)} if start + size < len(found) else {"isLast": True}
            return as_json({"issues": page, **more})
        return as_json({"startAt": start, "maxResults": size, "total": len(found), "issues": page})

    def found(self, jql: str) -> list[dict[str, Any]]:
        """Finds by project, and by the bounds of `created` and `updated`, which is all the JQL that it knows."""
        project = re.search(r'project = "?(\w+)"?', jql)
        bounds = [(name, sign, int(ms)) for name, sign, ms in re.findall(r"(created|updated) (>=|<) (\d+)", jql)]

        def fits(each: dict[str, Any]) -> bool:
            for name, sign, ms in bounds:
                at = datetime.fromisoformat(each["fields"][name]).timestamp() * 1000
                if not (at >= ms if sign == ">=" else at < ms):
                    return False
            return not project or each["key"].startswith(f"{project[1]}-")

        return sorted(filter(fits, self.issues), key=created)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        jira = self.server.jira
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        params = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        try:
            told = json.loads(body) if body else {}
        except ValueError:
            told = {}
        for name, value in told.items() if isinstance(told, dict) else ():
            params[name] = ",".join(map(str, value)) if isinstance(value, list) else str(value)
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = jira.answer(Asked(self.command, parts.path, params, headers, body))
        if isinstance(answer, bytes):
            self.wfile.write(answer)
            self.close_connection = True
            return
        if answer.seconds:
            jira.stopped.wait(answer.seconds)
        self.send_response_only(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *arguments: object) -> None:
        """Says nothing: the requests are remembered."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    jira: Hostile

    def handle_error(self, *_: object) -> None:
        """A crawler that hangs up in the middle of an answer is what some tests want."""


@contextmanager
def hostile(
    issues: Sequence[dict[str, Any]] | int = 30,
    rule: Rule = lambda asked: None,
    *,
    dialect: str = "server",
    page_cap: int = 1000,
) -> Iterator[Hostile]:
    """Serves in threads until the block ends; a number of issues means that many made-up ones of the project ACME."""
    known = [issue(n) for n in range(1, issues + 1)] if isinstance(issues, int) else issues
    jira = Hostile(known, rule, dialect, page_cap)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.jira = jira
        jira.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield jira
        finally:
            jira.stopped.set()
            server.shutdown()
            thread.join()
