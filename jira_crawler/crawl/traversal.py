"""Goes through the windows of a project, page by page, whatever the size of page that the tracker can bear."""

from __future__ import annotations

import logging

from jira_crawler.crawl.completion import Completion
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.tasks import FetchPage
from jira_crawler.exceptions import Unreadable
from jira_crawler.sentences import quoted
from jira_crawler.trackers.contract import Page, Query

logger = logging.getLogger(__name__)


class Traversal:
    """Passes on every issue of a page that is new to the listing, and asks for the next page."""

    def __init__(self, listing: Listing, completion: Completion):
        self.listing, self.completion = listing, completion
        self.session = listing.session

    def handlers(self) -> Handlers:
        return {FetchPage: Handling(self.query, self.handle)}

    def query(self, task: FetchPage) -> Query:
        return self.listing.tracker(task.dialect).search(task.window, task.cursor, task.size)

    def handle(self, task: FetchPage, reply: Reply) -> Effects:
        window, at, dialect = task.window, task.cursor, task.dialect
        project, speaks = window.project, self.listing.tracker(dialect)
        try:
            if reply.failure:
                raise Unreadable(reply.failure.reason)
            if reply.status != 200:
                if again := speaks.recover(at):
                    yield self.listing.next_page(window, again, dialect)
                else:
                    refused = self.listing.refusal(reply, project)
                    yield self.session.give_up(f"A part of {project} was not listed. {refused}")
                return
            page = speaks.read_page(reply.body)
        except Unreadable as error:
            yield from self._smaller_page(task, str(error))
            return
        self.listing.heard()
        self._learn(page, task.size, reply)
        step = self.listing.step(window, at, page, dialect)
        for issue in step.fresh:
            if not self.listing.take(project):
                return
            self.session.state.listed += 1
            yield self.completion.complete(self.completion.raw(issue, project, dialect), issue.cuts, issue.created)
        if step.onward:
            left = max(task.within - len(step.fresh), 0)
            yield self.listing.next_page(window, step.onward, dialect, min(task.size, left), left)
        elif step.wrong:
            yield from self.listing.not_answered(project, step.wrong)

    def _learn(self, page: Page, asked: int, reply: Reply) -> None:
        """Lets the size of the next pages follow from this one's."""
        if self.listing.sizes.saw(asked, page.size, reply.seconds, len(reply.body)):
            url = self.session.site.url
            logger.info("%s gives at most %d issues a page; %d were asked for", url, page.size, asked)

    def _smaller_page(self, task: FetchPage, why: str) -> Effects:
        """Asks for a page that never came in parts, until one issue is left that is too much for it."""
        window, at, dialect, size = task.window, task.cursor, task.dialect, task.size
        if self.listing.fell_silent(self.query(task)):
            yield self.listing.not_listed(window.project, why)
            return
        smaller = self.listing.sizes.failed(size)
        logger.info("A page of %d issues of %s did not come (%s)", size, window.project, quoted(why))
        if smaller:
            yield self.listing.next_page(window, at, dialect, smaller, size)
        else:
            yield self.listing.isolate(window, at, dialect)
