"""What passes found and no delivery had announced: how much push missed, told once it cannot come any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jira_crawler.crawl.following import Found
from jira_crawler.store.delivery_audit import Announcement, DeliveryAudit, Missed

GRACE: Final = 60_000  # ms that a delivery may take: a Cloud sends within thirty seconds
SAME: Final = 5_000  # ms by which the time of an edit and that of the word of it may differ


class Unannounced:
    """Holds what is found until a delivery about it would have come. Times are ms; we listen `since` then."""

    def __init__(self, site: str, audit: DeliveryAudit, since: int):
        self.site, self.audit, self.since = site, audit, since
        self._doubtful: dict[str, Missed] = {}

    def note(self, found: Mapping[str, Found], now: int) -> int:
        """Takes what a pass found; gives how many changes are noted as missed by now that were not before."""
        for id_, each in found.items():
            if each.updated >= self.since:
                self._doubtful[id_] = Missed(self.site, id_, each.key, each.updated, now)
        ripe = {id_: each for id_, each in self._doubtful.items() if each.found <= now - GRACE}
        told = self.audit.last_announced(self.site, ripe)
        missed = [each for id_, each in ripe.items() if id_ not in told or not _announces(told[id_], each.updated)]
        for id_ in ripe:
            del self._doubtful[id_]
        return self.audit.note_missed(missed)


def _announces(told: Announcement, updated: int) -> bool:
    """Whether the last delivery about an issue can be about its edit of a time (ms), or about one after it."""
    return (told.at is not None and told.at >= updated - SAME) or told.received >= updated + GRACE
