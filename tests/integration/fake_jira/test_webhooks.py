"""The sandbox tells by webhook: over a real connection, to a receiver that answers as it likes."""

from __future__ import annotations

import hashlib
import hmac
from itertools import pairwise
from time import time

import pytest
from aiohttp import ClientTimeout

from fake_jira import running
from tests.integration.fake_jira.asking import ask
from tests.integration.fake_jira.receiving import receiving
from tests.unit.fake_jira.test_mutations import Clock

SECRET = "It's a Secret to Everybody"
QUARTER = 900.0


@pytest.fixture(scope="module")
def served():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def receiver(served):
    """The one receiver, as new."""
    served.all.clear()
    served.most_inside = 0
    served.status = lambda body: 204
    served.open()
    return served


def moving(receiver, **options):
    chosen = {"issues": 40, "seed": 5, "clock": Clock(), "webhooks": receiver.url, "webhook_secret": SECRET}
    return running(**{**chosen, **options})


def states(jira):
    return [one["state"] for one in jira.webhooks.log()["deliveries"]]


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_every_edit_arrives_signed_over_its_raw_bytes(receiver, dialect):
    with moving(receiver, dialect=dialect) as jira:
        for _ in range(40):
            jira.edits.one()
        jira.webhooks.advance(QUARTER)
        assert jira.webhooks.settled()
        log = jira.webhooks.log()
        assert set(states(jira)) == {"delivered"} and log["waiting"] == 0
    assert len(receiver.all) == len(log["deliveries"]) >= 40
    assert {hashlib.sha256(one.raw).hexdigest() for one in receiver.all} == {one["sha256"] for one in log["deliveries"]}
    for one in receiver.all:
        expected = hmac.new(SECRET.encode(), one.raw, hashlib.sha256).hexdigest()
        assert one.headers["x-hub-signature"] == f"sha256={expected}"
        assert "x-atlassian-webhook-retry" not in one.headers
        assert int(one.headers["content-length"]) == len(one.raw)
        if dialect == "cloud":
            assert one.headers["x-atlassian-webhook-flow"] in ("Primary", "Secondary")
        else:
            assert not [name for name in one.headers if name.startswith("x-atlassian")]
    if dialect == "cloud":
        assert len({one.identifier for one in receiver.all}) == len(receiver.all)


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_rest_tells_of_an_edit_before_its_webhook_comes(receiver, dialect):
    """Whoever asks when told finds at least what the body says."""
    with moving(receiver, dialect=dialect) as jira:
        behind = []

        def look(body):
            api = jira.jira.embedding.api
            issue = body.get("issue")
            if issue and body["webhookEvent"] == "jira:issue_updated":
                found = ask(f"{jira.url}/rest/api/{api}/issue/{issue['id']}", fields="updated").json
                if found["fields"]["updated"] < issue["fields"]["updated"]:
                    behind.append(issue["id"])
            return 204

        # The receiver answers from its own loop; a question to the sandbox does not wait for it.
        receiver.status = look
        for kind in ("summary", "transition", "worklog", "attach", "move"):
            jira.edits.one(kind)
        assert jira.webhooks.settled()
    assert receiver.all and behind == []


def test_cloud_tries_again_with_the_same_identifier_and_counts(receiver):
    with moving(receiver, dialect="cloud") as jira:
        receiver.status = lambda body: 503
        jira.edits.one("label")
        assert jira.webhooks.settled() and len(receiver.all) == 1
        for _ in range(7):
            jira.webhooks.advance(QUARTER)
            assert jira.webhooks.settled()
        (entry,) = jira.webhooks.log()["deliveries"]
    assert entry["state"] == "given up" and len(receiver.all) == 6
    assert len({(one.identifier, one.raw, one.headers["x-hub-signature"]) for one in receiver.all}) == 1
    assert [one.headers.get("x-atlassian-webhook-retry") for one in receiver.all] == [None, "1", "2", "3", "4", "5"]
    times = [attempt["at"] for attempt in entry["attempts"]]
    assert all(300 <= later - earlier <= QUARTER for earlier, later in pairwise(times))


