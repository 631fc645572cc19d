"""The commits of default branches: from REST, or without any request from a local clone."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice

import msgspec

from jira_crawler.crawl.github_session import OVERLAP, GitHubSession
from jira_crawler.crawl.github_tasks import ListCommits, ReadHistory
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import Unreadable
from jira_crawler.sites import within
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github import rest
from jira_crawler.trackers.github.rest import CommitPiece

logger = logging.getLogger(__name__)
CHUNK = 1_000  # commits of a clone that are read at a time
LACKING = 20  # ancestors that are asked after side by side


class GitHubCommits:
    """A commit never changes: what is here is not asked for again."""

    def __init__(self, github: GitHubSession):
        self.github, self.session = github, github.session
        self._reading: dict[int, Iterator[CommitPiece]] = {}

    def handlers(self) -> Handlers:
        return {
            ListCommits: Handling(self.query, self.handle),
            ReadHistory: Handling(self.github.query_nobody, self.read),
        }

    def begin(self) -> Iterator[Task]:
        """Asks for the commits of every repository that were made since the last run."""
        for found in self.github.found.values():
            of = {"project": found.full_name, "repository": found.id}
            if clone := self.github.clone_of(found):
                yield ReadHistory(branch=found.default_branch, clone=clone, **of)  # type: ignore[arg-type]
                continue
            state = self.github.store.listed(found.id, "commit")
            since = max(state.mark - OVERLAP, 0)
            yield ListCommits(sha=found.default_branch, since=since, url=state.next, reached=state.reached, **of)  # type: ignore[arg-type]

    def ancestors(self) -> Iterator[Task]:
        """Asks for what new commits lead back to and no list by date shows: it was merged long after it was made."""
        for found in self.github.found.values():
            if self.github.clone_of(found):
                continue
            if not self.github.store.listed(found.id, "commit").finished:
                continue
            for sha in self.github.store.lacking_parents(found.id, self.session.state.run, LACKING):
                yield ListCommits(project=found.full_name, repository=found.id, sha=sha, behind=True)

    def query(self, task: ListCommits) -> Query:
        if task.url:
            return rest.ask(task.url, {})
        query = rest.listing(self.github.addresses.rest, task.project, "commit", since=task.since, sha=task.sha)
        state = self.github.store.listed(task.repository, "commit")
        if task.behind or not state.etag or state.asked != query.address:
            return query
        return rest.ask(query.url, dict(query.params), state.etag)

    def handle(self, task: ListCommits, reply: Reply) -> Effects:
        """Keeps a page of commits, and asks for the next one; behind ancestors only while some of them are new."""
        if reply.status == 304 and not reply.failure:
            return
        if reply.status == 409 and not reply.failure:
            logger.info("%s has no commits: %s", task.project, self.github.refusal(reply))
            return
        try:
            came = rest.read_commits(reply.json_or_raise())
        except Unreadable as error:
            why = self.github.refusal(reply) if reply.failure or reply.status != 200 else str(error)
            yield self.session.give_up(f"The commits of {task.project} are not all listed: {why}.")
            return
        store = self.github.store
        known = store.known_commits(task.repository, [each.sha for each in came]) if task.behind else set[str]()
        store.keep_commits(task.repository, came, self.session.state.run)
        reached = max([task.reached, *(each.committed for each in came)])
        following = rest.next_page(reply.headers)
        following = following if following and within(following, self.session.site.url) else ""
        if task.behind:
            if following and len(known) < len(came):
                yield msgspec.structs.replace(task, url=following)
            return
        state = store.listed(task.repository, "commit")
        if following:
            store.keep_list(task.repository, "commit", msgspec.structs.replace(state, next=following, reached=reached))
            yield msgspec.structs.replace(task, url=following, reached=reached)
            return
        told = {"etag": reply.headers.get("etag", ""), "asked": self.query(task).address} if not task.url else {}
        ended = {"mark": max(state.mark, reached), "next": "", "reached": 0, "finished": self.session.milliseconds()}
        store.keep_list(task.repository, "commit", msgspec.structs.replace(state, **ended, **told))

    def read(self, task: ReadHistory, _: Reply) -> Effects:
        """Keeps the next commits of a clone, the newest first, down to what is here already."""
        histories, store = self.github.histories, self.github.store
        if histories is None:
            return
        try:
            if task.repository not in self._reading:
                self._reading[task.repository] = histories.commits(task.clone, task.branch)
            some = list(islice(self._reading[task.repository], CHUNK))
        except Unreadable as error:
            self._reading.pop(task.repository, None)
            yield self.session.give_up(f"The clone of {task.project} cannot be read: {error}.")
            return
        known = store.known_commits(task.repository, [each.sha for each in some])
        store.keep_commits(task.repository, [each for each in some if each.sha not in known], self.session.state.run)
        if len(some) == CHUNK:
            yield task
