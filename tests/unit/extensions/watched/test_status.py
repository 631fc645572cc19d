"""How a live crawl is, gathered out of its parts: once for all who ask, and also where the store does not answer."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import Settings
from sqlalchemy.exc import OperationalError

from jira_crawler.crawl.agenda import Agenda
from jira_crawler.crawl.session import Certificate, Findings
from jira_crawler.extensions.watched import status as module
from jira_crawler.extensions.watched.notes import LiveNotes
from jira_crawler.extensions.watched.status import LiveStatus
from jira_crawler.middlewares.permits import OwnPermits
from jira_crawler.serve.health import Health
from jira_crawler.sites import Site
from jira_crawler.store.database import connect
from jira_crawler.store.deliveries import Delivery
from jira_crawler.store.store import Store

SITE = "made-up"


@pytest.fixture
def live(tmp_path):
    """A live crawl as far as whoever looks at it needs one; `asked` counts how often its health was asked for."""
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    stats: dict[str, Any] = {"pace/sent": 7, "downloader/response_status_count/200": 6, "retry/count": 1}
    pace = SimpleNamespace(permits=OwnPermits(0.0, 60.0, None), limit=0)
    crawler = SimpleNamespace(
        settings=Settings({"OUTPUT_DIR": str(tmp_path)}),
        stats=SimpleNamespace(get_stats=lambda: stats),
        get_downloader_middleware=lambda _: pace,
        spider=SimpleNamespace(frontier=SimpleNamespace(waiting=lambda: 3)),
    )
    made = SimpleNamespace(asked=0, trouble="", began=time.time(), store=store, crawler=crawler, pace=pace)
    made.spider = SimpleNamespace(site=Site(name=SITE, url="https://somebody:sesame@jira.example.org"))
    made.session = SimpleNamespace(
        scope=SimpleNamespace(projects=("DEMO",)), certificates={}, findings=Findings(), counted={}
    )
    made.following = SimpleNamespace(under_way=None, found={})
    made.recording = SimpleNamespace(stopping=False, state=SimpleNamespace(listed=5), counted={"DEMO": 9})
    made.worklist = SimpleNamespace(dirty=[1, 2])
    made.upkeep = SimpleNamespace(tables=True, trouble="")
    made.notes = LiveNotes(made.session)
    made.passes, made.turns = SimpleNamespace(agenda=None, every=60.0), SimpleNamespace(follows=False)

    async def health() -> Health:
        made.asked += 1
        return Health(now=time.time(), began=made.began, receiving=True, trouble=made.trouble, credentials="good")

    made.status = LiveStatus(made, made.passes, made.turns, health)
    yield made
    store.close()


def look(live: Any) -> Any:
    async def run() -> Any:
        found = await live.status.look()
        await live.status.close()
        return found

    return asyncio.run(run())


def deliver(live: Any, *numbers: int) -> None:
    now = int(time.time() * 1000)
    batch = [Delivery(SITE, f"id:{n}", "comment_created", now, issues=((str(n), ""),)) for n in numbers]
    live.store.deliveries.receive(batch)


def test_what_each_part_says_is_put_together(live):
    deliver(live, 1, 2)
    live.store.deliveries.failed([2], "status 500")
    live.pace.permits.pacer.until = time.monotonic() + 30
    found = look(live)
    assert (found.phase, found.listed, found.to_list, found.followed) == ("crawling", 5, 9, ("DEMO",))
    assert [each.number for each in found.came] == [2, 1]
    assert [(each.number, each.reason) for each in found.failed] == [(2, "status 500")]
    assert (found.failed_today, sum(found.minutes), found.steps[0].waiting) == (1, 2, 1)
    asking = found.asking
    assert (asking.sent, asking.answers, asking.waiting, asking.budget) == (7, {"200": 6}, 5, None)
    assert 0 < asking.pause <= 30
    assert found.memory > 10**6
    assert found.projects[0].name == "DEMO"
    assert found.counted_at is not None


def test_no_password_of_an_address_is_shown(live):
    assert "sesame" not in repr(look(live))


def test_passes_say_how_they_went(live):
    live.passes.agenda, live.turns.follows = Agenda(60.0, time.monotonic()), True
    live.notes.began()
    live.notes.ended("head", ok=True, found=2)
    live.following.under_way = "trailing"
    head, trailing, census = look(live).passes
    assert (head.is_good, head.found, head.trouble) == (True, 2, "")
    assert head.took is not None
    assert (trailing.is_under_way, trailing.ended, census.ended) == (True, None, None)
    assert 3_500 < trailing.next - time.time() <= 3_600


def test_what_a_pass_could_not_do_is_told_until_one_can(live):
    live.passes.agenda, live.turns.follows = Agenda(60.0, time.monotonic()), True
    live.session.findings.add("It was away.")
    live.notes.ended("head", ok=False, found=0)
    found = look(live)
    assert (found.findings, found.passes[0].trouble, found.passes[0].is_good) == (
        ("It was away.",),
        "It was away.",
        False,
    )
    live.session.findings.clear()
    live.notes.ended("head", ok=True, found=2)
    live.status._looked = 0.0
    assert look(live).findings == ()


def test_what_was_proved_stays_told_when_the_next_pass_proves_nothing(live):
    live.session.certificates["DEMO"] = Certificate(counted=9, held=9)
    live.notes.proved()
    live.session.certificates["DEMO"] = Certificate(counted=None, held=None, verified={"absent": 1})
    live.notes.proved()
    live.session.certificates.clear()
    live.notes.proved()
    (project,) = look(live).projects
    assert (project.counted, project.held, project.verified) == (9, 9, {"absent": 1})


def test_who_asks_at_the_same_time_is_told_the_same(live):
    async def run() -> None:
        found = await asyncio.gather(*(live.status.look() for _ in range(5)))
        assert all(each is found[0] for each in found)
        assert await live.status.look() is found[0]
        await live.status.close()

    asyncio.run(run())
    assert live.asked == 1


def test_who_goes_does_not_take_it_from_the_others(live):
    async def run() -> None:
        gone, stays = (asyncio.ensure_future(live.status.look()) for _ in range(2))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await stays).site == SITE
        await live.status.close()

    asyncio.run(run())


def test_a_store_that_does_not_answer_leaves_what_was_known(live, monkeypatch):
    deliver(live, 1)
    assert len(look(live).came) == 1

    def broken(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(module.lately, "by_minute", broken)
    live.trouble, live.status._looked, live.status._checked = "disk I/O error", 0.0, -module.CHECKED
    live.status.counts._due = 0.0
    found = look(live)
    assert len(found.came) == 1
    assert found.problems == ("The store cannot be written.", "disk I/O error.")


def test_it_is_stopping(live):
    live.recording.stopping = True
    assert look(live).phase == "stopping"
