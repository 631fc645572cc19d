"""A tracker is followed: what changes in it comes, what goes goes, and nothing else happens, whatever it answers."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from fake_server import BadOption
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.scope import CrawlScope
from jira_crawler.crawl.session import CrawlState
from jira_crawler.trackers.contract import Query
from tests.unit.crawl.driver import NOBODY
from tests.unit.crawl.followed import Follower, World, at

BOTH = CrawlScope(("DEMO", "TOOLS"))
UNKNOWN_VISITOR = Reply(status=401, body=b'{"message":"Client must be authenticated to access this resource."}')
NOT_THERE = Reply(
    status=404, body=b'{"errorMessages":["Issue does not exist or you do not have permission to see it."]}'
)


@pytest.fixture(params=["server", "cloud"])
def world(request: pytest.FixtureRequest) -> World:
    return World({"issues": 60, "projects": ("DEMO", "TOOLS"), "dialect": request.param})


@pytest.fixture
def live(world: World, tmp_path: Path) -> Follower:
    return Follower(world, tmp_path / "a").crawled()


def is_search(query: Query) -> bool:
    return "/search" in query.address


def is_of_an_issue(query: Query) -> bool:
    return "/issue/" in query.address


def empty(world: World, query: Query) -> Reply:
    """What a Cloud answers whom it does not know: everything is well, and there is nothing."""
    if "count" in query.address:
        return Reply(body=b'{"count": 0}')
    return Reply(body=b'{"issues": [], "total": 0, "startAt": 0, "maxResults": 50, "isLast": true}')


# --- what changes


def test_nothing_comes_where_nothing_changed(live: Follower, world: World) -> None:
    assert live.listed("head") == []
    assert live.listed("head") == []
    assert live.following.went_well
    assert not live.following.found


def test_a_head_pass_brings_what_was_edited_and_created_since_the_last_one(live: Follower, world: World) -> None:
    live.listed("head")
    world.later(hours=1)
    edited, created = world.edit("summary"), world.edit("create", project="DEMO")
    discussed = world.edit("comment")
    here = {id_ for id_ in (edited, created, discussed) if id_ in world.ids("DEMO")}
    assert set(live.listed("head")) == here
    assert set(live.following.found) == here
    live.as_there()
    assert live.listed("head") == []


def test_what_a_delivery_brought_before_is_no_find_of_the_poll(live: Follower, world: World) -> None:
    id_ = world.edit("summary", world.first())
    assert live.outcomes(id_) == ["came"]
    assert live.listed("head") == []
    assert not live.following.found


def test_what_is_moved_among_projects_that_are_followed_is_there_once(world: World, tmp_path: Path) -> None:
    live = Follower(world, tmp_path / "a", BOTH).crawled()
    id_ = world.edit("move", world.first(), "TOOLS")
    live.listed("head")
    live.as_there("DEMO", "TOOLS")
    assert id_ in live.ids("TOOLS")


def test_what_is_moved_here_from_elsewhere_comes(live: Follower, world: World) -> None:
    there = min(world.ids("TOOLS"))
    with suppress(BadOption):
        world.edit("move", there, "DEMO")
    live.listed("head")
    assert there in live.ids() or there not in world.ids("DEMO")
    live.as_there()


@pytest.mark.parametrize("kind", ["delete", "move", "hide"])
def test_what_is_gone_without_a_word_is_found_out_by_the_next_trailing_pass(
    live: Follower, world: World, kind: str
) -> None:
    """The count tells; deletions are the changes that no list names."""
    world.later(minutes=10)
    id_ = world.first()
    if kind == "hide":
        world.tracker.application.mutations.apply("hide", id_)
    else:
        world.edit(kind, id_, "TOOLS" if kind == "move" else "")
    live.listed("head")
    assert id_ in live.ids()
    live.listed("trailing")
    assert live.missing == []
    live.as_there()
    assert set(live.following.found) >= {id_}  # no delivery had said so


def test_a_census_finds_what_is_gone_and_what_is_lacking(live: Follower, world: World) -> None:
    world.later(minutes=10)
    gone = world.edit("delete", world.first())
    lost = max(live.ids() - {gone}, key=int)
    live.dataset.store.progress.remove(live.session.site.name, lost, "by mistake")
    live.listed("census")
    assert live.missing == []
    live.as_there()


def test_what_is_archived_stays_and_is_asked_after_once(live: Follower, world: World) -> None:
    """A search does not name it, and it can still be read: it is there, and counted too few for ever."""
    id_ = world.first()
    world.tracker.application.mutations.apply("archive", id_)
    world.later(minutes=10)
    live.listed("trailing")
    assert (id_ in live.ids(), live.following.went_well) == (True, True)
    before = live.kinds["ListIds"]
    assert before
    live.listed("trailing")
    assert live.kinds["ListIds"] == before  # the difference is explained
    gone = world.edit("delete", world.alone()[1])
    live.listed("trailing")
    assert live.kinds["ListIds"] > before
    assert (id_ in live.ids(), gone in live.ids()) == (True, False)


def test_what_was_restored_with_its_id_comes_back(live: Follower, world: World) -> None:
    id_ = world.first()
    stored = world.tracker.jira.corpus.by_id[int(id_)]
    world.tracker.application.mutations.apply("hide", id_)
    assert live.outcomes(id_) == ["gone"]
    world.tracker.jira.corpus.put(stored)
    assert id_ in world.ids()
    assert live.outcomes(id_) == ["came"]
    live.as_there()


# --- a search that is late


def test_a_late_index_brings_no_older_version_and_nothing_that_is_gone(world: World, tmp_path: Path) -> None:
    live = Follower(world, tmp_path / "a").crawled()
    world.later(minutes=10)
    world.tracker.jira.corpus.stale_searches = 100
    gone, edited = world.alone()[:2]
    world.edit("delete", gone)
    world.edit("summary", edited)
    new = world.edit("create", project="DEMO")
    assert live.outcomes(gone, deleted=True) == ["gone"]
    assert live.outcomes(edited, new) == ["came", "came"]
    held = live.rows()[edited].payload
    for kind in ("head", "trailing", "census"):
        live.listed(kind)
        assert gone not in live.ids(), kind
        assert new in live.ids(), kind
        assert live.rows()[edited].payload == held, kind


def test_what_an_index_names_late_is_found_by_the_trailing_pass_when_it_does(world: World, tmp_path: Path) -> None:
    live = Follower(world, tmp_path / "a").crawled()
    live.listed("head")
    world.later(hours=2)
    world.tracker.jira.corpus.stale_searches = 3
    id_ = world.edit("summary", world.first())
    for _ in range(4):
        live.listed("head")
        world.later(hours=1)
    world.later(hours=2)
    live.listed("trailing")
    world.tracker.jira.corpus.stale_searches = 0
    live.listed("trailing")
    assert live.stale() == set(), id_


# --- who we are taken for


@pytest.mark.parametrize("answer", [UNKNOWN_VISITOR, NOT_THERE], ids=["401", "404"])
@pytest.mark.parametrize("kind", ["head", "trailing", "census"])
def test_a_token_that_ran_out_takes_nothing_out(live: Follower, world: World, kind: Any, answer: Reply) -> None:
    before, finished = live.ids(), live.finished()
    world.instead = lambda query: answer if is_of_an_issue(query) else UNKNOWN_VISITOR
    live.listed(kind)
    assert live.missing
    assert not live.following.went_well
    assert (live.ids(), live.finished()) == (before, finished)
    outcomes = live.outcomes(*sorted(before)[:3], deleted=True) + live.outcomes(*sorted(before)[3:6])
    assert set(outcomes) <= {"away", "failed"}
    assert live.ids() == before


@pytest.mark.parametrize("kind", ["trailing", "census"])
def test_a_tracker_that_shows_nothing_any_more_is_not_believed(live: Follower, world: World, kind: Any) -> None:
    """As a Cloud does to whom it does not know: searches are fine and empty, and no issue is there."""
    before = live.ids()
    world.instead = lambda query: empty(world, query) if is_search(query) else NOT_THERE
    live.listed(kind)
    assert live.ids() == before
    assert any("none is taken out" in sentence for sentence in live.missing)
    assert not live.following.went_well


def test_what_changed_while_we_were_nobody_comes_when_we_are_known_again(live: Follower, world: World) -> None:
    """Head passes that were told that nothing changed move their own mark, and not that of trailing ones."""
    live.listed("trailing")
    world.instead = lambda query: empty(world, query) if is_search(query) else NOT_THERE
    id_ = world.edit("summary", world.first())
    for _ in range(4):
        world.later(hours=12)
        live.listed("head")
        live.listed("trailing")
    world.instead = lambda _: None
    live.listed("trailing")
    assert live.stale() == set(), id_
    live.as_there()


def test_the_token_runs_out_in_the_middle_of_a_census(live: Follower, world: World) -> None:
    """The ids were listed, and from then on no issue is there."""
    world.later(minutes=10)
    gone = [world.edit("delete", id_) for id_ in world.alone()[:3]]
    before = live.ids()
    for answer in (UNKNOWN_VISITOR, NOT_THERE):
        world.instead = lambda query, answer=answer: answer if is_of_an_issue(query) else None  # type: ignore[misc]
        live.listed("census")
        assert live.ids() == before
        assert live.missing
    world.instead = lambda _: None
    live.listed("census")
    assert live.ids() == before - set(gone)


# --- what does not come


def test_a_tracker_that_is_away_in_the_middle_of_a_pass_costs_nothing(live: Follower, world: World) -> None:
    live.listed("head")
    world.later(hours=1)
    ids = {world.edit("summary", id_) for id_ in world.alone()[:5]}
    finished = live.finished()
    world.instead = lambda _: NOBODY
    live.listed("head")
    assert not live.following.went_well
    assert live.finished() == finished
    world.instead = lambda _: None
    assert set(live.listed("head")) == ids
    assert live.missing == []
    live.as_there()


def test_a_crawl_that_must_stop_only_ends_its_pass(live: Follower, world: World) -> None:
    """A budget that is spent, or a site that answers nothing at all."""
    world.instead = lambda _: Reply(status=599, failure=Failure("the budget is spent", last_word=True))
    live.listed("trailing")
    assert (live.following.under_way, live.following.went_well) == (None, False)
    assert live.missing == ["the budget is spent"]
    world.instead = lambda _: None
    world.edit("summary", world.first())
    live.listed("head")
    assert live.missing == []
    live.as_there()


def test_one_bad_issue_keeps_no_pass_from_going_well_nor_what_is_gone_from_going(world: World, tmp_path: Path) -> None:
    live = Follower(world, tmp_path / "a").crawled()
    world.later(minutes=10)
    bad, gone = world.alone()[:2]
    world.edit("summary", bad)
    world.tracker.application.poison.names, world.tracker.application.poison.hard = {bad}, True
    live.listed("head")
    assert live.missing
    assert live.following.went_well
    world.edit("delete", gone)
    live.listed("trailing")
    assert gone not in live.ids()
    assert bad in live.ids()
    world.tracker.application.poison.names = set()
    live.listed("head")
    assert (live.missing, live.stale()) == ([], set())


def test_lists_that_are_cut_are_completed_in_what_a_pass_brings(world: World, tmp_path: Path) -> None:
    options = {"issues": 40, "dialect": world.options["dialect"], "page_comments": "dom"}
    cut = World(options | {"projects": ("DEMO",)})
    live = Follower(cut, tmp_path / "a").crawled()
    id_ = cut.first()
    for _ in range(130):
        cut.edit("comment", id_)
    live.listed("head")
    live.came.clear()
    live.outcomes(id_)
    fields = json.loads(live.came[-1].payload)["fields"]
    there = cut.tracker.jira.corpus.by_id[int(id_)].comment_ids
    assert {comment["id"] for comment in fields["comment"]["comments"]} == {str(each) for each in there}
    assert not live.came[-1].cut


def test_an_incomplete_crawl_is_made_complete_by_the_passes(world: World, tmp_path: Path) -> None:
    """Nothing is known to be finished, so that everything is listed, however little is here."""
    live = Follower(world, tmp_path / "a")
    pages = 0

    def fail(query: Query) -> Reply | None:
        nonlocal pages
        pages += "%2Aall" in query.address or b"*all" in query.body
        return Reply(status=400, body=b'{"errorMessages":["no"]}') if pages else None

    world.instead = fail
    for task in live.engine.start():
        live.push(task)
    while live._go_on(100_000):
        pass
    assert live.missing
    world.instead = lambda _: None
    live.listed("head")
    assert live.missing == []
    live.as_there()


def test_a_project_that_grows_all_of_a_sudden_is_believed_in_the_end(tmp_path: Path) -> None:
    """A listing without an end is known by its being far longer than what is held; an import is as long."""
    world = World({"issues": 2, "projects": ("DEMO", "TOOLS")})
    live = Follower(world, tmp_path / "a").crawled()
    live.state.counted.clear()
    for _ in range(150):
        world.edit("create", project="DEMO")
    for _ in range(4):
        live.listed("head")
    assert live.missing == []
    live.as_there()


# --- clocks


@pytest.mark.parametrize("behind", [-600.0, 600.0, 7200.0])
def test_clocks_that_differ_lose_nothing(tmp_path: Path, behind: float) -> None:
    world = World({"issues": 30, "projects": ("DEMO", "TOOLS")}, behind=behind)

    def dated(query: Query) -> Reply | None:
        reply = world.tracker(query)
        when = at(int((world.now.timestamp() - behind) * 1000))
        return Reply(
            status=reply.status, body=reply.body, headers=dict(reply.headers) | {"date": format_datetime(when)}
        )

    world.instead = dated
    live = Follower(world, tmp_path / "a").crawled()
    for _ in range(5):
        world.later(minutes=1)
        world.edit("summary")
        live.listed("head")
        assert live.stale() == set()
    assert live.missing == []


def test_a_tracker_that_was_never_met_is_listed_for_longer(tmp_path: Path) -> None:
    """It was away when we came back; nobody knows its clock."""
    world = World({"issues": 30, "projects": ("DEMO",)}, behind=1200.0)
    Follower(world, tmp_path / "a").crawled().dataset.close()
    live = Follower(world, tmp_path / "a", state=CrawlState(run=0, dialect="server"))
    live.listed("head")
    world.later(minutes=30)
    id_ = world.edit("summary")
    live.listed("head")
    assert live.stale() == set(), id_


# --- all together


@pytest.mark.parametrize("seed", range(3))
def test_random_edits_of_which_few_are_told(world: World, tmp_path: Path, seed: int) -> None:
    """Passes and words of changes in any order: after one trailing pass all is as it is there."""
    chance = random.Random(seed)
    live = Follower(world, tmp_path / "a", BOTH).crawled()
    world.later(minutes=5)
    told: list[tuple[str, bool]] = []
    steps: list[Callable[[], Any]] = [
        *[lambda: _edit(world, told)] * 12,
        lambda: live.listed("head"),
        lambda: live.listed("trailing"),
        lambda: _tell(live, told, chance),
        lambda: _tell(live, told, chance),
        lambda: world.later(minutes=chance.randrange(30)),
    ]
    for _ in range(80):
        chance.choice(steps)()
        assert live.missing == []
    world.later(minutes=2)
    live.listed("trailing")
    live.as_there("DEMO", "TOOLS")


def _edit(world: World, told: list[tuple[str, bool]]) -> None:
    with suppress(BadOption):
        world.later(seconds=1)
        before = len(world.tracker.application.mutations.log)
        world.tracker.application.edits.one()
        log = world.tracker.application.mutations.log[before:]
        told += [(str(each.id), each.kind == "delete") for each in log]


def _tell(live: Follower, told: list[tuple[str, bool]], chance: random.Random) -> None:
    """Some words in any order, some twice, some never."""
    chance.shuffle(told)
    for _ in range(min(len(told), 4)):
        id_, deleted = told.pop() if chance.random() < 0.7 else chance.choice(told)
        if not told:
            break
        outcome = live.outcomes(id_, deleted=deleted)
        assert outcome[0] in ("came", "gone", "another"), outcome
