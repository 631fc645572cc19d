"""What came of late is counted by site and time, and found by its numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jira_crawler.store import lately
from jira_crawler.store.deliveries import Delivery
from jira_crawler.store.delivery_audit import Missed
from tests.integration.store.test_listing_progress import row

SITE, OTHER, MINUTE = "tracker", "other", lately.MINUTE
AT = 1_790_000_040_000  # where a minute begins


def delivery(number: int, received: int, site: str = SITE) -> Delivery:
    return Delivery(site, f"id:{number}", "jira:issue_updated", received, issues=((str(number), ""),))


@pytest.fixture
def filled(store):
    times = (AT - 1, AT, AT + MINUTE - 1, AT + MINUTE)
    store.deliveries.receive([delivery(number, at) for number, at in enumerate(times)])
    store.deliveries.receive([delivery(9, AT, OTHER)])
    return store


def test_deliveries_are_counted_by_the_minute_in_which_they_came(filled):
    assert lately.by_minute(filled.engine, SITE, AT) == {AT: 2, AT + MINUTE: 1}
    assert lately.by_minute(filled.engine, SITE, 0) == {AT - MINUTE: 1, AT: 2, AT + MINUTE: 1}
    assert lately.by_minute(filled.engine, OTHER, AT) == {AT: 1}


def test_they_are_counted_by_what_became_of_them(filled):
    filled.deliveries.fetched([1], AT)
    filled.deliveries.failed([2], "status 500")
    assert lately.by_state(filled.engine, SITE, ("received", "fetched")) == {"received": 2, "fetched": 1}


def test_troubles_of_a_time_and_a_site(filled):
    filled.deliveries.failed([1, 2, 5], "status 500")
    filled.delivery_audit.note_missed([Missed(SITE, "7", "A-7", AT, AT + n) for n in (-1, 1)][1:])
    filled.delivery_audit.note_missed([Missed(SITE, "8", "A-8", AT, AT - 1), Missed(OTHER, "7", "B-7", AT, AT + 1)])
    assert lately.troubles(filled.engine, SITE, AT) == lately.Troubles(failed=1, missed=1)
    assert lately.troubles(filled.engine, SITE, 0) == lately.Troubles(failed=2, missed=2)


def test_the_last_deliveries_are_those_of_a_site_whoever_else_is_told(filled):
    audit = filled.delivery_audit
    assert [each.number for each in audit.entries(limit=9)] == [4, 3, 5, 2, 1]
    assert [each.number for each in audit.entries(site=SITE, limit=2)] == [4, 3]
    assert [each.number for each in audit.entries(site=SITE, since=AT, limit=9)] == [4, 3, 2]
    assert [each.number for each in audit.entries(site=OTHER, states=("received",), limit=9)] == [5]
    assert (audit.backlog(SITE).last, audit.backlog(OTHER).last, audit.backlog("none").last) == (AT + MINUTE, AT, None)


def test_keys_of_issues_that_a_delivery_names_by_the_id_alone(store):
    store.save([replace(row(number), content="") for number in (1, 2)], {})
    assert lately.keys(store.engine, SITE, {"1", "3"}) == {"1": "DEMO-1"}
    assert lately.keys(store.engine, SITE, ()) == {}
