"""The passes of a live crawl over what changed, one at a time: when each is due, and what is noted of it at its end.

All but the properties reads or writes the store: it is called where that may be waited for.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from jira_crawler.crawl.agenda import WEEK, Agenda
from jira_crawler.extensions.report import Report
from jira_crawler.serve.unannounced import Unannounced

if TYPE_CHECKING:
    from jira_crawler.crawl.following import Pass
    from jira_crawler.crawl.task import Task
    from jira_crawler.extensions.live_context import LiveContext

logger = logging.getLogger(__name__)


class Passes:
    """`agenda`, when which is due, is there as long as this process is the one that makes them.

    `kind` is what is under way, `drains` whether answers are of a pass that broke off, `polled` when one went well.
    """

    def __init__(self, live: LiveContext):
        self.live, self.following = live, live.following
        settings = live.crawler.settings
        self._poll, self._levels = settings.getfloat("LIVE_POLL"), settings.getfloat("LIVE_SLA")
        self._trailing = settings.getfloat("LIVE_TRAILING_SECONDS")
        self.agenda: Agenda | None = None
        self.kind: Pass | None = None
        self.drains = False
        self.polled: float | None = None
        self._unannounced: Unannounced | None = None

    @property
    def every(self) -> float:
        """Seconds between two passes, 0 where another process makes them."""
        return self._poll if self.live.peers.leads else 0.0

    @property
    def is_busy(self) -> bool:
        """Whether a pass is under way, or answers of one."""
        return bool(self.drains or self.kind or self.following.under_way)

    def take_over(self) -> None:
        """Sees to it that the first pass is made: it lists what changed during the crawl, or while we were away."""
        store, site, session = self.live.store.progress, self.live.spider.site.name, self.live.session
        last = store.last_census(site)
        due = max(last / 1000 + WEEK - time.time(), 0.0) if last else WEEK
        session.state.dialect = session.state.dialect or store.dialect(site)
        self.following.has_begun = True
        self.live.notes.proved()
        self.agenda = Agenda(self._poll, time.monotonic(), due, self._trailing, self._levels)
        logger.info("%s is followed from now on", ", ".join(session.scope.projects))

    def step_down(self) -> None:
        """Leaves the passes to another process; what this one has asked by now is waited for."""
        self.agenda, self.kind = None, None
        if self.following.under_way:
            self.broke_off("Another process lists what changed by now.")
        self.live.session.findings.clear()  # the other one asks again for whatever is missing

    def begin(self, kind: Pass) -> list[Task]:
        """Begins a pass, and gives what is asked first; nothing where it is over at once."""
        self.kind = kind
        self.live.notes.began()
        return list(self.following.begin(kind))

    def broke_off(self, sentence: str) -> None:
        """Ends a pass, or the crawl before it, where the tracker does not answer; a later one tries again.

        What was asked by then is waited for: an answer that is under way may be older than the next one.
        """
        self.drains = True
        self.following.broke_off(sentence)

    def end(self) -> None:
        """Notes what came of the pass that was under way."""
        kind, self.kind = self.kind, None
        if kind is None or self.agenda is None:
            return
        live, ok = self.live, self.following.went_well
        self.agenda.ended(kind, time.monotonic(), ok=ok)
        live.notes.ended(kind, ok=ok, found=len(self.following.found))
        if kind == "levels":
            self._take_levels()
            return
        live.counts.passed(ok=ok)
        if ok:
            self.polled = time.time()
        elif findings := live.session.findings:
            logger.warning("What changed is not listed to the end, and is listed again: %s", findings.sentences[0])
        self._look_for_missed()
        live.spider.count()
        try:
            if report := live.crawler.get_extension(Report):
                report.write_current()
        except OSError as error:
            logger.error("The report cannot be written: %s", error.strerror)

    def _take_levels(self) -> None:
        """Notes when service levels came, and asks for the issues that the same answers showed to be others by now."""
        levels = self.following.levels
        if came := levels.over():
            self.live.store.catalogue.polled(self.live.spider.site.name, came)
        healed, levels.healed = levels.healed, []
        if healed:
            self.live.crawler.stats.inc_value("live/healed", len(healed))
            self.live.worklist.add(healed, time.monotonic())

    def _look_for_missed(self) -> None:
        """Notes what a pass found, and no delivery had announced when it should have come."""
        if since := self.live.server.listening_since:
            self._unannounced = self._unannounced or Unannounced(
                self.live.spider.site.name, self.live.store.delivery_audit, since
            )
            if new := self._unannounced.note(self.following.found, int(time.time() * 1000)):
                self.live.crawler.stats.inc_value("live/push_missed", new)
                logger.warning("Webhooks did not announce %d of what changed: scrapy deliveries --missed lists it", new)
        self.following.found.clear()
