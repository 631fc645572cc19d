"""What befalls a tracker that is followed: a late index, an outage, a token that runs out, accounts that see less."""

from __future__ import annotations

import math
from base64 import b64encode

import pytest

from fake_jira import running
from fake_jira.data.catalogue import SLA
from tests.integration.fake_jira.asking import ask
from tests.integration.fake_jira.test_mutations import ids, read, search
from tests.unit.fake_jira.test_mutations import Clock

CREDENTIALS = {
    "server": ({"token": "secret", "agent": "agent"}, "Bearer secret", "Bearer agent"),
    "cloud": (
        {"basic": "a@example.org:secret", "agent": "b@example.org:agent"},
        "Basic " + b64encode(b"a@example.org:secret").decode(),
        "Basic " + b64encode(b"b@example.org:agent").decode(),
    ),
}


@pytest.fixture(params=["server", "cloud"])
def jira(request):
    with running(issues=40, seed=5, dialect=request.param, clock=Clock()) as sandbox:
        yield sandbox


def all_ids(jira):
    return sorted(ids(jira, "project in (DEMO, TOOLS)"))


def test_search_is_late_and_a_get_is_not(jira):
    before, summary = all_ids(jira), read(jira, "DEMO-7").json["fields"]["summary"]
    jira.jira.corpus.stale_searches = math.inf
    jira.edits.one("summary", "DEMO-7")
    made, gone = jira.edits.one("create"), jira.edits.one("delete")
    changed = read(jira, "DEMO-7").json
    assert changed["fields"]["summary"] != summary
    assert (read(jira, made.id).status, read(jira, gone.id).status) == (200, 404)
    assert all_ids(jira) == before
    assert search(jira, "key = DEMO-7")[0]["fields"]["summary"] == summary
    assert search(jira, f"id = {changed['id']}")[0]["fields"]["summary"] == summary
    assert changed["id"] not in ids(jira, f'project = DEMO and updated >= "{changed["fields"]["updated"][:10]}"')
    assert ask(f"{jira.url}/sandbox/switch", {"catch_up": True, "stale_searches": 0}).status == 200
    assert all_ids(jira) == sorted({*before, made.id} - {gone.id})
    assert search(jira, "key = DEMO-7")[0]["fields"]["summary"] == changed["fields"]["summary"]


def test_search_learns_after_so_many_questions(jira):
    before = all_ids(jira)
    jira.jira.corpus.stale_searches = 2
    made = jira.edits.one("create")
    assert all_ids(jira) == before == all_ids(jira)
    assert made.id in all_ids(jira)


def test_cloud_reconciles_the_issues_that_a_search_names():
    with running(issues=40, seed=5, dialect="cloud", clock=Clock(), stale_searches=math.inf) as jira:
        first, second = jira.edits.one("create"), jira.edits.one("create")
        address = f"{jira.url}/rest/api/3/search/jql"
        asked = {"jql": "project in (DEMO, TOOLS)", "maxResults": 1000, "fields": ["id"]}
        found = ask(address, {**asked, "reconcileIssues": [int(first.id)]}).json["issues"]
        assert first.id in {one["id"] for one in found} and second.id not in {one["id"] for one in found}
        assert ask(address, {**asked, "reconcileIssues": list(range(51))}).status == 400


def test_bulk_fetch_is_as_fresh_as_a_get():
    with running(issues=40, seed=5, dialect="cloud", clock=Clock(), stale_searches=math.inf) as jira:
        made = jira.edits.one("create")
        found = ask(f"{jira.url}/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": [made.id], "fields": ["summary"]})
        assert [one["id"] for one in found.json["issues"]] == [made.id]


