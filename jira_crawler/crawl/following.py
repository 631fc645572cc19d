"""How a tracker is followed once it is crawled: passes over what changed, one after the other, for ever.

A `head` pass lists what was edited since the last one. A `trailing` pass lists the last half day again, because a
search may name an edit hours after it happened, and counts what is there. A `census` compares every id. A pass over
service `levels` asks for nothing else of what is open. What a pass could not get is a finding of that pass alone: the
next one of its kind asks for it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from jira_crawler.crawl.audit import Audit
from jira_crawler.crawl.handling import Effect
from jira_crawler.crawl.listing import Listing
from jira_crawler.crawl.proof import Phase, Proof
from jira_crawler.crawl.reconciliation import Reconciliation
from jira_crawler.crawl.refresh import Refresh
from jira_crawler.crawl.service_levels import ServiceLevels
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import CompleteList
from jira_crawler.items import RawIssue
from jira_crawler.trackers.contract import IssueHead

Pass = Literal["head", "trailing", "census", "levels"]
HEAD_LAG = 5 * 60_000  # ms that a head pass overlaps with the one before: clocks differ, and some indexes are late
TRAILING = 12 * 3600_000  # ms that a trailing pass goes back


class Found(NamedTuple):
    """An issue that a pass found to be newer (`updated`, ms) than what we held."""

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
        self._began = 0
        self._behind: int | None = None  # ms by which the tracker's clock is, as it was when it was met
        self._proof = Proof(self.session, list, self._finish)

    def begin(self, kind: Pass) -> Iterator[Task]:
        """Begins a pass, once nothing of another one is under way, and gives what is asked first."""
        session, store = self.session, self.session.store.progress
        if self._behind is None:
            self._behind = max(session.state.run - (session.state.clock or session.state.run), 0)
        self.has_begun = True
        self.under_way, self._began = kind, session.milliseconds()
        session.forget()
        self.found.clear()
        self.listing.forget()
        self.reconciliation.unproved.clear()
        self.audit.lacking.clear()
        session.began = self._began  # what the pass before asked is another question
        if kind in ("trailing", "census"):  # of what it lists and finds to be gone it is told that this pass did so
            session.state.run = self._began
        for project in session.scope.projects:
            # How many issues there may be, by which a listing without an end is known.
            session.counted[project] = store.held(session.site.name, project, self._began)
        self._proof = Proof(session, lambda: [*self._phases(kind), self._pending()], self._finish)
        self._proof.begin()
        return self.go_on()

    def go_on(self) -> Iterator[Task]:
        """Gives what is asked next, once all before is answered and committed; nothing where the pass is over."""
        return self._proof.go_on() if self.under_way else iter(())

    def unknown(self, effects: Iterable[Effect]) -> Iterator[Effect]:
        """Leaves out the issues of a page that we hold as they are there; notes in `found` those that are newer.

        A head pass takes what has the same time of its last edit for the same. A trailing one looks closer, because
        not every change moves that time. An older one than we hold comes from an index that is late.
        """
        effects = list(effects)
        heads = {raw.id: self._head(raw) for raw in map(_issue, effects) if raw and not raw.failed}
        site, store = self.session.site.name, self.session.store.progress
        known = store.updated(site, [id_ for id_, head in heads.items() if head])
        for effect in effects:
            raw = _issue(effect)
            head = heads.get(raw.id) if raw else None
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
        self.under_way = None

    def _phases(self, kind: Pass) -> list[Phase]:
        recount, judge = self.reconciliation.recount, self.reconciliation.judge
        if kind == "head":
            return [Phase("changed", self._changed)]
        if kind == "levels":
            return [Phase("levels", self.levels.ask), Phase("overlay", self.levels.ask_overlay, always=True)]
        if kind == "trailing":
            return [Phase("changed", self._changed_lately), Phase("recount", recount), Phase("judge", judge)]
        return [Phase("verify", self._verify), Phase("judge", judge)]

    def _pending(self) -> Phase:
        return Phase("refine_pending", self.reconciliation.refine_pending)

    def _changed(self) -> Iterator[Task]:
        for project in self.session.scope.projects:
            yield from self._since(project, self._known(project) - HEAD_LAG)

    def _changed_lately(self) -> Iterator[Task]:
        for project in self.session.scope.projects:
            yield from self._since(project, min(self._known(project) - HEAD_LAG, self._began - TRAILING))

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
        """Notes how far each project is known, if all that was asked was answered; the next pass goes on from there."""
        kind, self.under_way = self.under_way, None
        session = self.session
        if kind in ("census", "levels") or not self.listing.trapped.issuperset(session.findings.sentences):
            return
        for project in session.scope.projects:
            until = self._began - (self._behind or 0)
            session.store.progress.save(session.site.name, project, began=until, watermark=None, finished=until)


def _issue(effect: Effect) -> RawIssue | None:
    """Gives the issue that an effect is about, if it is a whole one or one that lacks a part of a list."""
    if isinstance(effect, CompleteList):
        return effect.issue
    return effect if isinstance(effect, RawIssue) else None