def test_cloud_gets_through_in_the_end(receiver):
    with moving(receiver, dialect="cloud") as jira:
        answers = iter((0, 429, 204))
        receiver.status = lambda body: next(answers)
        jira.edits.one("label")
        for _ in range(2):
            assert jira.webhooks.settled()
            jira.webhooks.advance(QUARTER)
        assert jira.webhooks.settled()
        (entry,) = jira.webhooks.log()["deliveries"]
    assert [attempt["status"] for attempt in entry["attempts"]] == [0, 429, 204]
    assert entry["state"] == "delivered"


@pytest.mark.parametrize(("dialect", "status"), [("cloud", 401), ("cloud", 404), ("server", 503), ("server", 0)])
def test_what_is_final(receiver, dialect, status):
    with moving(receiver, dialect=dialect) as jira:
        receiver.status = lambda body: status
        jira.edits.one("label")
        for _ in range(3):
            assert jira.webhooks.settled()
            jira.webhooks.advance(QUARTER)
        assert states(jira) == ["refused"] and len(receiver.all) == 1


def test_who_does_not_answer_in_time_is_told_again(receiver):
    with moving(receiver, dialect="cloud") as jira:
        jira.webhooks.timeout = ClientTimeout(total=0.05)
        receiver.close()
        jira.edits.one("label")
        assert jira.webhooks.settled() and states(jira) == ["waiting"]
        jira.webhooks.timeout = ClientTimeout(total=30)
        receiver.open()
        jira.webhooks.advance(QUARTER)
        assert jira.webhooks.settled()
        (entry,) = jira.webhooks.log()["deliveries"]
    assert entry["state"] == "delivered" and [one["status"] for one in entry["attempts"]] == [0, 204]


def test_waits_are_shorter_in_a_scaled_tracker(receiver):
    """By a clock that goes: nobody says when it is later."""
    with moving(receiver, dialect="cloud", clock=time, webhook_scale=100_000.0) as jira:
        receiver.status = lambda body: 503 if len(receiver.all) < 3 else 204
        jira.edits.one("label")
        receiver.wait(lambda: bool(receiver.accepted))
        assert jira.webhooks.settled()
        assert states(jira) == ["delivered"] and len(receiver.all) == 4


def test_nobody_listens():
    with running(issues=20, dialect="cloud", clock=Clock(), webhooks="http://127.0.0.1:9/") as jira:
        jira.edits.one("label")
        assert jira.webhooks.settled()
        (entry,) = jira.webhooks.log()["deliveries"]
        assert entry["state"] == "waiting" and [one["status"] for one in entry["attempts"]] == [0]


@pytest.mark.parametrize(("dialect", "most"), [("cloud", 20), ("server", 5)])
def test_so_many_at_once_and_no_more(receiver, dialect, most):
    with moving(receiver, dialect=dialect) as jira:
        receiver.close()
        for _ in range(30):
            jira.edits.one("label")
        receiver.wait(lambda: receiver.inside == most)
        receiver.open()
        assert jira.webhooks.settled()
        assert len(receiver.all) == 30 and receiver.most_inside == most


def test_lost_doubled_late_and_out_of_order(receiver):
    faults = ("loss=0.3", "duplicate=0.2", "disorder=0.5:60", "delay=0.1:100")
    with moving(receiver, dialect="cloud", webhook_faults=faults) as jira:
        for _ in range(100):
            jira.edits.one("label")
        assert jira.webhooks.settled()
        at_once = len(receiver.all)
        jira.webhooks.advance(QUARTER)
        assert jira.webhooks.settled()
        log = jira.webhooks.log()["deliveries"]
    lost = {one["number"] for one in log if one["state"] == "lost"}
    came = [one.identifier for one in receiver.all]
    assert 15 < len(lost) < 45 and 0 < at_once < len(came)
    assert len(set(came)) == 100 - len(lost) < len(came)
    numbers = {one["identifier"]: one["number"] for one in log}
    order = [numbers[identifier] for identifier in dict.fromkeys(came)]
    assert order != sorted(order)


@pytest.mark.parametrize(("how", "header"), [("wrong", "sha256="), ("sha1", "sha1="), ("missing", "")])
def test_bad_signatures(receiver, how, header):
    with moving(receiver, webhook_faults=(f"bad_signature=1:{how}",)) as jira:
        jira.edits.one("label")
        assert jira.webhooks.settled()
        (one,) = receiver.all
        right = "sha256=" + hmac.new(SECRET.encode(), one.raw, hashlib.sha256).hexdigest()
        given = one.headers.get("x-hub-signature", "")
        assert given.startswith(header) and given != right and bool(given) == bool(header)
        assert jira.webhooks.log()["deliveries"][0]["signed"] == how


