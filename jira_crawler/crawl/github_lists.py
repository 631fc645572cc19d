"""Walks the lists of a repository: all that there is the first time, and later what changed since."""

from __future__ import annotations

import logging
from typing import Literal

import msgspec

from jira_crawler.crawl.github_session import OVERLAP, SECOND, WEEK, GitHubSession
from jira_crawler.crawl.github_store import ListState
from jira_crawler.crawl.github_tasks import ListItems, ListPieces
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import GaveUp
from jira_crawler.exceptions import Unreadable
from jira_crawler.sites import within
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github import rest
from jira_crawler.trackers.github.rest import Piece, Repository

logger = logging.getLogger(__name__)
IDLE = 100  # pages in a row that lead no further, before they are taken for a circle
_OFF = (404, 410)  # where issues or pull requests are switched off


class GitHubLists:
    """Every page is kept with how far the list has come by it: both are committed together."""

    def __init__(self, github: GitHubSession):
        self.github, self.session = github, github.session

    def handlers(self) -> Handlers:
        return {
            ListItems: Handling(self.query_items, self.handle_items),
            ListPieces: Handling(self.query_pieces, self.handle_pieces),
        }

    def is_whole(self, found: Repository) -> bool:
        """Tells whether all items of a repository are to be listed, not only what changed."""
        state = self.github.store.listed(found.id, "issue")
        return state.finished < state.began or not state.finished or self._is_swept(state)

    def _is_swept(self, state: ListState) -> bool:
        return self.github.scope.sweep or self.session.milliseconds() - state.finished > WEEK

    def begin(self, found: Repository, newest: int) -> Effects:
        """Asks for the first pages; `newest` (ms) is when anything was changed last, before a whole walk begins."""
        name, id_, store = found.full_name, found.id, self.github.store
        kind: Literal["issue", "pull"] = "issue" if found.has_issues else "pull"
        state = store.listed(id_, "issue")
        if not self.is_whole(found):
            yield ListItems(project=name, repository=id_, kind=kind, since=_before(state.mark))
        elif state.began > state.finished and state.next:
            walk = {"began": state.began, "reached": state.reached, "url": state.next}
            yield ListItems(project=name, repository=id_, kind=kind, walk=True, **walk)  # type: ignore[arg-type]
        else:
            if state.finished:
                store.begin_anew(id_)
            began = self.session.milliseconds()
            store.keep_list(id_, "issue", msgspec.structs.replace(state, began=began, reached=newest, next=""))
            yield ListItems(project=name, repository=id_, kind=kind, walk=True, began=began, reached=newest)
        for other in ("comment", "review_comment"):
            since = _before(store.listed(id_, other).mark)
            yield ListPieces(project=name, repository=id_, kind=other, since=since)

    # --- issues and pull requests

    def query_items(self, task: ListItems) -> Query:
        if task.url:
            return rest.ask(task.url, {})
        base, kind = self.github.addresses.rest, task.kind
        query = rest.listing(base, task.project, kind, since=task.since, created=task.walk)
        return query if task.walk else self._conditional(task.repository, "issue", query)

    def handle_items(self, task: ListItems, reply: Reply) -> Effects:
        """Keeps a page, and asks for the next one; behind the last one of a walk for what was changed meanwhile."""
        if reply.status == 304 and not reply.failure:
            return
        first = not task.url
        if first and reply.status in _OFF and not reply.failure and task.kind == "issue":
            yield msgspec.structs.replace(task, kind="pull")
            return
        if task.url and reply.status == 422 and not reply.failure and not task.again:  # a cursor of long ago
            yield msgspec.structs.replace(task, url="", again=True)
            return
        try:
            pieces = rest.read_list(reply.json_or_raise(), task.kind)
        except Unreadable as error:
            yield self._not_listed(task, "issues and pull requests", reply, error)
            return
        if first and task.walk and not pieces and task.kind == "issue" and self.session.counted.get(task.project):
            yield msgspec.structs.replace(task, kind="pull")  # where issues are off, and their list is just empty
            return
        self.session.state.listed += len(pieces)
        now = self.session.milliseconds()
        self.github.store.keep_pieces(task.repository, pieces, now, listed=task.began if task.walk else 0)
        following = self._next(task, reply)
        if (following == task.url and following) or task.idle > IDLE:
            yield self._endless(task, "issues and pull requests")
            return
        if task.walk:
            yield from self._walked(task, pieces, following)
        else:
            yield from self._changed(task, pieces, reply, following)

    def _walked(self, task: ListItems, pieces: list[Piece], following: str) -> Effects:
        store, state = self.github.store, self.github.store.listed(task.repository, "issue")
        of = {"began": task.began, "reached": task.reached}
        if following:
            store.keep_list(task.repository, "issue", msgspec.structs.replace(state, next=following, **of))
            last = max([task.last, *(each.created for each in pieces)])
            idle = task.idle + 1 if last <= task.last else 0
            yield msgspec.structs.replace(task, url=following, last=last, idle=idle)
            return
        ended = msgspec.structs.replace(state, next="", finished=task.began, mark=task.reached, **of)
        store.keep_list(task.repository, "issue", ended)
        yield ListItems(project=task.project, repository=task.repository, kind=task.kind, since=_before(task.reached))

    def _changed(self, task: ListItems, pieces: list[Piece], reply: Reply, following: str) -> Effects:
        """Goes on with what changed. The mark is the largest time that was seen, and moves when the pass is through."""
        reached = max([task.reached, *(each.updated for each in pieces)])
        if task.kind == "pull" and pieces and min(each.updated for each in pieces) < task.since:
            following = ""  # the newest come first
        if following:
            idle = task.idle + 1 if task.kind == "issue" and reached <= task.reached else 0
            yield msgspec.structs.replace(task, url=following, reached=reached, idle=idle)
            return
        state = self.github.store.listed(task.repository, "issue")
        told = _told(reply, self.query_items(task)) if not task.url else {}
        moved = msgspec.structs.replace(state, mark=max(state.mark, reached), **told)
        self.github.store.keep_list(task.repository, "issue", moved)

    # --- comments

    def query_pieces(self, task: ListPieces) -> Query:
        if task.url:
            return rest.ask(task.url, {})
        query = rest.listing(self.github.addresses.rest, task.project, task.kind, since=task.since)
        return self._conditional(task.repository, task.kind, query)

    def handle_pieces(self, task: ListPieces, reply: Reply) -> Effects:
        """Keeps a page; the next one begins a second before its last change, so that nothing slips by.

        Pages by number would: what is edited meanwhile leaves its page, and all behind it move up.
        """
        if reply.status == 304 and not reply.failure:
            return
        if reply.status in _OFF and not reply.failure:
            logger.info("%s has no %ss: %s", task.project, task.kind.replace("_", " "), self.github.refusal(reply))
            return
        try:
            pieces = rest.read_list(reply.json_or_raise(), task.kind)
        except Unreadable as error:
            yield self._not_listed(task, f"{task.kind.replace('_', ' ')}s", reply, error)
            return
        store, state = self.github.store, self.github.store.listed(task.repository, task.kind)
        store.keep_pieces(task.repository, pieces, self.session.milliseconds())
        last = max((each.updated for each in pieces), default=0)
        following = self._next(task, reply)
        if (following == task.url and following) or task.idle > IDLE:
            yield self._endless(task, f"{task.kind.replace('_', ' ')}s")
            return
        told = _told(reply, self.query_pieces(task)) if not task.url and not following else {}
        store.keep_list(task.repository, task.kind, msgspec.structs.replace(state, mark=max(state.mark, last), **told))
        if not following:
            return
        since = last - SECOND
        if since > task.since:
            yield ListPieces(project=task.project, repository=task.repository, kind=task.kind, since=since)
        else:  # more than a page of one second
            yield msgspec.structs.replace(task, url=following, idle=task.idle + 1)

    # --- both

    def _conditional(self, repository: int, kind: str, query: Query) -> Query:
        """Asks for an answer only if it is another one than last time, where this was asked last time."""
        state = self.github.store.listed(repository, kind)
        if not state.etag or state.asked != query.address:
            return query
        return rest.ask(query.url, dict(query.params), state.etag)

    def _next(self, task: ListItems | ListPieces, reply: Reply) -> str:
        """Gives where the next page is; one that is elsewhere is not asked for, and so is missing."""
        following = rest.next_page(reply.headers)
        if not following or within(following, self.session.site.url):
            return following
        self.github.broken.add(task.repository)
        self.session.findings.add(f"A list of {task.project} goes on at {following[:200]}, which is not asked.")
        return ""

    def _endless(self, task: ListItems | ListPieces, what: str) -> GaveUp:
        self.github.broken.add(task.repository)
        return self.session.give_up(f"The {what} of {task.project} are not all listed: its pages lead in a circle.")

    def _not_listed(self, task: ListItems | ListPieces, what: str, reply: Reply, error: Unreadable) -> GaveUp:
        self.github.broken.add(task.repository)
        why = self.github.refusal(reply) if reply.failure or reply.status != 200 else str(error)
        return self.session.give_up(f"The {what} of {task.project} are not all listed: {why}.")


def _told(reply: Reply, query: Query) -> dict[str, str]:
    """Remembers what was answered to a question: asked again just so, it need only be answered if that has changed."""
    return {"etag": reply.headers.get("etag", ""), "asked": query.address}


def _before(mark: int) -> int:
    """Gives from when on what changed is asked for, given up to when everything is here; 0 where nothing is."""
    return max(mark - OVERLAP, 0)
