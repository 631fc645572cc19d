"""How a tracker is followed once it is crawled: passes over what changed, one after the other, for ever.

A `head` pass lists what was edited since the last one. A `trailing` pass lists the last half day again, because a
search may name an edit hours after it happened, and counts what is there: where that is not what we hold, or where the
difference is another one than before, every id is listed. A `census` lists them in any case. A pass over service
`levels` asks for nothing else of what is open. What a pass could not get is a finding of that pass alone: the next one
of its kind asks for it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from msgspec import structs

from jira_crawler.crawl.audit import Audit
from jira_crawler.crawl.handling import Effect, Effects
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.proof import Phase, Proof
from jira_crawler.crawl.reconciliation import Reconciliation
from jira_crawler.crawl.refresh import Refresh
from jira_crawler.crawl.service_levels import ServiceLevels
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import CheckIssue, CompleteList
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import IssueHead

Pass = Literal["head", "trailing", "census", "levels"]
HEAD_LAG = 5 * 60_000  # ms that a head pass overlaps with the one before: clocks differ, and some indexes are late
TRAILING = 12 * 3600_000  # ms that a trailing pass goes back behind the last one that went well
UNKNOWN = 3600_000  # ms by which a tracker's clock may be behind that was never met
GROWTH = 6  # passes that may fail before a list that goes on and on is one without an end, whatever was imported


class Found(NamedTuple):
    """An issue that a pass found to be newer (`updated`, ms) than what we held, or to be gone by then."""

    key: str
    updated: int


class Following:
    """Begins passes and brings them to their end; `under_way` is the one that is not, if there is one."""

    def __init__(
        self, listing: Listing, audit: Audit, reconciliation: Reconciliation, refresh: Refresh, levels: ServiceLevels
    ):
        self.listing, self.audit = listing, audit
        self.reconciliation, self.refresh, self.levels = reconciliation, refresh, levels
        self.session = listing.session
        self.under_way: Pass | None = None
        self.has_begun = False
        self.found: dict[str, Found] = {}
        self.went_well = True  # whether the last pass got all that it asked for, but for bad issues
        self._failures = 0
        self._explained: dict[str, int] = {}  # by project, how many more we hold than are counted, and rightly so
        self._began = 0
        self._behind: int | None = None  # ms by which the tracker's clock is, as it was when it was met
        self._proof = Proof(self.session, list, self._finish)

    def begin(self, kind: Pass) -> Iterator[Task]:
        """Begins a pass, once nothing of another one is under way, and gives what is asked first."""
        session, store = self.session, self.session.store.progress
        if self._behind is None:
            clock = session.state.clock
            self._behind = max(session.state.run - clock, 0) if clock else UNKNOWN
        self.has_begun = True
        self.audit.doubt = self._doubt  # an answer that is not there may be one for whoever has lost their rights
        self.under_way, self._began = kind, session.milliseconds()
        session.forget()
        self.found.clear()
        self.listing.forget()
        self.reconciliation.unproved.clear()
        self.audit.forget()
        session.began = self._began  # what the pass before asked is another question
        if kind in ("trailing", "census"):  # of what it lists and finds to be gone it is told that this pass did so
            session.state.run = self._began
        for project in session.scope.projects:
            # How many issues there may be, by which a listing without an end is known.
            held = store.held(session.site.name, project, self._began)
            session.counted[project] = max(held, session.state.counted.get(project, 0))
        self.listing.room = 4 ** min(self._failures, GROWTH)
        self.reconciliation.explained = self._explained if kind == "trailing" else None
        self._proof = Proof(session, lambda: [*self._phases(kind), self._pending()], self._finish)
        self._proof.begin()
        return self.go_on()

    def go_on(self) -> Iterator[Task]:
        """Gives what is asked next, once all before is answered and committed; nothing where the pass is over."""
        return self._proof.go_on() if self.under_way else iter(())

    def unknown(self, effects: Iterable[Effect]) -> Iterator[Effect]:
        """Leaves out the issues of a page that we hold as they are there; notes in `found` those that are newer.

        A head pass takes what has the same time of its last edit for the same. A trailing one looks closer, because
        not every change moves that time. An older one than we hold comes from an index that is late; so may one that
        was taken out, which is therefore asked for by itself.
        """
        effects = list(effects)
        heads = {raw.id: self._head(raw) for raw in map(_issue, effects) if raw and not raw.failed}
        site, store = self.session.site.name, self.session.store.progress
        known = store.updated(site, [id_ for id_, head in heads.items() if head])
        removed = store.is_removed(site, list(heads))
        for effect in effects:
            raw = _issue(effect)
            head = heads.get(raw.id) if raw else None
            if raw and raw.id in removed:
                self.session.state.listed -= 1
                yield self.refresh.ask(raw.id, census=True)
                continue
            if raw and head:
                held = known.get(raw.id, -1)
                if held > head.updated or (held == head.updated and self.under_way == "head"):
                    self.session.state.listed -= 1  # it is none of what came
                    continue
                if held < head.updated:
                    self.found[raw.id] = Found(head.key, head.updated)
            yield effect

    def _head(self, raw: RawIssue) -> IssueHead | None:
        return self.listing.tracker(raw.dialect).read_head(raw)

    def broke_off(self, sentence: str) -> None:
        """Ends a pass that cannot go on; what it asked and has no answer yet may still come."""
        self.session.findings.add(sentence)
        self.has_begun = True
        self.under_way, self.went_well = None, False
        self._failures += 1

    def _doubt(self, task: CheckIssue, status: int) -> Effects:
        """Asks for a witness of an issue that a listing of ids did not name and that is not there."""
        asked = structs.replace(self.refresh.ask(task.id, census=True), dialect=task.dialect)
        yield from self.refresh.not_there(asked, status)

    def _phases(self, kind: Pass) -> list[Phase]:
        recount, judge = self.reconciliation.recount, self.reconciliation.judge
        if kind == "head":
            return [Phase("changed", self._changed)]
        if kind == "levels":
            return [Phase("levels", self.levels.ask), Phase("overlay", self.levels.ask_overlay, always=True)]
        if kind == "trailing":
            # One bad issue is not to keep what is gone from being found out.
            proof = Phase("recount", recount, always=True), Phase("judge", judge, always=True)
            return [Phase("changed", self._changed_lately), *proof]
        return [Phase("verify", self._verify), Phase("judge", judge)]

    def _pending(self) -> Phase:
        return Phase("refine_pending", self.reconciliation.refine_pending)

    def _changed(self) -> Iterator[Task]:
        for project in self.session.scope.projects:
            yield from self._since(project, self._known(project) - HEAD_LAG)

    def _changed_lately(self) -> Iterator[Task]:
        for project in self.session.scope.projects:
            known = self.session.store.progress.of(self.session.site.name, project)
            # A head pass may have been told that nothing changed, by whoever did not know us any more.
            yield from self._since(project, known.began - TRAILING if known and known.finished else 0)

    def _known(self, project: str) -> int:
        """Gives the time (ms) until which it is known what changed in a project."""
        known = self.session.store.progress.of(self.session.site.name, project)
        return known.finished or 0 if known else 0

    def _since(self, project: str, since: int) -> Iterator[Task]:
        dialect = self.session.state.dialect
        # How far back it goes is ours to say: the lag of an index is for whoever asks once.
        yield from self.listing.changed(project, since + self.listing.tracker(dialect).lag, dialect)

    def _verify(self) -> Iterator[Task]:
        for project in self.session.scope.projects:
            yield self.audit.begin(project)

    def _finish(self) -> None:
        """Notes how far each project is known, if all that was asked was answered; the next pass goes on from there.

        When a listing `began` that is certain is moved by a trailing pass only, or where there was none.
        """
        kind, self.under_way = self.under_way, None
        session, store = self.session, self.session.store.progress
        for id_ in self.audit.removed & self.audit.unlisted.keys():
            self.found[id_] = Found(self.audit.unlisted[id_], self._began)
        self.went_well = self.listing.trapped.issuperset(session.findings.sentences)
        self._failures = 0 if self.went_well else self._failures + 1
        if kind == "census" or not self.went_well:
            return
        for project in session.scope.projects:
            until = self._began - (self._behind or 0)
            earlier = store.of(session.site.name, project)
            certain = earlier and earlier.is_complete and kind == "head"
            began = min(earlier.began, until) if certain and earlier else until
            store.save(session.site.name, project, began=began, watermark=None, finished=until)
            if kind == "trailing" and (surplus := self.reconciliation.surplus(project)) is not None:
                self._explained[project] = surplus


def _issue(effect: Effect) -> RawIssue | None:
    """Gives the issue that an effect is about, if it is a whole one or one that lacks a part of a list."""
    if isinstance(effect, CompleteList):
        return effect.issue
    return effect if isinstance(effect, RawIssue) else None
