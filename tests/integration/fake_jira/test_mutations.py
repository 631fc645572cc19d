"""A tracker that moves: what happens to issues, how search and direct reading tell of it, and the truth is kept."""

from __future__ import annotations

import json
from threading import Thread
from urllib.request import Request, urlopen

import pytest

from fake_jira import running
from fake_jira.data.dates import instant, stamp
from fake_jira.kinds import KINDS
from fake_server import BadOption
from tests.integration.fake_jira.asking import ask
from tests.unit.fake_jira.test_mutations import NOW, Clock

JUST_NOW = round(NOW * 1000)
NEXT_SECOND = "2026-09-21T14:13:21.000+0000"


@pytest.fixture(params=["server", "cloud"])
def jira(request):
    with running(issues=40, seed=5, dialect=request.param, clock=Clock()) as sandbox:
        yield sandbox


def read(jira, name, **query):
    return ask(f"{jira.url}/rest/api/{jira.jira.embedding.api}/issue/{name}", **query)


def search(jira, jql, **query):
    """Every issue that a search finds, in its order."""
    query = {"jql": jql, "maxResults": 1000, "fields": "summary,updated", **query}
    address = "rest/api/2/search" if jira.jira.name == "server" else "rest/api/3/search/jql"
    page = ask(f"{jira.url}/{address}", **query).json
    issues = page["issues"]
    while token := page.get("nextPageToken"):
        page = ask(f"{jira.url}/{address}", **query, nextPageToken=token).json
        issues += page["issues"]
    return issues


def ids(jira, jql):
    return [issue["id"] for issue in search(jira, jql, fields="id")]


def entry(jira, number):
    issues = [issue for project in jira.manifest()["projects"].values() for issue in project["issues"]]
    return next(issue for issue in issues if issue["id"] == str(number))


@pytest.fixture
def some(jira):
    return jira.jira.corpus.find("DEMO-7")


def test_created(jira):
    done = jira.mutations.apply("create")
    assert (done.kind, done.before) == ("create", None)
    issue = read(jira, done.after, expand="changelog").json
    fields = issue["fields"]
    assert issue["id"] == done.id and fields["created"] == fields["updated"] == NEXT_SECOND
    assert fields["project"]["key"] == done.after.partition("-")[0]
    assert (fields["comment"]["total"], fields["issuelinks"], issue["changelog"]["total"]) == (0, [], 0)
    project = fields["project"]["key"]
    assert ids(jira, f"project = {project} order by created, key")[-1] == done.id
    assert ids(jira, f"project in (DEMO, TOOLS) and updated >= {JUST_NOW}") == [done.id]
    assert entry(jira, done.id)["touched"] == ["create"]


def test_created_in_the_likeness_of_another(jira):
    done = jira.mutations.apply("create", "DEMO-7", project="TOOLS")
    like, made = read(jira, "DEMO-7").json["fields"], read(jira, done.after).json["fields"]
    assert done.after.startswith("TOOLS-")
    assert made["priority"] == like["priority"] and made["summary"] != like["summary"]


def test_edited(jira, some):
    before = read(jira, some.key, expand="changelog").json
    done = jira.mutations.apply("edit", some.id)
    assert done == ("edit", str(some.id), some.key, some.key)
    after = read(jira, some.key, expand="changelog").json
    assert after["changelog"]["total"] == before["changelog"]["total"] + 1
    newest = max(after["changelog"]["histories"], key=lambda history: int(history["id"]))
    for item in newest["items"]:
        assert after["fields"][item["field"]] != before["fields"][item["field"]]
    assert newest["created"] == after["fields"]["updated"] == NEXT_SECOND
    assert ids(jira, "project = DEMO order by updated, key")[-1] == str(some.id)
    jira.mutations.apply("edit", some.id)
    assert read(jira, some.key).json["fields"]["updated"] > NEXT_SECOND
    assert entry(jira, some.id)["touched"] == ["edit", "edit"]
    assert entry(jira, some.id)["changes"] == before["changelog"]["total"] + 2


def test_commented(jira, some):
    before = read(jira, some.id).json["fields"]
    jira.mutations.apply("comment", some.key)
    after = read(jira, some.id).json["fields"]
    assert after["comment"]["total"] == before["comment"]["total"] + 1
    newest = after["comment"]["comments"][-1]
    assert newest["created"] <= after["updated"] and newest["created"] > before["updated"]
    assert type(newest["body"]) is (str if jira.jira.name == "server" else dict)
    assert entry(jira, some.id)["comments"][-1] == newest["id"]
    assert ids(jira, f"project = DEMO and updated >= {JUST_NOW}") == [str(some.id)]


def test_deleted(jira, some):
    done = jira.mutations.apply("delete", some.id)
    assert done.after is None
    assert read(jira, some.key).status == read(jira, some.id).status == 404
    assert str(some.id) not in ids(jira, "project = DEMO")
    assert jira.manifest()["deleted"] == [{"id": str(some.id), "key": "DEMO-7", "touched": ["delete"]}]
    fresh = [jira.mutations.apply("create", project="DEMO") for _ in range(3)]
    assert some.key not in {made.after for made in fresh} and done.id not in {made.id for made in fresh}


