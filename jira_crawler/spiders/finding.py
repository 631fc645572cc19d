"""Which issues a project has, for a spider that reads their pages: from the search, else one key after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLEETING
from jira_crawler.items import RawIssue
from jira_crawler.spiders.asking import Asking
from jira_crawler.trackers import introduction, read_introduction, sane, tracker, walk
from jira_crawler.trackers.answers import lacks_project
from jira_crawler.trackers.contract import Cursor, Window

IDS = 1_000
Output = Iterator[Request | RawIssue]


FOR_EVER = 2**62  # ms
HOPS = 5  # keys that lead on to each other: Jira leads from any old key to the present one
# So many times `gap` keys behind the last issue that could be read, the site has something else for every key.
PATIENCE = 10


class Finding(Asking):
    """A spider that is given projects and needs keys. `gap` keys in a row without an issue are the end of a project."""

    projects: tuple[str, ...]
    gap: int
    tried: dict[str, int]  # by project whose keys are tried: the highest with an issue behind it, 0 for none so far
    named: Counter[str]  # keys that the search of a project has named, which every process asks for anew
    look: Callable[..., Request]  # what to do with a key is the reading spider's to say

    def find(self) -> Request:
        """Asks who the site is, to learn whether it answers programs."""
        return self.ask(introduction(self.site.url), self.introduced, {"max_retry_times": 1, FLEETING: True})

    def introduced(self, response: Response) -> Output:
        """Lists the keys through the search, if there is one."""
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            dialect = read_introduction(response.body)[0]
        except Unreadable as error:
            self.logger.info(
                "%s does not answer programs (%s): keys are tried one after the other", self.site.url, error
            )
            for project in self.projects:
                yield from self.next_keys(project, 0)
            return
        for project in self.projects:
            yield self.listing(Window(project), Cursor(), dialect)

    def listing(self, slice_: Window, at: Cursor, dialect: str) -> Request:
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect}
        question = tracker(dialect, self.site.url).listing(slice_, at, IDS)
        return self.ask(question, self.listed, {FLEETING: True, "max_retry_times": 2}, **kept)

    def listed(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str) -> Output:
        """Reads the page of every issue that a listing names."""
        walked, position = msgspec.convert(slice_, Window), msgspec.convert(at, Cursor)
        speaks = tracker(dialect, self.site.url)
        if response.status == 400 and lacks_project(why := self.trouble(response), walked.project):
            self.fault(f"{self.site.url} has no project {walked.project}, or does not show it to this visitor: {why}")
            return
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            page = speaks.read_page(response.body)
        except Unreadable as error:
            said = "%s is not listed (%s): keys are tried one after the other"
            self.logger.info(said, walked.project, error)
            yield from self.next_keys(walked.project, 0)
            return
        step = sane.step(speaks, walked, position, page, self.counted.get(walked.project, page.total))
        if page.total is not None and not step.wrong:
            self.counted[walked.project] = max(self.counted.get(walked.project, 0), page.total)
        self.named[walked.project] += sum(bool(issue.key) for issue in step.fresh)
        for issue in step.fresh:
            if issue.key:
                yield self.look(issue.key)
            else:
                self.fault(f"The search names an issue of {walked.project} without a key.")
        if step.onward:
            if step.wrong:
                self.logger.info("A page of %s is asked for again: %s", walked.project, step.wrong)
            yield self.listing(walked, step.onward, dialect)
        elif step.wrong:
            self.fault(f"The keys of {walked.project} were not listed to the end: {step.wrong}.")
        else:
            yield self.count(walked.project, position.listed + len(step.fresh), dialect)

    def count(self, project: str, listed: int, dialect: str) -> Request:
        """Asks how many issues older than this run the project has, to compare that with the keys that were listed."""
        question = tracker(dialect, self.site.url).count(Window(project, end=walk.floor_minute(self.run)))
        kept = {"project": project, "listed": listed, "dialect": dialect}
        return self.ask(question, self.count_known, {FLEETING: True, "max_retry_times": 2}, **kept)

    def count_known(self, response: Response, project: str, listed: int, dialect: str) -> None:
        """Says what is missing where the tracker counts more issues than its search names."""
        speaks = tracker(dialect, self.site.url)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            count = speaks.read_count(response.body)
        except Unreadable as error:
            self.fault(f"{project} was listed, but not proved complete: {error}.")
            return
        if count - listed > speaks.tolerance * count:
            self.fault(f"The search names {listed} of the {count} issues of {project} that it counts.")

    def next_keys(self, project: str, number: int) -> Output:
        """Asks for the keys behind one that is there; whichever was asked for already is known to the frontier."""
        self.tried.setdefault(project, 0)
        for n in range(number + 1, number + self.gap + 1):
            yield self.look(f"{project}-{n}", tried=True)

    def is_there(self, project: str, number: int, *, read: bool) -> Output:
        """Goes on behind a key that was tried and has an issue, unless too many in a row had none that can be read."""
        last = self.tried.setdefault(project, 0)
        if read:
            self.tried[project] = max(last, number)
        elif number > last + PATIENCE * self.gap:
            self.fault(f"The keys of {project} lead to no issue that can be read, {PATIENCE * self.gap} in a row.")
            return
        yield from self.next_keys(project, number)

    def leads_on(self, key: str, to: str) -> bool:
        """Notes that an issue is called something else by now; tells whether its keys lead in a circle."""
        moves: dict[str, str] = self.state.setdefault("moves", {})
        moves[key] = to
        for _ in range(HOPS):
            if to == key:
                return True
            if to not in moves:
                return False
            to = moves[to]
        return True

    def account_for_keys(self) -> None:
        """Says what is missing where the keys that a search has named led to fewer issues, such as twice to one."""
        self.dataset.commit()
        left = self.state.get("left", {})
        held = self.dataset.store.walks.listed
        named = sum(n - left.get(project, 0) for project, n in self.named.items())
        lost = named - sum(held(self.site.name, project, self.run, FOR_EVER) for project in self.named)
        if lost > 0 and not self.faults and not self.stopping:
            self.fault(f"{lost} of the keys that the search names led to no issue of their own.")

    def leaves(self, project: str) -> None:
        """Counts an issue whose key led out of what was asked for; a run that is taken up does not ask it again."""
        left: dict[str, int] = self.state.setdefault("left", {})
        left[project] = left.get(project, 0) + 1

    def nothing_found(self) -> None:
        """Says which projects have no issue among the keys that were tried: there may be no such project."""
        for project, last in self.tried.items():
            if not last:
                self.fault(f"{self.site.url} shows no issue of {project}, or has no such project.")
