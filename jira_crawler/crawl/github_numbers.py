"""The proof: every number up to the highest leads to an item or says why not, and each has the comments it should."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import msgspec

from jira_crawler.crawl.github_session import GitHubSession
from jira_crawler.crawl.github_tasks import CheckNumber, FetchComments, Plan
from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import Unreadable
from jira_crawler.sites import within
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.github import rest
from jira_crawler.trackers.github.rest import Repository

logger = logging.getLogger(__name__)
ASKED = 100  # numbers that are laid out at a time
MOST = 20_000  # … and in one run: where more are holes, the next run goes on
# What a number that leads nowhere is called, and how a row that is taken out says why.
STATES = {
    301: ("transferred", "moved to another repository"),
    404: ("private", "hidden from us, or never an issue"),
    410: ("deleted", "deleted"),
    451: ("blocked", "hidden for legal reasons"),
}


class GitHubNumbers:
    def __init__(self, github: GitHubSession):
        self.github, self.session = github, github.session

    def handlers(self) -> Handlers:
        return {
            Plan: Handling(self.github.query_nobody, self.plan),
            CheckNumber: Handling(self.query_number, self.handle_number),
            FetchComments: Handling(self.query_comments, self.handle_comments),
        }

    def numbers(self) -> Iterator[Task]:
        """Looks at numbers that no list has shown, and at items that a whole walk has not met any more.

        Where a list did not come to its end, every number behind it would be looked at.
        """
        for found in self._listed():
            of = {"project": found.full_name, "repository": found.id}
            if self.github.store.holes(found.id, after=0, limit=1):
                yield Plan(what="numbers", **of)  # type: ignore[arg-type]
            walk = self.github.store.listed(found.id, "issue")
            if walk.finished >= walk.began and self.github.store.unlisted(found.id, walk.began, after=0, limit=1):
                yield Plan(what="unlisted", began=walk.began, **of)  # type: ignore[arg-type]

    def _listed(self) -> Iterator[Repository]:
        return (found for found in self.github.found.values() if found.id not in self.github.broken)

    def comments(self) -> Iterator[Task]:
        """Looks at items of which we hold another number of comments than they have."""
        for found in self._listed():
            if self.github.store.miscounted(found.id, after=0, limit=1):
                yield Plan(project=found.full_name, repository=found.id, what="comments")

    def review_comments(self) -> Iterator[Task]:
        """Looks at pull requests whose reviews told of another number of comments than we held then."""
        for found in self._listed():
            if self.github.store.miscounted_reviews(found.id, after=0, limit=1):
                yield Plan(project=found.full_name, repository=found.id, what="review_comments")

    def judge(self) -> Iterator[Task]:
        """Notes what was proved of each repository; asks for nothing."""
        for found in self.github.found.values():
            certificate = self.session.certificate(found.full_name)
            held, states = self.github.store.count(found.id), self.github.store.states(found.id)
            certificate.counted, certificate.held = self.session.counted.get(found.full_name), held
            certificate.verified = {"got": held, **states}
        yield from ()

    def plan(self, task: Plan, _: Reply) -> Effects:
        """Lays out the next questions, and looks on behind them."""
        if task.looked >= MOST:
            yield self.session.give_up(f"More than {MOST} numbers of {task.project} lead to nothing that a list shows.")
            return
        store, of = self.github.store, {"project": task.project, "repository": task.repository}
        if task.what in ("comments", "review_comments"):
            ask, kind = (
                (store.miscounted, "comment")
                if task.what == "comments"
                else (store.miscounted_reviews, "review_comment")
            )
            due = ask(task.repository, after=task.after, limit=ASKED)
            for each in due:
                yield FetchComments(number=each.number, updated=each.updated, kind=kind, **of)  # type: ignore[arg-type]
            numbers = [each.number for each in due]
        elif task.what == "unlisted":
            numbers = [
                each.number for each in store.unlisted(task.repository, task.began, after=task.after, limit=ASKED)
            ]
        else:
            numbers = list(store.holes(task.repository, after=task.after, limit=ASKED))
        if task.what in ("numbers", "unlisted"):
            for number in numbers:
                yield CheckNumber(number=number, **of)  # type: ignore[arg-type]
        if len(numbers) == ASKED:
            yield msgspec.structs.replace(task, after=numbers[-1], looked=task.looked + len(numbers))

    # --- numbers

    def query_number(self, task: CheckNumber) -> Query:
        return rest.single(self.github.addresses.rest, task.project, task.number)

    def handle_number(self, task: CheckNumber, reply: Reply) -> Effects:
        """Keeps an item that is there after all, or notes what became of it."""
        name = f"{task.project}#{task.number}"
        if not reply.failure and (told := STATES.get(reply.status)):
            state, reason = told
            now, run = self.session.milliseconds(), self.session.state.run
            self.github.store.settle(task.repository, task.number, state, reason, now, run)
            return
        try:
            piece = rest.read_piece(reply.json_or_raise(), "issue")
        except Unreadable:
            yield self.session.give_up(f"Nobody knows what became of {name}: {self.github.refusal(reply)}.")
            return
        if piece.number != task.number:
            yield self.session.give_up(f"Nobody knows what became of {name}: another issue came for it.")
            return
        walk = self.github.store.listed(task.repository, "issue")
        self.github.store.keep_pieces(task.repository, [piece], self.session.milliseconds(), listed=walk.began)

    # --- comments

    def query_comments(self, task: FetchComments) -> Query:
        if task.url:
            return rest.ask(task.url, {})
        ask = rest.comments_of if task.kind == "comment" else rest.review_comments_of
        return ask(self.github.addresses.rest, task.project, task.number)

    def handle_comments(self, task: FetchComments, reply: Reply) -> Effects:
        """Keeps the comments of one item, and lets go of those that it does not have any more."""
        try:
            pieces = rest.read_list(reply.json_or_raise(), task.kind)
            if any(each.number != task.number for each in pieces):
                raise Unreadable("comments of another issue")
        except Unreadable:
            said = f"The {task.kind.replace('_', ' ')}s of {task.project}#{task.number} are not whole"
            yield self.session.give_up(f"{said}: {self.github.refusal(reply)}.")
            return
        now = self.session.milliseconds()
        self.github.store.keep_pieces(task.repository, pieces, now)
        objects = (*task.objects, *(each.object for each in pieces))
        following = rest.next_page(reply.headers)
        if following and within(following, self.session.site.url):
            yield msgspec.structs.replace(task, url=following, objects=objects)
        else:
            self.github.store.keep_only(task.repository, task, task.kind, objects, now)
