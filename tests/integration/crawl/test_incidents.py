"""What has befallen others who follow trackers by webhook, each as a test: none of it befalls us."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.trackers.jira.webhooks import read_event
from tests.unit.crawl.driver import URL
from tests.unit.crawl.followed import Follower, World

BROKEN = Reply(status=599, failure=Failure("status 500", reached=True))


@pytest.fixture
def world() -> World:
    return World({"issues": 40, "projects": ("DEMO", "TOOLS"), "dialect": "cloud"})


@pytest.fixture
def live(world: World, tmp_path: Path) -> Follower:
    made = Follower(world, tmp_path / "a").crawled()
    made.listed("head")
    return made


def told(live: Follower, name: str, id_: str, **said: Any) -> list[str]:
    """Lets a delivery be read and what it concerns be asked for; gives what became of that."""
    issue = {"id": id_, "key": f"DEMO-{id_}", "self": f"{URL}/rest/api/2/issue/{id_}", "fields": {"summary": "wrong"}}
    event = read_event(json.dumps({"webhookEvent": name, "timestamp": 1, "issue": issue, **said}).encode())
    assert [ref.id for ref in event.issues] == [id_]
    return live.outcomes(*(ref.id for ref in event.issues), deleted=event.deleted)


@pytest.mark.parametrize("part", ["comment", "attachment", "issuelink", "worklog", "issue_property"])
def test_a_comment_that_was_deleted_took_its_whole_issue(live: Follower, world: World, part: str) -> None:
    """`deleted` was looked for anywhere in the name of the event."""
    id_ = world.first()
    assert told(live, f"{part}_deleted", id_) == ["came"]
    live.as_there()


@pytest.mark.parametrize("part", ["comment", "attachment", "worklog"])
def test_what_follows_a_deleted_issue_a_quarter_of_an_hour_later(live: Follower, world: World, part: str) -> None:
    """A Cloud tells of each part of an issue that is gone, long after it told of the issue."""
    id_ = world.first()
    world.edit("delete", id_)
    assert told(live, "jira:issue_deleted", id_) == ["gone"]
    world.later(minutes=15)
    assert told(live, f"{part}_deleted", id_) == ["another"]
    assert live.ids() == world.ids()


def test_a_fetch_that_failed_was_replaced_by_the_payload_which_has_no_history(live: Follower, world: World) -> None:
    id_ = world.first()
    world.edit("comment", id_)
    assert live.outcomes(id_) == ["came"]
    before = live.rows()[id_].payload
    world.instead = lambda _: BROKEN
    assert told(live, "jira:issue_updated", id_, changelog={"id": "1", "items": []}) == ["failed"]
    assert live.rows()[id_].payload == before


def test_of_more_than_a_hundred_comments_the_oldest_never_came(live: Follower, world: World) -> None:
    """A Cloud embeds the newest ones."""
    id_ = world.first()
    for _ in range(230):
        world.edit("comment", id_)
    live.came.clear()
    assert live.outcomes(id_) == ["came"]
    there = world.tracker.jira.corpus.by_id[int(id_)].comment_ids
    comments = json.loads(live.came[-1].payload)["fields"]["comment"]["comments"]
    assert [comment["id"] for comment in comments] == [str(each) for each in there]


def test_an_address_out_of_a_delivery_was_asked(live: Follower, world: World) -> None:
    """Of an attachment: whoever knew the secret had any host asked, with credentials."""
    id_ = world.first()
    world.asked.clear()
    body = {"self": "http://169.254.169.254/latest", "content": "http://169.254.169.254/latest/meta-data"}
    assert told(live, "jira:issue_updated", id_, attachment=body, comment=body) == ["came"]
    assert world.asked
    assert all(query.address.startswith(f"{URL}/rest/api/3/") for query in world.asked)


def test_a_restored_issue_stayed_deleted(live: Follower, world: World) -> None:
    id_ = world.first()
    stored = world.tracker.jira.corpus.by_id[int(id_)]
    world.edit("delete", id_)
    assert told(live, "jira:issue_deleted", id_) == ["gone"]
    world.tracker.jira.corpus.put(stored)
    assert told(live, "jira:issue_updated", id_) == ["came"]
    assert id_ in live.ids()


def test_one_hidden_issue_counted_as_deleted_and_a_hidden_project_too(live: Follower, world: World) -> None:
    before = live.ids()
    world.instead = lambda query: Reply(status=404, body=b"{}") if "/issue/" in query.address else None
    for id_ in sorted(before)[:5]:
        assert told(live, "jira:issue_deleted", id_) == ["failed"]
    live.listed("census")
    assert live.ids() == before


def test_deletions_that_no_delivery_told_of_stayed_for_ever(live: Follower, world: World) -> None:
    world.later(minutes=10)
    for id_ in world.alone()[:3]:
        world.edit("delete", id_)
    live.listed("trailing")
    assert live.ids() == world.ids()