def test_moved(jira, some):
    done = jira.mutations.apply("move", some.id)
    assert (done.before, done.after.partition("-")[0]) == ("DEMO-7", "TOOLS")
    moved = read(jira, "DEMO-7").json
    assert (moved["id"], moved["key"], moved["fields"]["project"]["key"]) == (str(some.id), done.after, "TOOLS")
    assert str(some.id) not in ids(jira, "project = DEMO") and str(some.id) in ids(jira, "project = TOOLS")
    assert ids(jira, f"project = TOOLS and updated >= {JUST_NOW}") == [str(some.id)]
    assert jira.manifest()["moved"]["DEMO-7"] == str(some.id)
    assert (entry(jira, some.id)["became"], entry(jira, some.id)["key"]) == ("moved", done.after)
    jira.mutations.apply("move", some.id)
    assert read(jira, done.after).json["id"] == read(jira, "DEMO-7").json["id"] == str(some.id)


def test_hidden(jira, some):
    jira.mutations.apply("hide", some.id)
    refused = read(jira, some.key)
    if jira.jira.name == "server":
        sentences = ["You do not have the permission to see the specified issue.", "Login Required"]
        assert (refused.status, refused.json["errorMessages"]) == (401, sentences)
    else:
        assert refused.status == 404
    assert str(some.id) not in ids(jira, "project = DEMO")
    assert entry(jira, some.id)["became"] == "hidden"


def test_archived(jira, some):
    jira.mutations.apply("archive", some.id)
    assert read(jira, some.key).json["fields"]["archiveddate"] == NEXT_SECOND
    assert str(some.id) not in ids(jira, "project = DEMO")
    assert (entry(jira, some.id)["became"], entry(jira, some.id)["archived"]) == ("archived", True)


def test_what_cannot_be_done(jira):
    for kind, name in (("melt", None), ("edit", "DEMO-9999"), ("create", "DEMO-9999")):
        with pytest.raises(BadOption):
            jira.mutations.apply(kind, name)
    with pytest.raises(BadOption):
        jira.mutations.apply("move", "DEMO-7", project="NOPE")
    assert jira.mutations.log == []


def test_the_index_lags_behind(jira, some):
    jira.mutations.index_lag = 30
    jira.mutations.apply("edit", some.id)
    found = f"project = DEMO and updated >= {JUST_NOW}"
    assert ids(jira, found) == []
    assert read(jira, some.key).json["fields"]["updated"] == NEXT_SECOND
    listed = {issue["id"]: issue["fields"]["updated"] for issue in search(jira, "project = DEMO")}
    assert listed[str(some.id)] == NEXT_SECOND
    jira.mutations.apply("edit", some.id)
    jira.jira.profile.clock.now += 31
    assert ids(jira, found) == [str(some.id)]
    assert ids(jira, "project = DEMO order by updated")[-1] == str(some.id)
    assert jira.jira.corpus.find(some.key).updated == instant(read(jira, some.key).json["fields"]["updated"])


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_between_requests_each_issue_is_where_the_manifest_says(dialect):
    with running(issues=120, seed=3, dialect=dialect, mutate=1.5, mutate_most=100) as jira:
        start = {issue.id for issue in jira.jira.corpus.by_id.values()}
        for _ in range(80):
            read(jira, "DEMO-1")
        assert len(jira.mutations.log) == 100
        assert {done.kind for done in jira.mutations.log} == set(KINDS)
        truth = jira.manifest()
        for project in ("DEMO", "TOOLS"):
            seen = ids(jira, f"project = {project} order by created, key")
            assert len(seen) == len(set(seen))
            listed = truth["projects"][project]["issues"]
            assert sorted(seen) == sorted(one["id"] for one in listed if one["became"] in ("present", "moved"))
        stood_still = {
            int(one["id"])
            for project in truth["projects"].values()
            for one in project["issues"]
            if not one["touched"] and one["became"] == "present"
        }
        assert start - {int(done.id) for done in jira.mutations.log} == stood_still
        for gone in truth["deleted"]:
            assert read(jira, gone["id"]).status == 404 and gone["touched"][-1] == "delete"


def test_a_page_is_never_torn():
    """Issues go and come in another thread while pages are served: every page fits together in itself."""
    with running(issues=60, seed=3) as jira:
        stop = []

        def stir():
            while not stop:
                jira.mutations.apply("move")

        thread = Thread(target=stir)
        thread.start()
        try:
            for _ in range(40):
                page = ask(f"{jira.url}/rest/api/2/search", maxResults=1000, fields="project").json
                assert page["total"] == len({issue["id"] for issue in page["issues"]}) == 60
                for issue in page["issues"]:
                    assert issue["key"].startswith(issue["fields"]["project"]["key"] + "-")
        finally:
            stop.append(True)
            thread.join()


def test_recorded_issues_move_too(tmp_path):
    bare = {"id": "11", "key": "OLD-1", "fields": {"summary": "Hats", "created": stamp(0), "updated": stamp(0)}}
    other = {"id": "12", "key": "NEW-1", "fields": {"summary": "Shoes", "project": {}}}
    (tmp_path / "issues.jsonl").write_text("\n".join(map(json.dumps, (bare, other))))
    for dialect in ("server", "cloud"):
        with running(data=(tmp_path / "issues.jsonl",), dialect=dialect) as jira:
            for kind in ("create", "edit", "comment", "move", "archive"):
                done = jira.mutations.apply(kind, "11")
                assert read(jira, done.after).status == 200
            assert read(jira, "OLD-1").json["fields"]["comment"]["total"] == 1


def test_the_manifest_over_http():
    with running(issues=12) as jira:
        jira.mutations.apply("delete")
        with urlopen(Request(f"{jira.url}/sandbox/manifest"), timeout=600) as response:
            assert json.load(response) == jira.manifest()
