"""One issue of which something is said: whether it came, moved, went or is hidden, the tracker says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jira_crawler.crawl.refresh import WITNESSES
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.scope import CrawlScope
from jira_crawler.trackers.contract import Query
from tests.unit.crawl.driver import NOBODY
from tests.unit.crawl.followed import Follower, World

NOT_THERE = Reply(
    status=404, body=b'{"errorMessages":["Issue does not exist or you do not have permission to see it."]}'
)
HIDDEN = Reply(status=401, body=b'{"errorMessages":["You do not have the permission to see the specified issue."]}')


@pytest.fixture(params=["server", "cloud"])
def world(request: pytest.FixtureRequest) -> World:
    return World({"issues": 40, "projects": ("DEMO", "TOOLS"), "dialect": request.param})


@pytest.fixture
def live(world: World, tmp_path: Path) -> Follower:
    made = Follower(world, tmp_path / "a").crawled()
    made.listed("head")
    return made


def about(id_: str, reply: Reply) -> Callable[[Query], Reply | None]:
    return lambda query: reply if f"/issue/{id_}" in query.address else None


def test_an_issue_that_changed_comes_whole(live: Follower, world: World) -> None:
    id_ = world.edit("description", world.first())
    assert live.outcomes(id_) == ["came"]
    live.as_there()
    assert live.kinds["RefreshIssue"] == 1


def test_a_new_one_comes_before_any_search_knows_it(live: Follower, world: World) -> None:
    world.tracker.jira.corpus.stale_searches = 100
    id_ = world.edit("create", project="DEMO")
    assert live.outcomes(id_) == ["came"]
    assert id_ in live.ids()


def test_one_that_is_deleted_goes_if_others_of_its_project_come(live: Follower, world: World) -> None:
    id_ = world.edit("delete", world.first())
    assert live.outcomes(id_, deleted=True) == ["gone"]
    assert id_ not in live.ids()
    assert live.kinds["RefreshIssue"] == 2  # it, and a witness
    assert live.outcomes(id_, deleted=True) == ["another"]


def test_the_word_of_a_deletion_alone_deletes_nothing(live: Follower, world: World) -> None:
    """As of a comment, or as one that is repeated, or made up."""
    id_ = world.first()
    assert live.outcomes(id_, deleted=True) == ["came"]
    live.as_there()


def test_one_that_is_deleted_goes_whatever_was_said_of_it(live: Follower, world: World) -> None:
    id_ = world.edit("delete", world.first())
    assert live.outcomes(id_) == ["gone"]
    live.as_there()


def test_a_moved_one_goes_and_comes_back_and_is_deleted_there(live: Follower, world: World) -> None:
    id_ = world.edit("move", world.first(), "TOOLS")
    assert live.outcomes(id_) == ["gone"]
    assert live.outcomes(id_) == ["another"]
    world.edit("move", id_, "DEMO")
    assert live.outcomes(id_) == ["came"]
    world.edit("move", id_, "TOOLS")
    world.edit("delete", id_)
    assert live.outcomes(id_, deleted=True) == ["gone"]
    live.as_there()


def test_one_that_is_moved_among_followed_projects_changes_its_home(world: World, tmp_path: Path) -> None:
    live = Follower(world, tmp_path / "a", CrawlScope(("DEMO", "TOOLS"))).crawled()
    live.listed("head")
    id_ = world.edit("move", world.first(), "TOOLS")
    assert live.outcomes(id_) == ["came"]
    assert live.rows()[id_].crawled_project == "TOOLS"
    live.as_there("DEMO", "TOOLS")


def test_one_of_another_project_is_left_alone(live: Follower, world: World) -> None:
    assert live.outcomes(min(world.ids("TOOLS"))) == ["another"]
    live.as_there()


@pytest.mark.parametrize("answer", [HIDDEN, Reply(status=403, body=b"{}"), NOT_THERE], ids=["401", "403", "404"])
def test_one_that_is_hidden_goes_while_others_come(live: Follower, world: World, answer: Reply) -> None:
    """A Data Center tells an anonymous visitor of each hidden issue that it does not know who is asking."""
    id_ = world.first()
    world.instead = about(id_, answer)
    assert live.outcomes(id_) == ["gone"]
    assert id_ not in live.ids()


def test_a_hidden_one_that_was_never_here_is_none_of_ours(live: Follower, world: World) -> None:
    world.instead = about("999999", HIDDEN)
    assert live.outcomes("999999") == ["another"]


def test_where_nobody_is_known_any_more_it_waits(live: Follower, world: World) -> None:
    before = live.ids()
    world.instead = lambda _: HIDDEN
    found = live.refreshed(world.first(), "999999")
    assert [each.outcome for each in found] == ["away", "away"]
    assert "does not know us any more" in found[0].reason
    assert live.ids() == before


def test_where_nothing_is_shown_any_more_nothing_goes(live: Follower, world: World) -> None:
    before = live.ids()
    world.instead = lambda _: NOT_THERE
    assert live.outcomes(world.first(), deleted=True) == ["failed"]
    assert live.kinds["RefreshIssue"] == 1 + WITNESSES
    assert live.ids() == before


def test_a_witness_that_went_itself_is_not_the_only_one(live: Follower, world: World) -> None:
    oldest = sorted(world.alone(), key=int)[:3]
    for id_ in oldest:
        world.edit("delete", id_)
    assert live.outcomes(oldest[0], deleted=True) == ["gone"]
    assert live.outcomes(*oldest[1:]) == ["gone", "gone"]
    assert live.ids() == world.ids()


def test_the_last_issue_of_a_project_has_no_witness(tmp_path: Path) -> None:
    world = World({"issues": 2, "projects": ("DEMO", "TOOLS")})
    live = Follower(world, tmp_path / "a").crawled()
    only, *others = sorted(live.ids())
    for id_ in others:
        live.dataset.store.progress.remove(live.session.site.name, id_, "deleted (status 404)")
    world.edit("delete", only)
    assert live.outcomes(only) == ["failed"]
    assert live.outcomes(only, deleted=True) == ["gone"]
    assert live.ids() == set()


def test_one_that_was_deleted_and_is_there_again_is_here_again(live: Follower, world: World) -> None:
    id_ = world.first()
    stored = world.tracker.jira.corpus.by_id[int(id_)]
    world.edit("delete", id_)
    assert live.outcomes(id_, deleted=True) == ["gone"]
    world.tracker.jira.corpus.put(stored)
    assert live.outcomes(id_) == ["came"]
    assert id_ in live.ids()


# --- answers that are none


def test_a_tracker_that_does_not_answer_is_away_and_one_that_answers_wrongly_is_not(
    live: Follower, world: World
) -> None:
    id_ = world.first()
    world.instead = lambda _: NOBODY
    assert live.outcomes(id_) == ["away"]
    world.instead = lambda _: Reply(status=599, failure=Failure("the budget is spent", last_word=True))
    assert live.outcomes(id_) == ["away"]
    world.instead = lambda _: Reply(status=599, failure=Failure("status 500", reached=True))
    assert live.outcomes(id_) == ["failed"]
    world.instead = lambda _: Reply(status=400, body=b"{}")
    assert live.outcomes(id_) == ["failed"]
    live.as_there()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"key": "DEMO-1"}',
        b'{"id": "ID"}',
        b'{"id": "ID", "key": ""}',
        b'{"id": "ID", "key": null, "fields": {}}',
        b'{"id": "1", "key": "DEMO-1", "fields": {}}',
    ],
)
def test_an_answer_that_is_no_such_issue_takes_nothing_out(live: Follower, world: World, body: bytes) -> None:
    id_ = world.first()
    before = live.rows()[id_].payload
    world.instead = about(id_, Reply(body=body.replace(b"ID", id_.encode())))
    assert live.outcomes(id_) == ["failed"]
    assert live.rows()[id_].payload == before


def test_what_is_gone_by_the_time_its_lists_are_read_is_marked_as_cut(tmp_path: Path) -> None:
    world = World({"issues": 20, "projects": ("DEMO",), "dialect": "cloud"})
    live = Follower(world, tmp_path / "a").crawled()
    live.listed("head")
    id_ = world.first()
    for _ in range(120):
        world.edit("comment", id_)
    world.instead = lambda query: NOT_THERE if f"/issue/{id_}/comment" in query.address else None
    assert live.outcomes(id_) == ["came"]
    assert list(live.came[-1].cut) == ["comment"]
    world.instead = lambda _: None
    assert live.outcomes(id_) == ["came"]
    assert list(live.came[-1].cut) == []


def test_all_edits_at_once_come_by_their_ids(live: Follower, world: World) -> None:
    changed = {world.edit("summary") for _ in range(30)}
    found = live.refreshed(*changed)
    assert {each.id: each.outcome for each in found} == {
        id_: "came" if id_ in world.ids("DEMO") else "another" for id_ in changed
    }
    live.as_there()