def test_an_outage_befalls_everybody_but_the_door(jira):
    ask(f"{jira.url}/sandbox/switch", {"outage": 503})
    assert read(jira, "DEMO-7").status == ask(f"{jira.url}/browse/DEMO-7").status == 503
    assert ask(f"{jira.url}/sandbox/manifest").status == 200
    jira.edits.one("label")
    ask(f"{jira.url}/sandbox/switch", {"outage": 0})
    assert read(jira, "DEMO-7").status == 200


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_a_token_runs_out_in_the_middle(dialect):
    options, visitor, agent = CREDENTIALS[dialect]
    with running(issues=20, dialect=dialect, clock=Clock(), expire_after=3, **options) as jira:

        def asking(authorization):
            address = f"{jira.url}/rest/api/{jira.jira.embedding.api}/issue/DEMO-1"
            return ask(address, headers={"Authorization": authorization}).status

        assert [asking(visitor) for _ in range(5)] == [200, 200, 200, 401, 401]
        assert asking(agent) == 200
        ask(f"{jira.url}/sandbox/switch", {"expired": False})
        jira.incidents.expire_after = 0
        assert asking(visitor) == 200


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_service_levels_and_internal_comments_are_for_the_agent(dialect):
    options, visitor, agent = CREDENTIALS[dialect]
    desk = {"service_desk": ("DEMO",), "issues": 80, "dialect": dialect, "clock": Clock()}
    with running(**desk, **options) as jira:
        api = jira.jira.embedding.api
        jira.edits.one("comment", "DEMO-13")
        jira.edits.one("comment", "DEMO-13")
        jira.edits.one("comment", "DEMO-13")

        def asked(path, authorization, **query):
            return ask(f"{jira.url}/rest/api/{api}/{path}", headers={"Authorization": authorization}, **query).json

        field = next(one for one in asked("field", visitor) if one["id"] == SLA)
        assert field["schema"]["custom"] == "com.atlassian.servicedesk:sd-sla-field"
        seen, hidden = (asked("issue/DEMO-13/comment", who)["total"] for who in (agent, visitor))
        assert hidden < seen == len(jira.jira.corpus.find("DEMO-13").comment_ids)
        assert asked("issue/DEMO-13", visitor)["fields"]["comment"]["total"] == hidden
        path = "search" if dialect == "server" else "search/jql"
        listed = [
            asked(path, who, jql="project = DEMO", fields=f"{SLA},updated", maxResults=100)["issues"]
            for who in (agent, visitor)
        ]
        assert any(one["fields"][SLA] for one in listed[0]) and not any(one["fields"][SLA] for one in listed[1])
        running_one = next(
            one for one in listed[0] if (one["fields"][SLA] or {}).get("ongoingCycle", {}).get("breachTime")
        )
        jira.jira.profile.clock.now += 600
        later = asked(f"issue/{running_one['id']}", agent)["fields"]
        before, after = running_one["fields"][SLA]["ongoingCycle"], later[SLA]["ongoingCycle"]
        assert before["remainingTime"]["millis"] - after["remainingTime"]["millis"] == 600_000
        assert before["breachTime"] == after["breachTime"]
        assert later["updated"] == running_one["fields"]["updated"]
        assert asked(f"issue/{running_one['id']}", visitor)["fields"][SLA] is None


def test_the_gateway_of_cloud_leads_to_the_same_site():
    options, _, agent = CREDENTIALS["cloud"]
    with running(issues=20, dialect="cloud", clock=Clock(), **options) as jira:
        cloud_id = ask(f"{jira.url}/_edge/tenant_info").json["cloudId"]
        asked = {"headers": {"Authorization": agent}, "fields": "summary"}
        direct = ask(f"{jira.url}/rest/api/3/issue/DEMO-1", **asked)
        assert ask(f"{jira.url}/ex/jira/{cloud_id}/rest/api/3/issue/DEMO-1", **asked).json == direct.json
        assert ask(f"{jira.url}/ex/jira/{cloud_id[:-1]}0/rest/api/3/issue/DEMO-1", **asked).status == 404


def test_pages_hide_what_rest_hides():
    options, visitor, agent = CREDENTIALS["server"]
    with running(issues=80, clock=Clock(), service_desk=("DEMO",), comments_shown=0, **options) as jira:
        for _ in range(3):
            jira.edits.one("comment", "DEMO-13")
        told = jira.jira.corpus.find("DEMO-13").comment_ids
        hidden = {number for number in told if number % 3 == 0}

        def shown(who):
            page = ask(f"{jira.url}/browse/DEMO-13", headers={"Authorization": who})
            assert page.status == 200
            return {number for number in told if f"comment-{number}".encode() in page.body}

        assert shown(agent) == set(told) and shown(visitor) == set(told) - hidden and hidden


def test_a_search_that_tells_service_levels_as_text():
    options, _, agent = CREDENTIALS["server"]
    with running(issues=40, clock=Clock(), service_desk=("DEMO",), sla_text=True, **options) as jira:
        headers = {"Authorization": agent}
        found = ask(f"{jira.url}/rest/api/2/search", headers=headers, jql="project = DEMO", fields=SLA).json["issues"]
        texts = [one for one in found if one["fields"][SLA]]
        assert texts and all(isinstance(one["fields"][SLA], str) for one in texts)
        alone = ask(f"{jira.url}/rest/api/2/issue/{texts[0]['id']}", headers=headers).json
        assert isinstance(alone["fields"][SLA], dict)


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_truth_is_what_rest_serves_after_any_edits(dialect):
    with running(issues=40, seed=5, dialect=dialect, clock=Clock()) as jira:
        for _ in range(150):
            jira.edits.one()
        truth = jira.truth()
        assert all_ids(jira) == sorted(truth)
        for id_, whole in truth.items():
            served = read(jira, id_, expand="changelog").json
            assert served["key"] == whole["key"]
            api = f"{jira.url}/rest/api/{jira.jira.embedding.api}/issue/{id_}"
            assert (
                ask(f"{api}/comment", maxResults=100).json["comments"] == whole["fields"]["comment"]["comments"][:100]
            )
            assert ask(f"{api}/worklog").json["worklogs"] == whole["fields"]["worklog"]["worklogs"]
            assert served["changelog"]["total"] == len(whole["changelog"]["histories"])
            lists = {"comment", "worklog", "customfield_12314020"}
            parts = (
                {name: value for name, value in one["fields"].items() if name not in lists} for one in (served, whole)
            )
            assert next(parts) == next(parts)
        gone = [one["id"] for one in jira.manifest()["deleted"]]
        assert gone and all(read(jira, id_).status == 404 for id_ in gone)
