"""A crawl of issue pages without a process: the engine, the pages of the embedded Jira, and what is held meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from fake_jira.exchange import Request
from fake_jira.faults.switches import Fault
from fake_jira.options import Options
from fake_jira.server.application import Application
from jira_crawler.crawl.engine import CrawlEngine
from jira_crawler.crawl.html_engine import html_engine
from jira_crawler.crawl.html_tasks import FetchHtmlIssue
from jira_crawler.crawl.keys import HtmlScope
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.session import CrawlState, GaveUp, Session
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import decode, encode
from jira_crawler.items import RawIssue
from jira_crawler.sites import Site
from tests.unit.assembled import assembled

BASE = "http://jira.test"
RUN = 1_900_000_000_000  # later than anything made up
MOST = 20_000  # questions of a crawl that ends


class Asked(NamedTuple):
    """A question that was asked: the path and query, and by what."""

    path: str
    task: Task


class Held:
    """What the store holds, as far as a crawl of pages asks it."""

    def __init__(self) -> None:
        self.issues: list[RawIssue] = []
        self.rejects: dict[str, str] = {}
        self.forgotten: list[str] = []
        self._committed: list[RawIssue] = []

    @property
    def progress(self) -> Any:
        return self

    def listed(self, site: str, project: str, run: int, before: int) -> int:
        return len({issue.id or issue.key for issue in self._committed if issue.project == project})

    def unreadable(self, site: str) -> dict[str, str]:
        return dict(self.rejects)

    def forget(self, site: str, id_: str) -> None:
        self.forgotten.append(id_)

    def commit(self) -> None:
        self._committed = list(self.issues)


class HtmlSite:
    """The embedded Jira, asked in this process; `replies` gives what it says otherwise, by path or whole address.

    A browser sees what scripts would have put into the page.
    """

    def __init__(self, **options: Any) -> None:
        self.options = {"seed": 3, "issues": 12} | options
        self.application = self._application()
        self.browsed = self._application(page_comments="dom", comments_shown=0)
        self.replies: dict[str, Reply | Callable[[Reply], Reply]] = {}
        self.asked: list[Asked] = []

    def _application(self, **options: Any) -> Application:
        chosen = Options(**(self.options | options))
        return Application(assembled(chosen, BASE), chosen)

    def issues(self, project: str = "") -> list[dict[str, Any]]:
        projects = self.application.manifest()["projects"]
        return [facts for name, each in projects.items() if project in ("", name) for facts in each["issues"]]

    def keys(self, project: str = "") -> list[str]:
        return [facts["key"] for facts in self.issues(project)]

    def reply(self, engine: CrawlEngine, task: Task) -> Reply:
        """Answers a task as the shell would hand it over."""
        query = engine.query(task)
        address = query.address.removeprefix(BASE)
        self.asked.append(Asked(address, task))
        path, _, rest = address.partition("?")
        said = self.replies.get(address) or self.replies.get(path)
        if isinstance(said, Reply):
            return _again(said, task)
        request = Request(query.method, unquote(path), parse_qs(rest), query.body, headers=dict(query.headers))
        seen_by = self.browsed if isinstance(task, FetchHtmlIssue) and task.browser else self.application
        answer = seen_by._answer(request, seen_by.faults.draw(request) or Fault("none"), "")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        honest = Reply(status=answer.status, body=answer.body, headers=headers)
        return _again(said(honest) if said else honest, task)

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]


def _again(reply: Reply, task: Task) -> Reply:
    return Reply(reply.status, reply.body, reply.headers, reply.seconds, reply.failure, reply.attempt or task.attempt)


class Crawl:
    """One run over a site, with a frontier that keeps tasks as JSON and takes each question once.

    `order` is in which tasks of the same priority are asked: 1 the oldest first, -1 the youngest.
    """

    def __init__(self, site: HtmlSite, *, order: int = 1, state: CrawlState | None = None, **scope: Any) -> None:
        self.site, self.held, self.order = site, Held(), order
        self.session = Session(site=Site(name="test", url=BASE), state=state or CrawlState(run=RUN), store=self.held)
        self.engine = html_engine(self.session, HtmlScope(**({"gap": 20} | scope)))
        self.failed: list[tuple[Task, str]] = []
        self._known: set[str] = set()
        self._waiting: list[tuple[int, int, bytes]] = []
        self._numbers = count()

    def run(self) -> Crawl:
        """Asks until nothing is left, and what there is to say at the end."""
        self.put(self.engine.start())
        for _ in range(MOST):
            while self._waiting:
                self.step()
            more = list(self.engine.idle())
            if not more:
                return self
            self.put(more)
        raise AssertionError("the crawl does not end")

    def put(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            identity = task.identity
            if identity in self._known:
                continue
            if identity:
                self._known.add(identity)
            # What nothing keeps is asked first, as the scheduler does.
            rank = -task.priority if identity else -1_000
            heappush(self._waiting, (rank, self.order * next(self._numbers), encode(task)))

    def step(self) -> None:
        """Asks what is first in line."""
        task = decode(heappop(self._waiting)[2])
        assert len(self.site.asked) < MOST, "the crawl does not end"
        for effect in self.engine.handle(task, self.site.reply(self.engine, task)):
            if isinstance(effect, GaveUp):
                self.failed.append((task, effect.sentence))
            elif isinstance(effect, RawIssue):
                self.held.issues.append(effect)
            else:
                self.put([effect])

    @property
    def findings(self) -> list[str]:
        return self.session.findings.sentences

    @property
    def read(self) -> set[str]:
        """The keys of the issues that were read."""
        return {issue.key for issue in self.held.issues if not issue.failed}

    @property
    def rejects(self) -> dict[str, str]:
        """Why a key has no issue."""
        return {issue.key: issue.failed for issue in self.held.issues if issue.failed}


def status(number: int, **headers: str) -> Reply:
    return Reply(status=number, headers=headers)


def silent(reason: str = "no answer in time", *, last_word: bool = False) -> Reply:
    return Reply(status=599, failure=Failure(reason, last_word=last_word))


def key_numbers(site: HtmlSite, project: str) -> Iterator[int]:
    """The numbers of the keys whose pages were asked for."""
    for path in site.paths():
        name = urlsplit(path).path.removeprefix("/browse/")
        if name.startswith(f"{project}-") and "?" not in path:
            yield int(name.rpartition("-")[2])
