"""Service levels that run with the clock, and comments that only agents read."""

from __future__ import annotations

import orjson
import pytest

from fake_jira.data.catalogue import FIRST_RESPONSE, SLA
from fake_jira.data.service_desk import Sight
from tests.unit.fake_jira.moving import BASE, tracker

MINUTE = 60_000


@pytest.fixture(params=["server", "cloud"])
def jira(request):
    return tracker(dialect=request.param, service_desk=("DEMO",), issues=120)


def seen(jira, issue, agent=True, later=0, text=False):
    now = round(jira.jira.profile.clock() * 1000) + later
    sight = Sight(agent, jira.jira.name == "cloud", BASE, now, text)
    return orjson.loads(sight.of(issue).fields)


def desk(jira):
    return [issue for issue in jira.jira.corpus.by_id.values() if issue.project == "DEMO"]


def test_every_state_is_there(jira):
    states = set()
    for issue in desk(jira):
        level = seen(jira, issue)[SLA]
        if level is None:
            states.add("none")
            continue
        running = level.get("ongoingCycle")
        states.add(("running", running["breached"], running["paused"]) if running else "stopped")
        states.add(("cycles", len(level["completedCycles"])))
        for cycle in level["completedCycles"]:
            assert {"startTime", "stopTime", "breachTime", "breached"} <= cycle.keys()
    assert states >= {"none", "stopped", ("running", True, False), ("running", False, False), ("running", False, True)}
    assert {("cycles", 0), ("cycles", 1), ("cycles", 2)} <= states


def test_a_running_clock_runs_and_its_instants_stand_still(jira):
    for issue in desk(jira):
        now, later = (seen(jira, issue, later=by)[SLA] for by in (0, 10 * MINUTE))
        if not now:
            continue
        assert later["completedCycles"] == now["completedCycles"]
        if running := now.get("ongoingCycle"):
            went = later["ongoingCycle"]
            by = running["remainingTime"]["millis"] - went["remainingTime"]["millis"]
            assert by == (0 if running["paused"] else 10 * MINUTE)
            assert went["startTime"] == running["startTime"]
            assert went.get("breachTime") == running.get("breachTime") and bool(running["paused"]) != (
                "breachTime" in running
            )
            left = running["goalDuration"]["millis"] - running["elapsedTime"]["millis"]
            assert running["remainingTime"]["millis"] == left and running["breached"] == (left < 0)


def test_others_see_none_of_it(jira):
    hidden = 0
    for issue in desk(jira):
        agent, other = seen(jira, issue), seen(jira, issue, agent=False)
        assert other[SLA] is None and other[FIRST_RESPONSE] is None
        said, public = agent["comment"]["comments"], other["comment"]["comments"]
        assert {one["id"] for one in public} <= {str(id_) for id_ in issue.comment_ids}
        assert other["comment"]["total"] <= agent["comment"]["total"] == len(issue.comment_ids)
        hidden += agent["comment"]["total"] - other["comment"]["total"]
        if jira.jira.name == "server":
            assert not any("jsdPublic" in one for one in said)
        else:
            assert all(one["jsdPublic"] for one in public)
        assert "@sla" not in orjson.dumps([agent, other]).decode()
    assert hidden


def test_what_is_closed_stops_its_clock_and_what_is_opened_starts_another(jira):
    issue = next(one for one in desk(jira) if (seen(jira, one)[SLA] or {}).get("ongoingCycle"))
    cycles = len(seen(jira, issue)[SLA]["completedCycles"])
    states = []
    while len(states) < 30:
        jira.edits.one("transition", issue.id)
        fields = seen(jira, jira.jira.corpus.by_id[issue.id])
        states.append(fields["status"]["statusCategory"]["key"] == "done")
        assert ("ongoingCycle" in fields[SLA]) != states[-1]
    assert len(fields[SLA]["completedCycles"]) == cycles + sum(
        done and not before for before, done in zip([False, *states], states, strict=False)
    )


def test_a_text_where_a_search_of_data_center_tells_no_more():
    jira = tracker(service_desk=("DEMO",))
    told = [seen(jira, issue, text=True)[SLA] for issue in desk(jira)]
    assert all(value is None or value.startswith("Time to resolution: ") for value in told) and any(told)


def test_new_issues_and_comments_belong_to_the_desk(jira):
    done = jira.edits.one("create", "DEMO-13", project="DEMO")
    for _ in range(6):
        jira.edits.one("comment", done.id)
    issue = jira.jira.corpus.by_id[int(done.id)]
    assert seen(jira, issue, agent=False)["comment"]["total"] == 4
    assert len(issue.comment_ids) == 6


def test_nothing_of_it_without_a_desk():
    jira = tracker(dialect="cloud")
    field = next((one for one in jira.jira.corpus.vocabulary.fields() if one["id"] == SLA), None)
    assert field["schema"]["custom"] == "com.atlassian.servicedesk:sd-sla-field"
    assert not any(b'"@sla"' in one.fields or b"jsdPublic" in one.fields for one in jira.jira.corpus.by_id.values())
