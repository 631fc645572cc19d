"""One bad issue does not take its page with it: it is singled out, asked for by itself, then with fewer fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLOOR, MARK
from jira_crawler.items import RawIssue
from jira_crawler.spiders.completing import FIRST, Completing, Output
from jira_crawler.trackers import sane, walk
from jira_crawler.trackers.contract import Listed, Position, Slice

# More than any overlap of an ordinary walk; enough to find the next issue behind what is listed already.
LOOK_AHEAD = 20
# A hub with thousands of links can be too much for a server where the rest of it is not: it is asked for in two parts.
PARTS = ("*all", "*all,-issuelinks", "issuelinks")


# So many questions of a walk in a row without an answer are not one issue's fault: the site is not there.
ENOUGH = 30


class Singling(Completing):
    """A spider that walks on past an issue with which no page will come."""

    next_page: Callable[..., Request]  # where the walk goes on is the walking spider's to say
    step: Callable[..., sane.Step]
    not_answered: Callable[[str], None]
    take: Callable[[str], bool]

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.silent: Counter[str] = Counter()  # questions of a project's walks in a row that got no answer

    def single_out(self, slice_: Slice, at: Position, dialect: str, look: Position | None = None) -> Request:
        """Asks which issue it is that keeps even a page of one from coming."""
        here = look or replace(at, since=max(at.since, at.reached), offset=0, token="", marks=(), tries=0, idle=0)
        question = self.tracker(dialect).listing(slice_, here, len(at.recent) + LOOK_AHEAD)
        kept = {"slice_": msgspec.to_builtins(slice_), "at": msgspec.to_builtins(at), "dialect": dialect}
        kept["look"] = msgspec.to_builtins(here)
        mark = f"single {at.reached} {len(at.recent)} {here.tries}"
        meta = {FLOOR: [slice_.project, max(slice_.start, at.since)], MARK: mark}
        return self.ask(question, self.singled_out, meta, **kept)

    def singled_out(
        self, response: Response, slice_: dict[str, Any], at: dict[str, Any], dialect: str, look: dict[str, Any]
    ) -> Output:
        """Asks for the first issue that is not listed yet by itself, and walks on behind it."""
        walked, position = msgspec.convert(slice_, Slice), msgspec.convert(at, Position)
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            page = self.tracker(dialect).read_page(response.body)
            self.silent[walked.project] = 0
        except Unreadable as error:
            yield from self.halved(response, walked, position, dialect, str(error))
            return
        step = self.step(walked, msgspec.convert(look, Position), page, dialect)
        if not step.fresh:  # the tracker may give fewer at once than were created in this very minute
            if step.onward:
                yield self.single_out(walked, position, dialect, step.onward)
            elif step.wrong:
                self.give_up(response, f"A part of {walked.project} was not listed: {step.wrong}.")
                self.not_answered(step.wrong)
            return
        if not self.take(walked.project):
            return
        culprit = step.fresh[0]
        if culprit.id:
            self.logger.info("%s is asked for by itself: no page comes with it", culprit.key or culprit.id)
            yield self.alone(culprit, walked.project, dialect, max(walked.start, position.since))
        else:
            yield from self.not_fetched(response, culprit, walked.project, dialect, "it is listed without an id", 0)
        yield self.next_page(walked, walk.passed(position, culprit), dialect, 1)

    def halved(self, response: Response, slice_: Slice, at: Position, dialect: str, why: str) -> Output:
        """Walks the two halves of what is left of a slice where not even ids are listed, down to a single minute."""
        self.silent[slice_.project] += 1
        rest = replace(slice_, start=max(slice_.start, at.since))
        halves = walk.halves(rest, self.run) if self.silent[slice_.project] < ENOUGH else None
        if halves is None:
            self.give_up(response, f"A part of {slice_.project} was not listed: {why}.")
            return
        yield self.next_page(halves[0], replace(at, offset=0, token="", marks=(), tries=0, idle=0), dialect, 1)
        yield self.next_page(halves[1], Position(), dialect)

    def alone(self, issue: Listed, project: str, dialect: str, floor: int, part: int = 0, *, tries: int = 0) -> Request:
        """Asks for an issue by itself; `floor` is where, in ms, a later run must begin to list to meet it again."""
        kept: dict[str, Any] = {"id_": issue.id, "key": issue.key, "project": project, "dialect": dialect}
        question = self.tracker(dialect).issue(issue.id, PARTS[part])
        meta = {"max_retry_times": 1, FLOOR: [project, floor], MARK: f"alone {self.run} {tries}"}
        payload = bytes(issue.payload).decode("utf-8", "replace")
        kept |= {"floor": floor, "part": part, "payload": payload, "tries": tries}
        request = self.ask(question, self.came_alone, meta, **kept)
        return request.replace(priority=FIRST)

    def came_alone(
        self,
        response: Response,
        id_: str,
        key: str,
        project: str,
        dialect: str,
        floor: int,
        part: int,
        payload: str,
        tries: int = 0,
    ) -> Output:
        """Gives on an issue that came by itself, whole or in two parts; what never comes is a reject."""
        issue = Listed(id_, key, 0, payload.encode())
        why = self.trouble(response)
        if response.status in (404, 410):
            return  # deleted meanwhile: for verifying to find out, and no gap of ours
        if why and part == 0:
            yield self.alone(issue, project, dialect, floor, 1)
            return
        try:
            if why:
                raise Unreadable(why)
            speaks = self.tracker(dialect)
            listed = speaks.read_one(response.body)
            if listed.id != id_:
                if tries + 1 < walk.TRIES:
                    yield self.alone(issue, project, dialect, floor, part, tries=tries + 1)
                    return
                raise Unreadable(f"the tracker gives the issue {listed.id} instead")
            if part == 2:
                listed = speaks.read_one(speaks.patch(bytes(issue.payload), response.body))
        except Unreadable as error:
            yield from self.not_fetched(response, issue, project, dialect, str(error), part)
            return
        if part == 1:
            yield self.alone(listed, project, dialect, floor, 2)
        else:
            self.state["listed"] = self.state.get("listed", 0) + 1
            yield self.whole(self.raw(listed, project, dialect), listed.cuts, floor)

    def not_fetched(
        self, response: Response, issue: Listed, project: str, dialect: str, why: str, part: int
    ) -> list[RawIssue | Request]:
        """Keeps what there is of an issue, says what is missing, and leaves it for the next run to try again."""
        self.give_up(response, f"{issue.key or issue.id} cannot be fetched: {why}.")
        raw = self.raw(issue, project, dialect)
        if part == 2:  # all but its links
            return [replace(raw, cut=(*raw.cut, "issuelinks"))]
        return [replace(raw, failed=why)]