def test_a_huge_body_is_signed_as_any(receiver):
    with moving(receiver, webhook_faults=("huge=1:2",)) as jira:
        jira.edits.one("label")
        assert jira.webhooks.settled()
    (one,) = receiver.all
    assert len(one.raw) > 2_000_000 and one.event == "jira:issue_updated"
    right = hmac.new(SECRET.encode(), one.raw, hashlib.sha256).hexdigest()
    assert one.headers["x-hub-signature"] == f"sha256={right}"


def test_without_a_secret_nothing_is_signed(receiver):
    with moving(receiver, webhook_secret="") as jira:
        jira.edits.one("label")
        assert jira.webhooks.settled()
    assert "x-hub-signature" not in receiver.all[0].headers


def test_what_went_with_an_issue_comes_later(receiver):
    with moving(receiver, dialect="cloud") as jira:
        jira.edits.one("comment", "DEMO-7")
        jira.edits.one("delete", "DEMO-7")
        assert jira.webhooks.settled()
        assert [one.event for one in receiver.all][-1] == "jira:issue_deleted"
        assert {one.headers["x-atlassian-webhook-flow"] for one in receiver.all} == {"Primary"}
        before = len(receiver.all)
        jira.webhooks.advance(QUARTER)
        assert jira.webhooks.settled()
        later = receiver.all[before:]
    assert "comment_deleted" in {one.event for one in later}
    assert {one.headers["x-atlassian-webhook-flow"] for one in later} == {"Secondary"}


def test_the_door_for_tests(receiver):
    with moving(receiver, dialect="cloud", webhooks="") as jira:
        door = f"{jira.url}/sandbox"
        assert ask(f"{door}/switch", {"webhooks": receiver.url, "webhook_faults": {"duplicate": "1"}}).status == 200
        (done,) = ask(f"{door}/edit", {"kind": "move", "issue": "DEMO-7", "project": "TOOLS"}).json["done"]
        assert done["before"] == "DEMO-7" and done["after"].startswith("TOOLS-")
        assert ask(f"{door}/manifest").json["moved"]["DEMO-7"] == done["id"]
        assert ask(f"{door}/truth").json[done["id"]]["key"] == done["after"]
        assert len(ask(f"{door}/edit", {"kind": "label", "count": 9}).json["done"]) == 9
        ask(f"{door}/advance", {"seconds": 900})
        assert jira.webhooks.settled()
        log = ask(f"{door}/deliveries").json
        assert (log["waiting"], len(log["deliveries"])) == (0, 20) and len(receiver.all) == 20
        version = {"version": "created", "project": "DEMO", "name": "9.0"}
        assert ask(f"{door}/roster", version).json["name"] == "9.0"
        assert ask(f"{door}/roster", {"project": "DEMO", "name": "Other"}).json["name"] == "Other"
        project = ask(f"{jira.url}/rest/api/3/project/DEMO").json
        assert (project["name"], [one["name"] for one in project["versions"]]) == ("Other", ["9.0"])
        assert jira.webhooks.settled()
        assert sorted(one.event for one in receiver.all[-4:]) == ["jira:version_created"] * 2 + ["project_updated"] * 2
        for path, wrong in (
            ("roster", {"version": "melted", "project": "DEMO", "name": "9.0"}),
            ("roster", {"project": "NOPE", "name": "9.0"}),
            ("edit", {"kind": "melt"}),
            ("edit", {"count": "many"}),
            ("edit", [1]),
            ("switch", {"nothing": 1}),
            ("switch", {"outage": 7}),
            ("switch", {"webhook_faults": {"melt": 1}}),
            ("advance", {"seconds": "long"}),
        ):
            refused = ask(f"{door}/{path}", wrong)
            assert refused.status == 400 and refused.json["error"].endswith("."), (path, wrong)


def test_edits_come_by_themselves(receiver):
    """No clock is asked: the receiver waits until some have come."""
    with moving(receiver, edits_per_second=200.0, edit_kinds=("label", "comment")) as jira:
        receiver.wait(lambda: len(receiver.all) >= 20)
        assert len(jira.mutations.log) >= 10
