"""The pages of issues: a page → the panels that it does not show by itself → a browser, where nothing else helps."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.html_tasks import FetchHtmlIssue, FetchHtmlPanel
from jira_crawler.crawl.keys import HOPS, HtmlScope, Keys, project_of
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import Session
from jira_crawler.exceptions import Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.sentences import quoted
from jira_crawler.trackers import PAGE
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.jira_html.page import JiraPage, Shown
from jira_crawler.trackers.jira_html.refusal import Moved

logger = logging.getLogger(__name__)
PASSING = ("half", "a maintenance", "an empty")
HIDDEN = "hidden from this visitor"


class HtmlIssues:
    """Gives on an issue when nothing of it is left to ask; what stays bad is a reject, never half an issue."""

    def __init__(self, session: Session, scope: HtmlScope, keys: Keys) -> None:
        self.session, self.scope, self.keys = session, scope, keys
        self.reader = JiraPage(session.site.url)
        self.unread: dict[str, str] = {}  # what earlier runs could not read: the ids of these rejects, by key

    def begin(self) -> Iterator[FetchHtmlIssue]:
        """Asks for the pages of the keys that were given."""
        self.unread = self.session.store.unreadable(self.session.site.name)
        yield from map(self.keys.look, self.scope.keys)

    def handlers(self) -> Handlers:
        return {
            FetchHtmlIssue: Handling(self.query_page, self.handle_page),
            FetchHtmlPanel: Handling(self.query_panel, self.handle_panel),
        }

    # --- one page

    def query_page(self, task: FetchHtmlIssue) -> Query:
        """Asks for a page; a browser for the comments in front and the older ones unfolded: it is not asked twice."""
        if not task.browser:
            return _html(self.reader.ask(task.key))
        return _html(replace(self.reader.panel(task.key, "comment"), headers=()))

    def handle_page(self, task: FetchHtmlIssue, reply: Reply) -> Effects:
        """Reads a page, and asks for what it does not show by itself."""
        if task.tried and reply.status in (404, 410) and not reply.failure:
            if reply.status == 410:  # it was there
                yield from self._there(task, read=False)
            return
        try:
            shown = self._read(task, reply)
        except Moved as moved:
            yield from self._there(task, read=False)
            yield from self._moved(task, reply, moved.key)
        except Unreadable as error:
            if not reply.failure:
                yield from self._there(task, read=False)
            yield from self._unreadable(task, reply, str(error))
        else:
            yield from self._there(task, read=True)
            self.session.state.listed += 1
            yield from self._complete(shown, browser=task.browser)

    def _read(self, task: FetchHtmlIssue, reply: Reply) -> Shown:
        """Reads what a page shows; raises Unreadable, and Moved if it is another issue's."""
        if reply.failure:
            raise Unreadable(reply.failure.reason)
        if elsewhere := _redirected(reply):
            raise Moved(task.key, elsewhere)
        if reply.status != 200:
            raise Unreadable(HIDDEN if reply.status in (301, 302, 303, 401, 403) else f"status {reply.status}")
        return self.reader.read(reply.body, task.key)

    def _there(self, task: FetchHtmlIssue, *, read: bool) -> Effects:
        """Goes on with the keys behind one that has an issue, where nobody lists them."""
        if task.tried:
            yield from self.keys.has_issue(task.key, read=read)

    def _moved(self, task: FetchHtmlIssue, reply: Reply, to: str) -> Effects:
        """Reads an issue under its new key, if that belongs to what was asked for."""
        if task.hops >= HOPS or self.keys.leads_on(task.key, to.upper()):
            yield from self._unreadable(task, reply, f"it leads to {to[:40]}, and that leads on and on")
        elif self.keys.is_asked_for(to):
            yield self.keys.look(to.upper(), hops=task.hops + 1)
        else:
            logger.info("%s moved to %s, which was not asked for", task.key, quoted(to))
            self.keys.leaves(project_of(task.key))

    def _unreadable(self, task: FetchHtmlIssue, reply: Reply, why: str) -> Effects:
        """Tries a page again that broke off or was being mended; what stays bad is a reject, never half an issue."""
        if self._may_pass(reply, why):
            yield msgspec.structs.replace(task, attempt=reply.attempt + 1)
            return
        if why == HIDDEN:
            logger.info("%s is %s", task.key, HIDDEN)
        else:
            yield self.session.give_up(f"The page of {task.key} cannot be read: {why}.")
        yield self._raw(task.key, "", msgspec.json.encode({"key": task.key}), failed=why)

    def _may_pass(self, reply: Reply, why: str) -> bool:
        """Tells whether a page that is bad may be better the next time, and was not asked for too often."""
        passing = reply.failure is None and reply.status == 200 and why.startswith(PASSING)
        return passing and reply.attempt < self.scope.retries

    # --- what a page does not show by itself

    def _complete(self, shown: Shown, *, browser: bool) -> Effects:
        """Gives an issue on if nothing is left to ask, and else asks for it."""
        key, mode = shown.key, self.scope.browser
        if shown.wants:
            yield FetchHtmlPanel(project=project_of(key), shown=shown, which=shown.wants[0], browser=browser)
            return
        if shown.needs_browser and not browser and mode == "auto":
            logger.info("%s is opened in a browser: its comments do not come otherwise", key)
            yield FetchHtmlIssue(project=project_of(key), key=key, browser=True, begun=True)
            return
        if shown.needs_browser and mode == "never":
            yield self.session.give_up(f"Not all comments of {key} came: they need a browser (browser=auto).")
        elif shown.cut:
            yield self.session.give_up(f"The page of {key} does not show all of its {', '.join(shown.cut)}.")
        yield self._came(shown)

    def _came(self, shown: Shown) -> RawIssue:
        """Gives on what a page shows; that it could not be read another time is no longer true."""
        if stale := self.unread.pop(shown.key, ""):
            self.session.store.forget(self.session.site.name, stale)
        return self._raw(shown.key, shown.id, shown.payload, cut=shown.cut)

    def query_panel(self, task: FetchHtmlPanel) -> Query:
        return _html(self.reader.panel(task.shown.key, task.which))

    def handle_panel(self, task: FetchHtmlPanel, reply: Reply) -> Effects:
        """Adds a panel to its page; one that does not come leaves its list cut."""
        try:
            if reply.failure or reply.status != 200:
                raise Unreadable(reply.failure.reason if reply.failure else f"status {reply.status}")
            shown = self.reader.join(task.shown, task.which, reply.body)
        except Unreadable as error:
            if self._may_pass(reply, str(error)):
                yield msgspec.structs.replace(task, attempt=reply.attempt + 1)
                return
            yield self.session.give_up(f"The {task.which} of {task.shown.key} did not come: {error}.")
            yield self._came(task.shown)
            return
        yield from self._complete(shown, browser=task.browser)

    def _raw(self, key: str, id_: str, payload: bytes, *, cut: Iterable[str] = (), failed: str = "") -> RawIssue:
        return RawIssue(
            site=self.session.site.name,
            base_url=self.session.site.url,
            dialect=PAGE,
            project=project_of(key),
            id=id_,
            key=key,
            payload=payload,
            fetched_at=self.session.clock(),
            cut=tuple(cut),
            failed=failed,
        )


def _html(query: Query) -> Query:
    return replace(query, headers=(("Accept", "text/html"), *query.headers))


def _redirected(reply: Reply) -> str:
    """Gives the key that a page is redirected to, "" if it is not."""
    path = urlsplit(reply.headers.get("location", "")).path
    return path.rpartition("/browse/")[2] if reply.status in (301, 302, 303, 307) and "/browse/" in path else ""
