"""Finds each repository, whatever it is called by now, and begins its lists where the last run has left them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import msgspec

from jira_crawler.crawl.github_details import ALONE
from jira_crawler.crawl.github_lists import GitHubLists
from jira_crawler.crawl.github_releases import GitHubReleases
from jira_crawler.crawl.github_session import GitHubSession
from jira_crawler.crawl.github_tasks import DescribeRepository, FindNewest, FindRepository
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import Unreadable
from jira_crawler.sites import within
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github import graphql, rest
from jira_crawler.trackers.github.names import REPOSITORY
from jira_crawler.trackers.github.rest import Kind, Repository

logger = logging.getLogger(__name__)
HOPS = 3  # that a former name may take to where its repository is


class GitHubRepositories:
    """`described` is what each repository defines, by its id, as far as it was told in this run."""

    def __init__(self, github: GitHubSession, lists: GitHubLists, releases: GitHubReleases):
        self.github, self.lists, self.releases = github, lists, releases
        self.session = github.session
        self.described: dict[int, dict[str, list[dict[str, Any]]]] = {}
        self._etags: dict[int, str] = {}

    def handlers(self) -> Handlers:
        return {
            FindRepository: Handling(self.query_found, self.handle_found),
            DescribeRepository: Handling(self.query_described, self.handle_described),
            FindNewest: Handling(self.query_newest, self.handle_newest),
        }

    def begin(self) -> Iterator[Task]:
        for name in self.github.scope.repositories:
            yield FindRepository(project=name)

    # --- which it is

    def query_found(self, task: FindRepository) -> Query:
        if task.url:
            return rest.ask(task.url, {})
        known = self.github.store.repository(task.project)
        return rest.repository(self.github.addresses.rest, task.project, known[1] if known else "")

    def handle_found(self, task: FindRepository, reply: Reply) -> Effects:
        """Goes on with a repository that is there, under the name that it has now."""
        name, known = task.project, self.github.store.repository(task.project)
        if reply.status == 304 and known and not reply.failure:
            yield from self._goes_on(name, known[0], known[1])
        elif reply.status in (301, 302, 307, 308) and not reply.failure:
            yield from self._leads_on(task, reply)
        elif reply.failure or reply.status != 200:
            yield self.session.give_up(self._lost(name) if task.before else self._refused(name, reply))
        else:
            try:
                found = rest.read_repository(reply.body)
            except Unreadable as error:
                yield self.session.give_up(f"{name} was not listed: {error}.")
                return
            if not REPOSITORY.fullmatch(found.full_name):
                yield self.session.give_up(f"{name} was not listed: it has a name that no repository has.")
                return
            if found.full_name.lower() != name.lower():
                logger.info("%s is called %s now", name, found.full_name)
            if known and known[0].id != found.id and not task.before:
                logger.info("%s is another repository than before, which is looked for by its id", name)
                where = rest.by_id(self.github.addresses.rest, known[0].id)
                yield FindRepository(project=name, url=where, before=True)
            yield from self._goes_on(name, found, reply.headers.get("etag", "") if not task.url else "")

    def _leads_on(self, task: FindRepository, reply: Reply) -> Effects:
        where = reply.headers.get("location", "")
        if task.hops >= HOPS or not within(where, self.session.site.url):
            yield self.session.give_up(f"{task.project} was not listed: it leads on to where it is not.")
            return
        yield msgspec.structs.replace(task, url=where, hops=task.hops + 1)

    def _lost(self, name: str) -> str:
        return f"{name} is another repository than before, and nobody tells what that is called now."

    def _refused(self, name: str, reply: Reply) -> str:
        site = self.session.site.url
        if reply.status == 404 and not reply.failure:
            return f"{site} has no repository {name}, or does not show it to us."
        if reply.status == 451 or (reply.status == 403 and b'"block"' in reply.body):
            return f"{site} has blocked {name}: {self.github.refusal(reply)}."
        return f"{name} was not listed: {self.github.refusal(reply)}."

    def _goes_on(self, name: str, found: Repository, etag: str) -> Effects:
        if found.id in self.github.found:
            logger.info("%s is asked for twice, under two names", found.full_name)
            self.github.store.keep_repository(found, self._etags[found.id], {}, (name,))
            return
        self.github.found[found.id] = found
        self._etags[found.id] = etag
        self.github.store.keep_repository(found, etag, {}, (name,))
        if self.github.asks_graphql and found.node_id:
            yield DescribeRepository(project=found.full_name, found=found)
        else:
            yield from self._without_description(found)

    def _without_description(self, found: Repository) -> Effects:
        """Begins lists where GraphQL tells nothing; of a first one somebody must say when anything changed last."""
        self.github.store.keep_repository(found, self._etags[found.id], self.described.get(found.id, {}))
        yield from self.releases.begin(found, None, whole=self.lists.is_whole(found))
        if self.lists.is_whole(found):
            kind: Kind = "issue" if found.has_issues else "pull"
            yield FindNewest(project=found.full_name, found=found, kind=kind)
        else:
            yield from self.lists.begin(found, 0)

    # --- what it has

    def query_described(self, task: DescribeRepository) -> Query:
        url, node = self.github.addresses.graphql, task.found.node_id
        return graphql.more_defined(url, node, task.missing) if task.missing else graphql.overview(url, node)

    def handle_described(self, task: DescribeRepository, reply: Reply) -> Effects:
        """Notes what a repository defines and counts, and begins its lists."""
        found = task.found
        try:
            told = graphql.read_overview(reply.json_or_raise())
        except Unreadable as error:
            if reply.failure is None and reply.status == 200 and task.attempt + 1 < ALONE:
                yield msgspec.structs.replace(task, attempt=task.attempt + 1)
                return
            if task.missing:
                yield self.session.give_up(f"The {task.missing.part} of {found.full_name} are not whole: {error}.")
                return
            if not self.github.graphql_closed:
                self.github.graphql_closed = True
                url = self.github.addresses.graphql
                said = f"{url} does not answer ({error})"
                yield self.session.give_up(f"{said}: sizes, reviews and what closed what are missing.")
            yield from self._without_description(found)
            return
        defined = self.described.setdefault(found.id, {"labels": [], "milestones": []})
        defined["labels"] += told.labels
        defined["milestones"] += told.milestones
        self.github.store.keep_repository(found, self._etags[found.id], defined)
        for missing in told.more:
            if task.missing is None or missing.cursor != task.missing.cursor:
                yield DescribeRepository(project=found.full_name, found=found, missing=missing)
        if task.missing is None:
            self.session.counted[found.full_name] = told.items
            yield from self.releases.begin(found, told.releases, whole=self.lists.is_whole(found))
            yield from self.lists.begin(found, told.newest)

    # --- when it changed last

    def query_newest(self, task: FindNewest) -> Query:
        return rest.newest(self.github.addresses.rest, task.project, task.kind)

    def handle_newest(self, task: FindNewest, reply: Reply) -> Effects:
        """Begins the lists; what is changed while they are walked is asked for afterwards, from this moment on."""
        try:
            if reply.status in (404, 410) and not reply.failure and task.kind == "issue":
                yield msgspec.structs.replace(task, kind="pull")
                return
            newest = rest.read_list(reply.json_or_raise(), task.kind)
        except Unreadable:
            yield self.session.give_up(f"{task.project} was not listed: {self.github.refusal(reply)}.")
            return
        yield from self.lists.begin(task.found, max((each.updated for each in newest), default=0))
