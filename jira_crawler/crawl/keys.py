"""Which keys have an issue, where pages are read: those that are tried one after the other, and those that lead on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from jira_crawler.crawl.html_tasks import FetchHtmlIssue
from jira_crawler.crawl.session import Session

FOR_EVER = 2**62  # ms
HOPS = 5  # keys that lead on to each other: Jira leads from any old key to the present one
# So many times `gap` keys behind the last issue that could be read, the site has something else for every key.
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class HtmlScope:
    """What to read this time: whole projects, or the pages of `keys`.

    `browser` says when one is used: auto, always or never; `gap` keys in a row without an issue are the end of a
    project; a page that comes broken is asked for again `retries` times at most.
    """

    projects: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    browser: str = "auto"
    gap: int = 50
    retries: int = 5


def project_of(key: str) -> str:
    """Gives the project that a key belongs to."""
    return key.rpartition("-")[0]


class Keys:
    """Makes the questions for the pages of keys, and accounts for what each key led to.

    `named` counts the keys that the search of a project has named, which every process asks for anew.
    """

    def __init__(self, session: Session, scope: HtmlScope) -> None:
        self.session, self.scope = session, scope
        self.named: Counter[str] = Counter()

    def look(self, key: str, *, tried: bool = False, hops: int = 0) -> FetchHtmlIssue:
        """Asks for an issue's page; `tried`: there may be none; `hops` counts the keys that have led here."""
        always = self.scope.browser == "always"
        return FetchHtmlIssue(project=project_of(key), key=key, tried=tried, hops=hops, browser=always)

    def behind(self, project: str, number: int) -> Iterator[FetchHtmlIssue]:
        """Asks for the keys behind one that is there; whichever was asked for already is known to the frontier."""
        self.session.state.tried.setdefault(project, 0)
        for n in range(number + 1, number + self.scope.gap + 1):
            yield self.look(f"{project}-{n}", tried=True)

    def has_issue(self, key: str, *, read: bool) -> Iterator[FetchHtmlIssue]:
        """Goes on behind a key that was tried and has an issue, unless too many in a row had none that can be read."""
        project, number = project_of(key), int(key.rpartition("-")[2])
        tried, most = self.session.state.tried, PATIENCE * self.scope.gap
        last = tried.setdefault(project, 0)
        if read:
            tried[project] = max(last, number)
        elif number > last + most:
            self.session.findings.add(f"The keys of {project} lead to no issue that can be read, {most} in a row.")
            return
        yield from self.behind(project, number)

    def leads_on(self, key: str, to: str) -> bool:
        """Notes that an issue is called something else by now; tells whether its keys lead in a circle."""
        moves = self.session.state.moves
        moves[key] = to
        for _ in range(HOPS):
            if to == key:
                return True
            if to not in moves:
                return False
            to = moves[to]
        return True

    def is_asked_for(self, key: str) -> bool:
        """Tells whether a key is of a project that is read, or of which an issue is."""
        return project_of(key) in (*self.scope.projects, *map(project_of, self.scope.keys))

    def leaves(self, project: str) -> None:
        """Counts an issue whose key led out of what was asked for; a run that is taken up does not ask it again."""
        left = self.session.state.left
        left[project] = left.get(project, 0) + 1

    def account(self) -> None:
        """Says which projects show no issue, and how many keys led to none of their own, now that all is asked."""
        session = self.session
        for project, last in session.state.tried.items():
            if not last:  # there may be no such project
                session.findings.add(f"{session.site.url} shows no issue of {project}, or has no such project.")
        if lost := self._lost():
            session.findings.add(f"{lost} of the keys that the search names led to no issue of their own.")

    def _lost(self) -> int:
        """Counts the keys that the search has named and that led to no issue, such as two to one, where all is well."""
        session = self.session
        session.store.commit()
        named = sum(n - session.state.left.get(project, 0) for project, n in self.named.items())
        held = session.store.progress.listed
        lost = named - sum(held(session.site.name, project, session.state.run, FOR_EVER) for project in self.named)
        return 0 if session.findings else max(0, lost)
