"""The keys of a project as its search names them, where the site answers programs at least that far."""

from __future__ import annotations

import logging

from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.html_tasks import CountKeys
from jira_crawler.crawl.keys import HtmlScope, Keys
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.session import Session
from jira_crawler.crawl.tasks import ListIds, Probe
from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers import introduction, paging, plausibility, read_introduction, tracker
from jira_crawler.trackers.answers import lacks_project
from jira_crawler.trackers.contract import Cursor, Query, Window

logger = logging.getLogger(__name__)
IDS = 1_000


class KeySearch:
    """Lists the keys of each project and reads the page of each; where there is no search, keys are tried."""

    def __init__(self, session: Session, scope: HtmlScope, keys: Keys) -> None:
        self.session, self.scope, self.keys = session, scope, keys

    def probe(self) -> Probe:
        """Asks who the site is, to learn whether it answers programs."""
        return Probe(retries=1)

    def handlers(self) -> Handlers:
        return {
            Probe: Handling(self.query_probe, self.handle_probe),
            ListIds: Handling(self.query_listing, self.handle_listing),
            CountKeys: Handling(self.query_count, self.handle_count),
        }

    # --- is there a search?

    def query_probe(self, _: Probe) -> Query:
        return introduction(self.session.site.url)

    def handle_probe(self, _: Probe, reply: Reply) -> Effects:
        """Lists the keys through the search, if there is one."""
        try:
            dialect = read_introduction(reply.json_or_raise())[0]
        except Unreadable as error:
            said = "%s does not answer programs (%s): keys are tried one after the other"
            logger.info(said, self.session.site.url, error)
            for project in self.scope.projects:
                yield from self.keys.behind(project, 0)
            return
        for project in self.scope.projects:
            yield _listing(Window(project), Cursor(), dialect)

    # --- the keys that it names

    def query_listing(self, task: ListIds) -> Query:
        return tracker(task.dialect, self.session.site.url).listing(task.window, task.cursor, IDS)

    def handle_listing(self, task: ListIds, reply: Reply) -> Effects:
        """Reads the page of every issue that a listing names."""
        session, project = self.session, task.window.project
        speaks = tracker(task.dialect, session.site.url)
        if reply.status == 400 and lacks_project(why := reply.trouble, project):
            session.findings.add(
                f"{session.site.url} has no project {project}, or does not show it to this visitor: {why}"
            )
            return
        try:
            page = speaks.read_page(reply.json_or_raise())
        except Unreadable as error:
            logger.info("%s is not listed (%s): keys are tried one after the other", project, error)
            yield from self.keys.behind(project, 0)
            return
        step = plausibility.step(speaks, task.window, task.cursor, page, session.counted.get(project, page.total))
        if page.total is not None and not step.wrong:
            session.counted[project] = max(session.counted.get(project, 0), page.total)
        self.keys.named[project] += sum(bool(issue.key) for issue in step.fresh)
        for issue in step.fresh:
            if issue.key:
                yield self.keys.look(issue.key)
            else:
                session.findings.add(f"The search names an issue of {project} without a key.")
        if step.onward:
            if step.wrong:
                logger.info("A page of %s is asked for again: %s", project, step.wrong)
            yield _listing(task.window, step.onward, task.dialect)
        elif step.wrong:
            session.findings.add(f"The keys of {project} were not listed to the end: {step.wrong}.")
        else:
            listed = task.cursor.listed + len(step.fresh)
            yield CountKeys(project=project, dialect=task.dialect, listed=listed, retries=2)

    # --- and whether these are all that it counts

    def query_count(self, task: CountKeys) -> Query:
        older = Window(task.project, end=paging.floor_minute(self.session.state.run))
        return tracker(task.dialect, self.session.site.url).count(older)

    def handle_count(self, task: CountKeys, reply: Reply) -> tuple[()]:
        """Says what is missing where the tracker counts more issues than its search names."""
        speaks, findings = tracker(task.dialect, self.session.site.url), self.session.findings
        try:
            count = speaks.read_count(reply.json_or_raise())
        except Unreadable as error:
            findings.add(f"{task.project} was listed, but not proved complete: {error}.")
            return ()
        if count - task.listed > speaks.tolerance * count:
            findings.add(f"The search names {task.listed} of the {count} issues of {task.project} that it counts.")
        return ()


def _listing(window: Window, at: Cursor, dialect: str) -> ListIds:
    return ListIds(project=window.project, window=window, cursor=at, dialect=dialect, retries=2)
