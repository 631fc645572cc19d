"""Asks GraphQL for what lists do not tell, many items at a time, and halves what does not come down to the one."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import msgspec

from jira_crawler.crawl.github_session import GitHubSession
from jira_crawler.crawl.github_tasks import CheckNumber, CompleteDetails, FetchDetails, PlanDetails, halves
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import Unreadable
from jira_crawler.sentences import quoted
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github import graphql
from jira_crawler.trackers.github.graphql import SIZES, Details, ItemKind, NotWhole

logger = logging.getLogger(__name__)
ASKED = 10  # questions that are laid out at a time
ENOUGH = 12  # different questions in a row without an answer: it is not the items
TRIES = 2  # of an answer that says that something went wrong, before it is asked in halves
ALONE = 4  # of one that cannot be halved


class GitHubDetails:
    """What was asked for is kept as of the version that the list showed; a newer one makes it due again."""

    def __init__(self, github: GitHubSession):
        self.github, self.session = github, github.session
        self.silent = 0  # questions without an answer since the last one

    def handlers(self) -> Handlers:
        return {
            PlanDetails: Handling(self.github.query_nobody, self.plan),
            FetchDetails: Handling(self.query, self.handle),
            CompleteDetails: Handling(self.query_more, self.handle_more),
        }

    def begin(self) -> Iterator[Task]:
        """Looks for items without details, in every repository."""
        if not self.github.asks_graphql:
            return
        kinds: tuple[ItemKind, ...] = ("issue", "pull")
        for found in self.github.found.values():
            for kind in kinds:
                if self._due(found.id, kind, 0, 1):
                    yield PlanDetails(project=found.full_name, repository=found.id, kind=kind)

    def plan(self, task: PlanDetails, _: Reply) -> Effects:
        """Lays out the next questions, and looks on behind them."""
        if self.github.graphql_closed:
            return
        size = SIZES[task.kind]
        due = self._due(task.repository, task.kind, task.after, size * ASKED)
        for at in range(0, len(due), size):
            some = tuple(due[at : at + size])
            yield FetchDetails(project=task.project, repository=task.repository, kind=task.kind, items=some)
        if len(due) == size * ASKED:
            yield msgspec.structs.replace(task, after=due[-1][0])

    def _due(self, repository: int, kind: ItemKind, after: int, limit: int) -> list[tuple[int, str, int]]:
        found = self.github.store.undetailed(repository, pulls=kind == "pull", after=after, limit=limit)
        return [(each.number, each.node, each.updated) for each in found]

    # --- many items

    def query(self, task: FetchDetails) -> Query:
        nodes = [node for _, node, _ in task.items]
        return graphql.details(self.github.addresses.graphql, task.kind, nodes, files=self.github.scope.files)

    def handle(self, task: FetchDetails, reply: Reply) -> Effects:
        """Keeps what came. What did not come is asked for in halves; one that does not come alone is named as lost."""
        if self.github.graphql_closed:
            return
        try:
            if reply.failure:
                raise NotWhole(reply.failure.reason)
            if reply.status != 200:
                raise NotWhole(self.github.refusal(reply))
            answer = graphql.read_details(reply.body, [node for _, node, _ in task.items])
            for (number, _, _), told in zip(task.items, answer, strict=True):
                if told and told.repository in (0, task.repository) and told.number != number:
                    raise NotWhole("an answer about other items than were asked for")
        except NotWhole as error:
            yield from self._smaller(task, error, counts=reply.failure is not None)
            return
        self.silent = 0
        for (number, _, updated), details in zip(task.items, answer, strict=True):
            if details is None or details.repository not in (0, task.repository):  # it went meanwhile
                yield CheckNumber(project=task.project, repository=task.repository, number=number)
                continue
            told = msgspec.structs.replace(details, number=number)
            yield from self._kept(task.project, task.repository, told, updated)

    def _smaller(self, task: FetchDetails, error: NotWhole, *, counts: bool) -> Effects:
        if not counts and not error.heavy and task.attempt + 1 < TRIES:
            yield msgspec.structs.replace(task, attempt=task.attempt + 1)
            return
        self.silent += counts
        if self.silent >= ENOUGH:
            self.github.graphql_closed = True
            yield self.session.give_up(f"{self.github.addresses.graphql} does not answer: {quoted(str(error))}.")
        elif len(task.items) > 1:
            logger.info("%d details of %s did not come (%s)", len(task.items), task.project, quoted(str(error)))
            yield from halves(msgspec.structs.replace(task, attempt=0))
        else:
            number = task.items[0][0]
            yield self.session.give_up(f"The details of {task.project}#{number} did not come: {quoted(str(error))}.")

    def _kept(self, project: str, repository: int, details: Details, updated: int) -> Effects:
        if details.missing:
            yield CompleteDetails(project=project, repository=repository, details=details, updated=updated)
        else:
            self.github.store.keep_details(repository, details, updated, self.session.milliseconds())

    # --- the long lists of one

    def query_more(self, task: CompleteDetails) -> Query:
        return graphql.more(self.github.addresses.graphql, task.details.node, task.details.missing[0])

    def handle_more(self, task: CompleteDetails, reply: Reply) -> Effects:
        """Adds what came to the details; where it does not come, they are not kept at all."""
        details, missing = task.details, task.details.missing[0]
        try:
            payload, left = graphql.read_more(reply.json_or_raise(), details.payload, missing)
        except Unreadable as error:
            if reply.failure is None and task.attempt + 1 < ALONE:
                yield msgspec.structs.replace(task, attempt=task.attempt + 1)
                return
            said = f"The {missing.part} of {task.project}#{details.number} are not whole"
            yield self.session.give_up(f"{said}: {quoted(str(error))}.")
            return
        rest = details.missing[1:]
        more = msgspec.structs.replace(details, payload=payload, missing=(left, *rest) if left else rest)
        yield from self._kept(task.project, task.repository, more, task.updated)
