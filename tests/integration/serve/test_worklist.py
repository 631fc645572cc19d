"""What deliveries want done, and what has become of it. Time is what the test says; the store is a real one."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jira_crawler.crawl import dirty
from jira_crawler.crawl.dirty import AGAIN, AT_ONCE, LONGEST
from jira_crawler.crawl.refresh import Outcome, Refreshed
from jira_crawler.serve import worklist
from jira_crawler.serve.worklist import AWAY, Worklist
from jira_crawler.store.database import connect
from jira_crawler.store.deliveries import Delivery, State, Work
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store

SITE = "made-up"
BEGAN = 1_800_000_000_000


@dataclass
class Works:
    """A worklist, and the crawl around it."""

    store: Store
    now: float = 0.0
    small: int = 0
    came: int = 0
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.list = self.fresh()

    def fresh(self) -> Worklist:
        """What the next process has."""
        return Worklist(SITE, self.store, ["DEMO"], self._small)

    def _small(self) -> None:
        self.small += 1

    @property
    def at(self) -> int:
        return BEGAN + int(self.now * 1000)

    def deliver(self, *issues: str, key: str = "DEMO", deleted: bool = False, refresh: bool = False) -> int:
        """A delivery about some issues; gives its number."""
        self.came += 1
        named = tuple((id_, f"{key}-{id_}" if key else "") for id_ in issues)
        each = Delivery(SITE, f"delivery {self.came}", "made up", self.at, None, named, deleted, refresh, body=b"{}")
        (number,) = self.store.deliveries.receive([each])
        assert number is not None
        return number

    def look(self) -> None:
        self.list.look(self.now, self.at)

    def due(self, after: float = LONGEST) -> list[tuple[str, bool]]:
        self.look()
        self.now += after
        return self.list.due(self.now, self.at)

    def ids(self, after: float = LONGEST) -> list[str]:
        return sorted(id_ for id_, _ in self.due(after))

    def result(self, outcome: Outcome, *ids: str, reason: str = "") -> None:
        self.list.take([Refreshed(id_, outcome, self.at, reason) for id_ in ids], self.now)

    def commit(self, *ids: str) -> None:
        """Issues are in the store by now."""
        self.store.save([row(id_, self.at) for id_ in ids], {})

    def comes(self, *ids: str) -> None:
        self.result("came", *ids)
        self.commit(*ids)
        self.list.settle(self.at)

    def state(self, number: int) -> State:
        found = self.store.delivery_audit.find(number)
        assert found
        return found.entry.state

    def states(self, *numbers: int) -> list[State]:
        return [self.state(number) for number in numbers]


def row(id_: str, fetched: int, project: str = "DEMO") -> Row:
    return Row(
        site=SITE,
        id=id_,
        number=int(id_),
        key=f"{project}-{id_}",
        project=project,
        crawled_project=project,
        base_url="https://jira.example.org",
        dialect="server",
        fetched_at=fetched,
        run=1,
        cut="",
        payload=json.dumps({"id": id_}).encode(),
        created=1,
        updated=fetched,
        version="1",
        content="",
        stage="WriteFeeds",
        reason="",
    )


@pytest.fixture
def works(tmp_path: Path) -> Iterator[Works]:
    store = Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    yield Works(store)
    store.close()


def test_a_delivery_is_done_when_its_issue_is_in_the_store(works: Works) -> None:
    number = works.deliver("1")
    assert works.ids() == ["1"]
    works.result("came", "1")
    assert not works.list.settle(works.at)
    assert works.state(number) == "fetched"
    works.commit("1")
    assert works.list.settle(works.at)
    assert works.state(number) == "stored"
    assert (works.list.under_way, works.list._left, works.list._wanted) == (0, {}, {})


def test_an_older_version_in_the_store_is_not_what_came(works: Works) -> None:
    works.commit("1")
    number = works.deliver("1")
    works.ids()
    works.result("came", "1")
    works.list.settle(works.at)
    assert works.state(number) == "fetched"


def test_a_burst_about_one_issue_is_one_question_and_all_are_done_with_it(works: Works) -> None:
    numbers = []
    for _ in range(4):
        numbers.append(works.deliver("1"))
        works.now += 0.5
        works.look()
    assert works.ids(2.0) == ["1"]
    works.comes("1")
    assert set(works.states(*numbers)) == {"stored"}
    assert works.ids() == []


def test_a_word_that_comes_while_an_issue_is_asked_for_needs_a_later_answer(works: Works) -> None:
    first = works.deliver("1")
    works.ids()
    second = works.deliver("1")
    works.look()
    works.comes("1")
    assert works.states(first, second) == ["stored", "received"]
    assert works.ids() == ["1"]
    works.comes("1")
    assert works.state(second) == "stored"


def test_both_ends_of_a_link_are_asked_for_and_the_delivery_waits_for_both(works: Works) -> None:
    number = works.deliver("1", "2")
    assert works.ids() == ["1", "2"]
    works.comes("2")
    assert works.state(number) == "fetched"
    works.comes("1")
    assert works.state(number) == "stored"


def test_of_two_issues_of_which_one_never_comes_the_delivery_fails_and_says_why(works: Works) -> None:
    number, other = works.deliver("1", "2"), works.deliver("1")
    works.ids()
    works.comes("1")
    for _ in range(len(AGAIN) + 1):
        works.result("failed", "2", reason="status 500")
        works.ids(AGAIN[-1])
    assert works.states(number, other) == ["failed", "stored"]
    found = works.store.delivery_audit.find(number)
    assert found and found.entry.reason == "status 500"
    assert (works.list.under_way, works.list._left, works.list._wanted, works.list._tries) == (0, {}, {}, {})


def test_a_deletion_is_hinted_at_until_it_is_answered(works: Works) -> None:
    works.deliver("1", deleted=True)
    assert works.due() == [("1", True)]
    works.result("failed", "1")
    assert works.due(AGAIN[0]) == [("1", True)]
    works.result("gone", "1")
    works.list.settle(works.at)
    works.deliver("1")
    assert works.due() == [("1", False)]


def test_a_deletion_said_while_the_issue_is_in_the_pipelines_waits_for_it(works: Works) -> None:
    """Else the answer that is on its way would bring back what is taken out."""
    works.deliver("1")
    works.ids()
    works.result("came", "1")
    gone = works.deliver("1", deleted=True)
    assert works.due() == []
    works.commit("1")
    works.list.settle(works.at)
    assert works.due() == [("1", True)]
    works.result("gone", "1")
    works.list.settle(works.at)
    assert works.state(gone) == "stored"


def test_deliveries_of_other_projects_are_told_apart_by_their_keys_and_by_what_is_here(works: Works) -> None:
    works.commit("7")
    strange, moved, nameless = (
        works.deliver("1", key="OTHER"),
        works.deliver("7", key="OTHER"),
        works.deliver("9", key=""),
    )
    assert works.ids() == ["7", "9"]
    assert works.state(strange) == "ignored"
    works.result("gone", "7")
    works.result("another", "9")
    works.list.settle(works.at)
    assert works.states(moved, nameless) == ["stored", "stored"]


def test_events_of_versions_and_fields_refresh_the_small_tables(works: Works) -> None:
    number = works.deliver(refresh=True)
    works.look()
    assert (works.small, works.state(number)) == (1, "stored")
    works.deliver(refresh=True)
    works.deliver(refresh=True)
    works.look()
    assert works.small == 3


def test_a_process_that_dies_leaves_what_it_did_not_store_to_the_next(works: Works) -> None:
    numbers = [works.deliver(str(n)) for n in range(1, 5)]
    works.ids()
    works.comes("1")
    works.result("came", "2")
    works.result("gone", "4")
    works.list = works.fresh()
    assert works.ids() == ["2", "3", "4"]
    works.comes("2", "3")
    works.result("another", "4")
    works.list.settle(works.at)
    assert set(works.states(*numbers)) == {"stored"}


# --- a tracker that is away


def test_a_tracker_that_is_away_is_left_alone_ever_longer_and_asked_for_one_issue_then(works: Works) -> None:
    numbers = [works.deliver(str(n)) for n in range(1, 31)]
    assert len(works.ids()) == 30
    works.result("away", *[str(n) for n in range(1, 31)], reason="nobody listens there")
    for wait in (*AWAY, AWAY[-1]):
        assert works.ids(wait - 0.5) == []
        (one,) = works.ids(0.5)
        assert works.ids(0.0) == []  # before it is answered
        works.result("away", one)
    assert set(works.states(*numbers)) == {"received"}


def test_a_tracker_that_is_away_for_an_hour_costs_no_delivery(works: Works) -> None:
    numbers = [works.deliver("1", "2")]
    asked = 0
    while works.now < 3600:
        for id_ in works.ids(10.0):
            asked += 1
            works.result("away", id_)
        if works.now % 60 < 10:
            numbers.append(works.deliver(str(3 + int(works.now) % 5)))
    assert asked < 40
    while due := works.ids(max(AWAY)):
        works.comes(*due)
    assert set(works.states(*numbers)) == {"stored"}
    assert works.list.under_way == 0


def test_when_it_answers_again_all_are_asked_for_as_before(works: Works) -> None:
    for n in range(1, 11):
        works.deliver(str(n))
    works.ids()
    works.result("away", *[str(n) for n in range(1, 11)])
    (one,) = works.ids(AWAY[0])
    works.comes(one)
    assert len(works.ids(0.0)) == 9


def test_what_was_asked_and_never_answered_is_asked_again(works: Works) -> None:
    number = works.deliver("1")
    works.ids()
    works.list.lost(works.now)
    assert works.ids(AGAIN[0]) == ["1"]
    works.comes("1")
    assert works.state(number) == "stored"


def test_what_came_and_is_not_in_the_store_when_all_is_done_did_not_come(works: Works) -> None:
    """Its lists were being completed when the crawl lost its tracker, or a step lost it."""
    number = works.deliver("1")
    works.ids()
    works.result("came", "1")
    works.list.settle(works.at)
    works.list.lost(works.now)
    assert works.state(number) == "fetched"
    assert works.ids(AGAIN[0]) == ["1"]
    works.comes("1")
    assert works.state(number) == "stored"


# --- floods


def test_a_flood_waits_in_the_store_and_not_in_memory(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dirty, "MOST", 100)
    monkeypatch.setattr(worklist, "_SOME", 50)
    numbers = [works.deliver(str(n)) for n in range(1, 401)]
    most, seen = 0, set()
    for _ in range(200):
        due = works.ids(LONGEST)
        if not due and not works.list.has_more:
            break
        most = max(most, len(works.list.dirty))
        seen.update(due)
        works.comes(*due)
    assert most <= 150
    assert len(seen) == 400
    assert set(works.states(*numbers)) == {"stored"}


def test_a_flood_about_one_issue_is_bounded_too(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "MOST", 100)
    monkeypatch.setattr(worklist, "_SOME", 20)
    numbers = [works.deliver("1") for _ in range(300)]
    for _ in range(50):
        works.look()
    assert len(works.list._left) <= 120
    while due := works.ids():
        works.comes(*due)
        for _ in range(50):
            works.look()
    assert set(works.states(*numbers)) == {"stored"}
    assert works.list._left == {}


def test_a_burst_is_asked_for_side_by_side_as_far_as_that_goes(works: Works) -> None:
    for n in range(1, 401):
        works.deliver(str(n))
    for _ in range(4):
        works.look()
    asked = 0
    while due := works.ids(LONGEST):
        assert len(due) <= AT_ONCE
        asked += len(due)
        works.comes(*due)
    assert asked == 400


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_each_delivery_comes_to_its_end(works: Works, seed: int) -> None:
    chance = random.Random(seed)
    numbers: list[int] = []
    for _ in range(300):
        step = chance.random()
        if step < 0.3:
            ids = chance.sample([str(n) for n in range(1, 9)], chance.choice([1, 1, 1, 2]))
            numbers.append(works.deliver(*ids, deleted=chance.random() < 0.2))
        elif step < 0.35:
            works.list = works.fresh()  # killed
        elif step < 0.4:
            works.list.lost(works.now)
        elif step < 0.7:
            works.due(chance.uniform(0, 20))
        elif asked := [id_ for id_, each in works.list._asked.items() if not each.came]:
            outcome = chance.choice(["came", "came", "gone", "another", "failed", "away"])
            works.result(outcome, chance.choice(asked))  # type: ignore[arg-type]
        else:
            works.commit(*[id_ for id_, each in works.list._asked.items() if each.came])
            works.list.settle(works.at)
    for _ in range(60):
        works.due(700.0)
        works.comes(*list(works.list._asked))
    assert set(works.states(*numbers)) <= {"stored", "failed"}
    assert (works.list._asked, works.list._left, works.list._wanted, works.list._tries) == ({}, {}, {}, {})
    assert len(works.list.dirty) == 0


# --- several processes


class Held:
    """Claims of processes that all live, in memory."""

    def __init__(self, held: dict[int, str], name: str) -> None:
        self.held, self.name = held, name

    def take(self, numbers: Iterable[int]) -> set[int]:
        return {each for each in numbers if self.held.setdefault(each, self.name) == self.name}

    def drop(self, numbers: Iterable[int]) -> None:
        for each in list(numbers):
            if self.held.get(each) == self.name:
                del self.held[each]


def pair(works: Works) -> tuple[dict[int, str], Worklist, Worklist]:
    """Two processes with one store, and who of them holds what."""
    held: dict[int, str] = {}
    first, second = (Worklist(SITE, works.store, ["DEMO"], claims=Held(held, name)) for name in ("first", "second"))
    return held, first, second


def test_of_two_processes_one_works_off_a_delivery_and_the_other_leaves_it(works: Works) -> None:
    held, first, second = pair(works)
    number = works.deliver("1")
    for each in (first, second):
        each.look(works.now, works.at)
    assert held == {number: "first"}
    works.now += LONGEST
    assert first.due(works.now, works.at) == [("1", False)]
    assert second.due(works.now, works.at) == []
    first.take([Refreshed("1", "came", works.at)], works.now)
    works.commit("1")
    assert first.settle(works.at)
    assert (works.state(number), held) == ("stored", {})
    second.look(works.now, works.at)
    assert (len(second.dirty), held) == (0, {})


def test_what_the_other_did_since_it_was_read_is_not_done_again(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    held, _, second = pair(works)
    number = works.deliver("1")
    pending = works.store.deliveries.pending

    def and_then_it_is_done(site: str, after: int, limit: int) -> list[Work]:
        found = pending(site, after, limit)
        works.store.deliveries.stored([number], works.at)
        return found

    monkeypatch.setattr(works.store.deliveries, "pending", and_then_it_is_done)
    second.look(works.now, works.at)
    assert (len(second.dirty), held) == (0, {})


def test_a_process_takes_a_few_and_leaves_the_rest_to_others(works: Works) -> None:
    held, first, second = pair(works)
    numbers = [works.deliver(str(n)) for n in range(1, 201)]
    for each in (first, second):
        while not each.is_full and len(held) < len(numbers):
            each.look(works.now, works.at)
    assert sorted(held) == numbers
    assert {name: sum(each == name for each in held.values()) for name in ("first", "second")} == {
        "first": 2 * AT_ONCE,
        "second": 200 - 2 * AT_ONCE,
    }


def test_what_a_process_leaves_the_other_takes_up(works: Works) -> None:
    held, first, second = pair(works)
    number, later = works.deliver("1"), works.deliver("2")
    for each in (first, second):
        each.look(works.now, works.at)
    first.leave()
    assert held == {}
    second.look(works.now, works.at)
    assert sorted(held) == [number, later]
    works.now += LONGEST
    assert sorted(id_ for id_, _ in second.due(works.now, works.at)) == ["1", "2"]


def test_what_is_given_up_or_strange_is_nobodys(works: Works) -> None:
    held, first, _ = pair(works)
    strange, small = works.deliver("9", key="OTHER"), works.deliver(refresh=True)
    number = works.deliver("1")
    first.look(works.now, works.at)
    assert sorted(held) == [number]
    assert works.states(strange, small) == ["ignored", "stored"]
    for _ in range(len(AGAIN) + 1):
        works.now += AGAIN[-1]
        first.due(works.now, works.at)
        first.take([Refreshed("1", "failed", works.at, "status 500")], works.now)
    assert (works.state(number), held) == ("failed", {})
