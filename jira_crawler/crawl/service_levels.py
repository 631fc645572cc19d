"""How the service levels of open issues are kept current: asked for in bulk, and put into the issues that we hold.

A clock that runs changes none. What the answers say besides shows which issues changed though nobody told: they heal.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from msgspec import structs

from jira_crawler.crawl.handling import Effects, Handlers, Handling
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.reply import Reply
from jira_crawler.crawl.tasks import AskServiceLevels, PollServiceLevels
from jira_crawler.exceptions import Unreadable
from jira_crawler.items import RawIssue
from jira_crawler.text.fingerprint import lasting
from jira_crawler.trackers import PAGE, tracker
from jira_crawler.trackers.contract import Cursor, IssueStub, Query, Tracker, Window
from jira_crawler.trackers.jira import service_levels as jira
from jira_crawler.trackers.jira.service_levels import OVERLAID, Level

logger = logging.getLogger(__name__)
SIZE: Final = 100  # issues an answer, which every tracker gives
LATE: Final = 3600_000  # ms before the last time from which on what is resolved is asked for as well: its clock stopped
FIRST: Final = 24 * 3600_000  # … and before the first time
SINGLY: Final = 100  # issues of a project that are asked for by themselves in one pass, where lists tell too little
SELDOM: Final = 24  # times that a project without a service level is passed over
BESIDES: Final = ("status", "resolution", "resolutiondate", "updated")


@dataclass(slots=True)
class Fetched:
    """When an account was last asked to the end (ms, 0: never), and why it was not the last time; "" where it was."""

    at: int = 0
    trouble: str = ""


class ServiceLevels:
    """Asks for the service levels of open issues, as one account sees them or as two do.

    `overlay` is the base address by which a second one is asked, None where there is none. What that one sees goes into
    the fields alone that are service levels, and what it does not see changes nothing. `fetched` says of each account,
    "issue" and "overlay", how that went; `healed` are the ids of issues that are others than we hold.
    """

    def __init__(self, listing: Listing, overlay: str | None = None):
        self.listing, self.overlay, self.session = listing, overlay, listing.session
        self.fetched = {"issue": Fetched()} | ({"overlay": Fetched()} if overlay is not None else {})
        self.healed: list[str] = []
        self._fields: tuple[str, ...] = ()
        self._found: Counter[tuple[str, bool]] = Counter()  # service levels, by project and account
        self._passed_over: Counter[tuple[str, bool]] = Counter()
        self._began = 0
        self._texts: list[str] = []  # issues of a project whose service levels a list told as texts
        self._asked: dict[tuple[str, bool], int] = {}  # when they were asked for singly, by id and account
        self._told_of_texts = False
        self._overlaid: tuple[str, ...] | None = None  # fields that a second account has ever seen

    def handlers(self) -> Handlers:
        return {
            PollServiceLevels: Handling(self.query, self.handle),
            AskServiceLevels: Handling(self.query_one, self.handle_one),
        }

    # --- out

    def ask(self) -> Iterator[PollServiceLevels]:
        """Begins with every project, as the crawl's own account sees it; nothing where no field is a service level."""
        self._began, self._fields = self.session.milliseconds(), self._known()
        self.fetched["issue"].trouble = ""
        yield from self._each(overlay=False)

    def ask_overlay(self) -> Iterator[PollServiceLevels]:
        """Begins with every project, as the second account sees it, if there is one."""
        if self.overlay is not None:
            self.fetched["overlay"].trouble = ""
            yield from self._each(overlay=True)

    def over(self) -> dict[str, int]:
        """Notes that both were asked; gives the accounts of which all came, with when (ms)."""
        for each in self.fetched.values():
            if self._fields and not each.trouble:
                each.at = self._began
            elif each.trouble:
                logger.warning("Service levels stay as they are: %s", each.trouble)
        return {account: each.at for account, each in self.fetched.items() if each.at == self._began and self._fields}

    @property
    def fields(self) -> tuple[str, ...]:
        """The ids of the fields that were asked for last."""
        return self._fields

    def learn(self) -> None:
        """Takes up which fields are service levels, and which a second account has seen, where another process asks."""
        self._fields, self._overlaid = self._known(), tuple(self.session.store.overlaid(self.session.site.name))

    def _known(self) -> tuple[str, ...]:
        if self.session.state.dialect in ("", PAGE):
            return ()
        return tuple(self.session.store.service_levels(self.session.site.name))

    def _each(self, *, overlay: bool) -> Iterator[PollServiceLevels]:
        account = self.fetched["overlay" if overlay else "issue"]
        since = account.at - LATE if account.at else self._began - FIRST
        for project in self.session.scope.projects if self._fields else ():
            place = project, overlay
            if self._passed_over[place] % SELDOM:
                self._passed_over[place] += 1
                continue
            self._found[place] = 0
            open_ones = Window(project, f"resolution is EMPTY OR updated >= {max(since, 0)}")
            yield PollServiceLevels(
                project=project,
                dialect=self.session.state.dialect,
                fields=self._fields,
                window=open_ones,
                cursor=Cursor(),
                overlay=overlay,
            )

    def query(self, task: PollServiceLevels) -> Query:
        return self._speaks(task).columns(task.window, task.cursor, SIZE, [*task.fields, *BESIDES])

    def query_one(self, task: AskServiceLevels) -> Query:
        return self._speaks(task).issue(task.id, ",".join([*task.fields, *BESIDES]))

    def _speaks(self, task: PollServiceLevels | AskServiceLevels) -> Tracker:
        if task.overlay and self.overlay is None:
            raise LookupError("there is no second account")
        return tracker(task.dialect, (self.overlay if task.overlay else "") or self.session.site.url)

    # --- back

    def handle(self, task: PollServiceLevels, reply: Reply) -> Effects:
        """Gives on the issues whose service levels are others than we hold, and asks for the next page."""
        try:
            if reply.failure:
                raise Unreadable(reply.failure.reason)
            if reply.status != 200:
                raise Unreadable(self.listing.refusal(reply, task.project))
            page = self.listing.tracker(task.dialect).read_page(reply.body)
        except Unreadable as error:
            self._failed(task, str(error))
            return
        step = self.listing.step(task.window, task.cursor, page, task.dialect)
        yield from self._differing(task, step.fresh)
        if step.onward:
            yield structs.replace(task, cursor=step.onward)
        elif step.wrong:
            self._failed(task, step.wrong)
        else:
            place = task.project, task.overlay
            self._passed_over[place] = 0 if self._found[place] else 1
            yield from self._singly(task)

    def handle_one(self, task: AskServiceLevels, reply: Reply) -> Effects:
        """Gives on the issue if its service levels are others; one that does not come has its turn again."""
        try:
            stub = self.listing.tracker(task.dialect).read_one(reply.json_or_raise())
        except Unreadable:
            return
        if stub.id == task.id:
            yield from self._differing(task, [stub])

    def _singly(self, task: PollServiceLevels) -> Iterator[AskServiceLevels]:
        """Asks for some of the issues whose service levels came as texts, those first that waited the longest."""
        waiting, self._texts = self._texts, []
        waiting.sort(key=lambda id_: self._asked.get((id_, task.overlay), 0))
        for id_ in waiting[:SINGLY]:
            self._asked[id_, task.overlay] = self._began
            yield AskServiceLevels(dialect=task.dialect, id=id_, fields=task.fields, overlay=task.overlay)

    def _differing(self, task: PollServiceLevels | AskServiceLevels, stubs: Iterable[IssueStub]) -> Iterator[RawIssue]:
        by_id = {stub.id: stub for stub in stubs if stub.id}
        for held in self.session.store.raw_issues(self.session.site.name, list(by_id)):
            try:
                there, here = (jira.read(each, task.fields) for each in (by_id[held.id].payload, held.payload))
            except Unreadable:
                continue  # it is for the crawl to say what is wrong with it
            self._found[task.project, task.overlay] += len(there.levels) + len(there.texts)
            if there.texts and isinstance(task, PollServiceLevels):
                self._note_texts(held.id)
            if there.updated < here.updated:
                continue  # an index that is late
            if (there.updated, there.status) != (here.updated, here.status) and not task.overlay:
                self.healed.append(held.id)
            if moved := _moved(here.levels, there.levels, self._began if task.overlay else None):
                fresh = jira.patched(held.payload, moved)
                yield replace(held, payload=fresh, fetched_at=self.session.clock())

    def _note_texts(self, id_: str) -> None:
        self._texts.append(id_)
        if not self._told_of_texts:
            self._told_of_texts = True
            url = self.session.site.url
            logger.info("%s tells service levels as texts in lists: %d issues are asked for singly", url, SINGLY)

    def _failed(self, task: PollServiceLevels, why: str) -> None:
        """Of the second account it is only noted, and all that it brought stays; else the pass is to be made again."""
        self.fetched["overlay" if task.overlay else "issue"].trouble = f"those of {task.project} did not come ({why})"
        if not task.overlay:
            self.session.findings.add(f"The service levels of {task.project} did not come: {why}.")

    # --- what others fetch

    def kept(self, raw: RawIssue) -> RawIssue:
        """Gives an issue that came with the service levels that we hold of it, where they are not to be seen in it.

        That is where only a second account saw them, whether it is here by now or not, or where lists tell them as
        texts. Others that are not there any more have gone.
        """
        if self._overlaid is None:
            self._overlaid = tuple(self.session.store.overlaid(self.session.site.name))
        fields = self._fields if self.overlay is not None or self._told_of_texts else self._overlaid
        fields = fields or self._overlaid
        if not fields or raw.failed or raw.dialect == PAGE:
            return raw
        try:
            now = jira.read(raw.payload, fields)
            blank = [name for name in fields if name not in now.levels]
            for held in self.session.store.raw_issues(raw.site, [raw.id]) if blank else ():
                was = jira.read(held.payload, blank).levels
                if seen := {name: level for name, level in was.items() if OVERLAID in level or name in now.texts}:
                    return replace(raw, payload=jira.patched(raw.payload, seen))
        except Unreadable:
            pass
        return raw


def _moved(here: Mapping[str, Level], there: Mapping[str, Level], overlaid: int | None) -> dict[str, Level]:
    """Finds the service levels of which something moved besides the clock; those of a second account are marked so."""
    found: dict[str, Level] = {}
    for name, level in there.items():
        was = {part: value for part, value in here.get(name, {}).items() if part != OVERLAID}
        if not was or _lasts(was) != _lasts(level):
            found[name] = level if overlaid is None else level | {OVERLAID: {"fetched": overlaid}}
    return found


def _lasts(level: Level) -> Any:
    return lasting({"level": level})
