"""Recorded issues with something wrong in them, and runs that are interrupted."""

from __future__ import annotations

import json
import signal
import threading
from datetime import UTC, datetime

import pytest

from fake_jira import running
from tests.conftest import QUICK, read_lines


@pytest.fixture
def recorded(tmp_path):
    """A folder of made-up recorded issues, to which a test adds its own."""
    folder = tmp_path / "recorded"
    folder.mkdir()

    def add(number: int, **fields: object) -> None:
        whole = {
            "summary": f"Number {number} is about the lease of a broker",
            "description": f"The broker number {number} loses its lease after some minutes.",
            "created": f"2024-03-01T08:{number % 60:02}:00.000+0000",
            "updated": "2024-03-04T09:00:00.000+0000",
            "issuetype": {"name": "Bug"},
        } | fields
        issue = {"id": str(1000 + number), "key": f"ACME-{number}", "fields": whole}
        (folder / f"ACME-{number}.json").write_text(json.dumps(issue))

    add.folder = folder
    for number in range(1, 13):
        add(number)
    return add


def test_a_malformed_issue_is_a_reject_with_its_payload_and_the_crawl_goes_on(crawl, recorded):
    recorded(13, labels="not a list")
    with running(data=(recorded.folder,)) as sandbox:
        done = crawl(sandbox.url, projects="ACME")
    assert done.status == 0
    (reject,) = done.rejects
    assert {name: reject[name] for name in ("site", "project", "id", "key", "stage")} == {
        "site": sandbox.url.removeprefix("http://"),
        "project": "ACME",
        "id": "1013",
        "key": "ACME-13",
        "stage": "Validate",
    }
    assert reject["reason"].startswith("malformed: ")
    assert json.loads(reject["payload"])["fields"]["labels"] == "not a list"
    assert len(done.ids) == 13


def test_a_twin_comes_back_when_the_one_that_stood_for_it_changes(crawl, recorded):
    same = {"summary": "Two alike", "description": "Both say the very same thing about it."}
    recorded(40, **same)
    recorded(41, **same)
    with running(data=(recorded.folder,)) as sandbox:
        first = crawl(sandbox.url, projects="ACME")
        address = sandbox.url
    assert [(each["key"], each["reason"]) for each in first.rejects] == [("ACME-41", "duplicate of ACME-40")]
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    recorded(40, summary="No longer alike", description="This one says something of its own by now.", updated=now)
    port = int(address.rpartition(":")[2])
    with running(data=(recorded.folder,), port=port) as sandbox:
        second = crawl(sandbox.url, projects="ACME")
    assert second.status == 0
    assert second.rejects == []
    keys = {each["metadata"]["issue_key"] for each in second.examples}
    assert {"ACME-40", "ACME-41"} <= keys
    assert "No longer alike" in {each["output"] for each in second.examples}
    assert not [
        each for each in second.examples if each["metadata"]["issue_key"] == "ACME-40" and "Two alike" in str(each)
    ]


def test_a_list_that_stays_cut_is_said_and_the_run_is_incomplete(crawl):
    with running(issues=40, seed=5) as sandbox:
        known = [f["id"] for p in sandbox.manifest()["projects"].values() for f in p["issues"] if f["worklogs"] > 20]
        sandbox.application.jira.corpus.by_id[int(known[0])]  # it is there to be asked for
        sandbox.faults.rates["error500"] = 0.0
        original = sandbox.application._answer

        def refuse_worklogs(ask, fault, credentials):  # an address that is closed for good
            found = original(ask, fault, credentials)
            if ask.path.endswith("/worklog"):
                return type(found)(b'{"errorMessages": ["No."]}', 403, found.headers, found.content_type)
            return found

        sandbox.application._answer = refuse_worklogs
        done = crawl(sandbox.url)
    assert done.status == 1
    assert done.report["cut"]["worklog"] == len(known) > 0
    assert "entries of" in done.out
    assert len(done.ids) == 40  # what came is kept all the same


def test_an_interrupted_run_goes_on_where_it_stopped(crawl, nursery, tmp_path):
    with running(issues=80, page_cap=4) as sandbox:
        whole = crawl(sandbox.url, folder="whole")
        cost = len(sandbox.requests)
        settings = QUICK | {"OUTPUT_DIR": str(tmp_path / "output"), "JOBDIR": str(tmp_path / "jobs")}
        flags = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        honest, feed = sandbox.application._answer, tmp_path / "output" / "DEMO.jsonl"
        answered = begun = 0

        def until_something_is_committed(ask, fault, credentials):  # and then nothing more, until it is interrupted
            nonlocal answered
            answered += 1
            while answered > 10 and not interrupted.is_set():
                if begun and feed.exists() and feed.stat().st_size:
                    nursery.signal(begun, signal.SIGINT)
                    interrupted.set()
                else:
                    interrupted.wait(0.05)
            return honest(ask, fault, credentials)

        interrupted = threading.Event()
        sandbox.application._answer = until_something_is_committed
        crawl_both = ["crawl", "jira", "-a", "projects=DEMO,TOOLS", "-a", f"site={sandbox.url}"]
        begun = nursery.start([*crawl_both, *flags], tmp_path / "log")
        assert nursery.wait(begun) == 1
        sandbox.application._answer = honest
        partly = len(read_lines(tmp_path / "output" / "DEMO.jsonl"))
        before = len(sandbox.requests)
        done = crawl(sandbox.url, JOBDIR=tmp_path / "jobs")
        assert len(sandbox.requests) - before < cost  # it did not begin anew
    assert 0 < partly < len(whole.feeds["DEMO"])
    assert done.status == 0
    assert done.sorted_feeds() == whole.sorted_feeds()
