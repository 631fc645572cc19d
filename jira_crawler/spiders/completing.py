"""Turns listed issues into whole ones: every embedded list that the tracker cut short is read from its own address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import Unreadable
from jira_crawler.frontier import FLOOR, MARK
from jira_crawler.items import RawIssue
from jira_crawler.spiders.asking import Asking
from jira_crawler.trackers import tracker
from jira_crawler.trackers.contract import IssueStub, Tracker, Truncation

Output = Iterator[Request | RawIssue]
# Before the next page, so that half-read issues do not pile up.
FIRST = 10


class Completing(Asking):
    """A spider that gives an issue on only when all of its lists are there, or marked as cut."""

    def tracker(self, dialect: str) -> Tracker:
        return tracker(dialect, self.site.url)

    def raw(self, issue: IssueStub, project: str, dialect: str) -> RawIssue:
        return RawIssue(
            site=self.site.name,
            base_url=self.site.url,
            dialect=dialect,
            project=project,
            id=issue.id,
            key=issue.key,
            payload=bytes(issue.payload),
            fetched_at=datetime.now(UTC),
        )

    def whole(self, raw: RawIssue, cuts: tuple[Truncation, ...], created: int) -> RawIssue | Request:
        """Gives an issue on if nothing is cut, and else the question for the first list that can be completed.

        Until that is answered a walk is not certain beyond the issue's creation time (ms).
        """
        for place, cut in enumerate(cuts):
            if question := self.tracker(raw.dialect).complete(raw.id, cut):
                kept = {"raw": msgspec.to_builtins(raw), "cuts": msgspec.to_builtins(cuts[place:]), "created": created}
                # The same list of the same issue is asked for again when the issue has changed.
                mark = blake2b(raw.payload, digest_size=8).hexdigest()
                return self.ask(question, self.completed, {MARK: mark, FLOOR: [raw.project, created]}, **kept).replace(
                    priority=FIRST
                )
            raw = self.marked(raw, cut)
        return raw

    def completed(self, response: Response, raw: dict[str, Any], cuts: list[Any], created: int) -> Output:
        issue, left = msgspec.convert(raw, RawIssue), msgspec.convert(cuts, tuple[Truncation, ...])
        if response.status in (404, 410) and not self.missing(response):
            # It was deleted while we asked, which is for verifying to find out, and no gap of ours.
            yield self.whole(self.marked(issue, left[0]), left[1:], created)
            return
        try:
            if why := self.trouble(response):
                raise Unreadable(why)
            payload, rest = self.tracker(issue.dialect).join(issue.payload, left[0], response.body)
        except Unreadable as error:
            yield self.left_cut(response, issue, left, str(error), created)
            return
        issue = replace(issue, payload=payload)
        if rest == left[0]:
            yield self.left_cut(response, issue, left, "it ends before it has given all it counts", created)
        else:
            yield self.whole(issue, (rest, *left[1:]) if rest else left[1:], created)

    def left_cut(
        self, response: Response, raw: RawIssue, cuts: tuple[Truncation, ...], why: str, created: int
    ) -> RawIssue | Request:
        """Goes on without the rest of a list, and lets the crawl end as incomplete."""
        self.give_up(response, f"The list of {cuts[0].part} entries of {raw.key or raw.id} stayed cut: {why}.")
        return self.whole(self.marked(raw, cuts[0]), cuts[1:], created)

    def marked(self, raw: RawIssue, cut: Truncation) -> RawIssue:
        """Notes on an issue that one of its lists is not all there."""
        self.crawler.stats.inc_value(f"cut/{cut.part}")
        return replace(raw, cut=(*raw.cut, cut.part))
