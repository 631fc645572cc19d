"""Which issues a project has, for a spider that reads their pages: from the search, else one key after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLEETING
from jira_crawler.items import RawIssue
from jira_crawler.spiders.asking import Asking
from jira_crawler.trackers import introduction, read_introduction, tracker
from jira_crawler.trackers.contract import Position, Slice

IDS = 1_000
Output = Iterator[Request | RawIssue]


class Finding(Asking):
    """A spider that is given projects and needs keys. `gap` keys in a row without an issue are the end of a project."""

    projects: tuple[str, ...]
    gap: int
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
            yield self.listing(Slice(project), Position(), dialect)

    def listing(self, slice_: Slice, at: Position, dialect: str) -> Request:
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect}
        question = tracker(dialect, self.site.url).listing(slice_, at, IDS)
        return self.ask(question, self.listed, {FLEETING: True, "max_retry_times": 2}, **kept)

    def listed(self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str) -> Output:
        """Reads the page of every issue that a listing names."""
        walked, position = msgspec.convert(slice_, Slice), msgspec.convert(at, Position)
        speaks = tracker(dialect, self.site.url)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            page = speaks.read_page(response.body)
        except Unreadable as error:
            said = "%s is not listed (%s): keys are tried one after the other"
            self.logger.info(said, walked.project, error)
            yield from self.next_keys(walked.project, 0)
            return
        self.counted[walked.project] = max(self.counted.get(walked.project, 0), page.total or 0)
        for issue in page.issues:
            if issue.key:
                yield self.look(issue.key)
        if onward := speaks.advance(position, page):
            yield self.listing(walked, onward, dialect)

    def next_keys(self, project: str, number: int) -> Output:
        """Asks for the keys behind one that is there; whichever was asked for already is known to the frontier."""
        for n in range(number + 1, number + self.gap + 1):
            yield self.look(f"{project}-{n}", tried=True)
