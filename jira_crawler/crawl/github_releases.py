"""Lists the releases of a repository, where what is told of them is another thing than last time."""

from __future__ import annotations

import logging

import msgspec

from jira_crawler.crawl.github_session import GitHubSession
from jira_crawler.crawl.github_store import ListState
from jira_crawler.crawl.github_tasks import ListReleases
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.exceptions import Unreadable
from jira_crawler.sites import within
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github import rest
from jira_crawler.trackers.github.rest import Repository

logger = logging.getLogger(__name__)
MOST = 200  # pages in a row, before they are taken for a circle


class GitHubReleases:
    """Releases are pieces of the number 0, which is the repository itself; `mark` and `reached` are what was told."""

    def __init__(self, github: GitHubSession):
        self.github, self.session = github, github.session

    def handlers(self) -> Handlers:
        return {ListReleases: Handling(self.query, self.handle)}

    def begin(self, found: Repository, told: tuple[int, int] | None, *, whole: bool) -> Effects:
        """Asks for them with each whole walk; else where their number, or when the newest changed, is told as another.

        A repository that is told to have none, and had none, is not asked.
        """
        state = self._state(found.id)
        known = (state.reached, state.mark)
        if told == (0, 0) == known:
            return
        if whole or (told is not None and told != known):
            yield ListReleases(project=found.full_name, repository=found.id, told=told)

    def query(self, task: ListReleases) -> Query:
        if task.url:
            return rest.ask(task.url, {})
        query = rest.releases(self.github.addresses.rest, task.project)
        state = self._state(task.repository)
        if not state.etag or state.asked != query.address:
            return query
        return rest.releases(self.github.addresses.rest, task.project, state.etag)

    def handle(self, task: ListReleases, reply: Reply) -> Effects:
        """Keeps a page; behind the last one those go that were not listed any more."""
        if reply.status == 304 and not reply.failure:
            self._ended(task, self._state(task.repository))
            return
        if reply.status == 404 and not reply.failure and not task.url:
            logger.info("%s has no releases: %s", task.project, self.github.refusal(reply))
            return
        try:
            came = rest.read_releases(reply.json_or_raise())
        except Unreadable as error:
            why = self.github.refusal(reply) if reply.failure or reply.status != 200 else str(error)
            yield self.session.give_up(f"The releases of {task.project} are not all listed: {why}.")
            return
        objects = (*task.objects, *(each.object for each in came))
        self.github.store.keep_pieces(task.repository, came, self.session.milliseconds())
        following = rest.next_page(reply.headers)
        if not following:
            self.github.store.keep_only(task.repository, task, "release", objects, self.session.milliseconds())
            etag, asked = ("", "") if task.url else (reply.headers.get("etag", ""), self.query(task).address)
            self._ended(msgspec.structs.replace(task, objects=objects), ListState(etag=etag, asked=asked))
        elif following == task.url or task.pages >= MOST or not within(following, self.session.site.url):
            said = f"it goes on at {following[:200]}, which is not asked"
            yield self.session.give_up(f"The releases of {task.project} are not all listed: {said}.")
        else:
            yield msgspec.structs.replace(task, url=following, objects=objects, pages=task.pages + 1)

    def _ended(self, task: ListReleases, state: ListState) -> None:
        """Notes what was told of the list that is here now."""
        many, newest = task.told or (state.reached or len(task.objects), state.mark)
        ended = msgspec.structs.replace(state, mark=newest, reached=many, finished=self.session.milliseconds())
        self.github.store.keep_list(task.repository, "release", ended)

    def _state(self, repository: int) -> ListState:
        return self.github.store.listed(repository, "release")
