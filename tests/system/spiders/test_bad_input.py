"""What a user can get wrong: one clear sentence, no traceback, a non-zero exit, and nothing fetched."""

from __future__ import annotations

import base64
import http.server
import threading
from typing import ClassVar

import pytest

from fake_jira import running


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"projects": ""}, "Say which projects to crawl"),
        ({"projects": ","}, "is not a list of project keys"),
        ({"projects": "KAFKA,,SPARK"}, "is not a list of project keys"),
        ({"projects": "../etc"}, "is not a list of project keys"),
        ({"site": "nosuch"}, "There is no site 'nosuch'"),
        ({"site": "ftp://example.org"}, "is not an http or https URL"),
        ({"site": "http://me:secret@example.org"}, "must not hold a user or password"),
        ({"limit": "many"}, "limit=many is not a number"),
        ({"since": "yesterday"}, "since=yesterday is no date"),
        ({"jql": "status = Open) OR (project = X"}, "do not pair"),
        ({"jql": "status = Open ORDER BY key"}, "must not hold ORDER BY"),
        ({"COMMIT_ISSUES": "abc"}, "COMMIT_ISSUES=abc is not a whole number from 1"),
        ({"full": "maybe"}, "full=maybe is neither true nor false"),
        ({"colour": "red"}, "has no argument 'colour'"),
        ({"OUTPUT_DIR": "/proc/nowhere"}, "Nothing can be written to /proc/nowhere"),
        ({"STORE_URL": "nosuchbase://u:hidden@host/x"}, "STORE_URL is not sqlite:///"),
        ({"COMIT_ISSUES": "5"}, "There is no setting COMIT_ISSUES; COMMIT_ISSUES is one."),
        ({"LOG_LEVEL": "FOO"}, "LOG_LEVEL=FOO is not one of DEBUG"),
        ({"LOG_FILE": "/nowhere/crawl.log"}, "LOG_FILE=/nowhere/crawl.log is not the path of a file"),
        ({"limit": "²"}, "limit=² is not a number of issues"),
        ({"limit": "9" * 5_000}, "is not a number of issues"),
        ({"since": "2999"}, "since=2999 is a year alone"),
        ({"jql": "status = \udcff"}, "is not text in UTF-8"),
    ],
)
def test_wrong_arguments_stop_before_the_first_request(crawl, chosen, sentence):
    with running(issues=1) as sandbox:
        done = crawl(**{"site": sandbox.url} | chosen)
        assert sandbox.requests == []
    assert done.status == 2
    assert sentence in done.log
    assert "secret" not in done.log
    assert "hidden" not in done.log


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_an_unknown_project_stops_before_the_first_page(crawl, dialect):
    with running(issues=10, dialect=dialect) as sandbox:
        done = crawl(sandbox.url, projects="DEMO,NOPE")
        pages = [path for _, path, _ in sandbox.requests if "fields=" in path]
    assert done.status == 1
    assert "has no project NOPE" in done.out
    assert pages == []


def test_nobody_there(crawl):
    done = crawl("http://127.0.0.1:1")
    assert done.status == 1
    assert "http://127.0.0.1:1 cannot be reached: nobody listens there." in done.out


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A server that is no Jira, and remembers who asked."""

    agents: ClassVar[set[str]] = set()

    def do_GET(self) -> None:
        self.agents.add(self.headers["User-Agent"])
        self.send_error(404)

    def log_message(self, *arguments: object) -> None:
        pass


def test_not_a_jira_and_who_asked_it(crawl):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = crawl(f"http://127.0.0.1:{server.server_port}/wiki", CONTACT="mailto:crawler@example.org")
        server.shutdown()
    assert done.status == 1
    assert "is not a Jira" in done.out
    assert Elsewhere.agents == {"jira_crawler/0.1.0 (+mailto:crawler@example.org)"}


@pytest.mark.parametrize("lenient", [False, True])
def test_a_bad_token_is_noticed_even_when_the_server_just_calls_us_anonymous(crawl, lenient):
    with running(issues=10, token="right", anonymous_ok=lenient) as sandbox:
        done = crawl(sandbox.url, env={"JIRA_TOKEN": "wr0ng"})
        assert len(sandbox.requests) == 1
    assert done.status == 1
    assert "did not accept the credentials in JIRA_TOKEN" in done.out
    assert "wr0ng" not in done.out + done.log


def test_cloud_takes_bad_credentials_for_a_visitor_and_we_do_not(crawl):
    with running(issues=10, dialect="cloud", basic="me@example.org:right") as sandbox:
        done = crawl(sandbox.url, env={"JIRA_EMAIL": "me@example.org", "JIRA_API_TOKEN": "wr0ng"})
    assert done.status == 1
    assert "did not accept the credentials in JIRA_EMAIL and JIRA_API_TOKEN" in done.out


def test_good_credentials_reach_their_site_and_no_file(crawl, tmp_path):
    secrets = {"JIRA_EMAIL": "me@example.org", "JIRA_API_TOKEN": "r1ght-and-secret"}
    with running(
        issues=10, dialect="cloud", basic="me@example.org:r1ght-and-secret", faults=("error500=0.3",)
    ) as sandbox:
        done = crawl(sandbox.url, env=secrets, JOBDIR=tmp_path / "jobdir", LOG_LEVEL="DEBUG")
    assert done.status == 0
    pair = base64.b64encode(b"me@example.org:r1ght-and-secret")
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert b"r1ght-and-secret" not in path.read_bytes()
        assert pair not in path.read_bytes()
    assert "r1ght" not in done.log + done.out
    assert pair.decode() not in done.log + done.out


def test_a_second_crawl_on_the_same_folder_is_refused(crawl, tmp_path):
    from jira_crawler.feeds.dataset import Dataset

    dataset = Dataset(tmp_path / "output")
    with running(issues=1) as sandbox:
        done = crawl(sandbox.url)
    dataset.close()
    assert done.status == 2
    assert "Another crawl is writing" in done.log


def test_a_spent_budget_stops_the_run_and_is_remembered(crawl):
    with running(issues=16, page_cap=3) as sandbox:
        first = crawl(sandbox.url, DAILY_BUDGET=6)
        assert len(sandbox.requests) == 6
        second = crawl(sandbox.url, DAILY_BUDGET=6)
        assert len(sandbox.requests) == 6
        third = crawl(sandbox.url, DAILY_BUDGET=60)
    assert (first.status, second.status, third.status) == (1, 1, 0)
    assert "The budget of 6 requests" in first.out
    assert "The budget of 6 requests" in second.out


def test_a_site_that_never_recovers_leaves_an_incomplete_crawl(crawl):
    with running(issues=16, page_cap=3) as sandbox:
        complete = crawl(sandbox.url, folder="whole")
        sandbox.faults.rates["error500"] = 1.0
        sandbox.faults.in_a_row = 10_000
        broken = crawl(sandbox.url, RETRY_TIMES=1)
    assert (complete.status, broken.status) == (0, 1)
    assert "status 500" in broken.out
