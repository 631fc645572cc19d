"""What goes wrong on purpose, and that it stops going wrong for who asks again."""

from __future__ import annotations

import http.client
from urllib.error import URLError

import pytest

from fake_jira import running
from fake_jira.exchange import Request
from fake_jira.faults.switches import read
from fake_jira.server.throttle import Bucket
from fake_server import BadOption
from tests.integration.fake_jira.asking import ask


@pytest.fixture(scope="module")
def jira():
    with running(issues=20) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def calm(jira):
    yield
    jira.faults.rates.clear()
    jira.faults.values.clear()


def search(jira, name, value=""):
    jira.faults.rates[name] = 1.0
    jira.faults.values[name] = value
    return ask(f"{jira.url}/rest/api/2/search", jql=f"project = DEMO and summary !~ {name}{value or 0}")


@pytest.mark.parametrize(
    ("name", "status"), [("error500", 500), ("error502", 502), ("error503", 503), ("rate429", 429)]
)
def test_statuses_and_then_an_answer(jira, name, status):
    assert search(jira, name).status == status
    assert search(jira, name).status == 200


@pytest.mark.parametrize("value", ["1", "0", "date", "missing", "absurd"])
def test_how_long_to_wait(jira, value):
    wait = search(jira, "rate429", value).headers["Retry-After"]
    expected = {"missing": None, "absurd": "9223372036854775807", "date": wait}
    assert wait == expected.get(value, value)
    assert value != "date" or wait.endswith("GMT")


def test_pages_for_people(jira):
    login = search(jira, "html200")
    assert login.status == 200 and b"<html" in login.body and "html" in login.headers["Content-Type"]
    redirected = search(jira, "redirect302")
    assert b"login-form" in redirected.body


def test_broken_bodies(jira):
    with pytest.raises(ValueError, match=r"Expecting|Invalid|Extra|Illegal"):
        _ = search(jira, "badjson").json
    jira.faults.rates.clear()
    with pytest.raises(http.client.IncompleteRead):
        search(jira, "truncated", "length")
    jira.faults.rates.clear()
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        _ = search(jira, "truncated", "chunked").json


def test_a_closed_connection_is_recorded(jira):
    with pytest.raises((URLError, ConnectionError)):
        search(jira, "close")
    assert jira.requests[-1][2] == 0
    assert search(jira, "close").status == 200


def test_slow(jira):
    assert search(jira, "slow", "0.05").status == 200


def test_a_ban_is_for_everything():
    with running(issues=3, ban_after=2) as jira:
        assert [ask(f"{jira.url}/rest/api/2/serverInfo").status for _ in range(4)] == [200, 200, 403, 403]


def test_rate_limit():
    with running(issues=3, rate_limit=(2, 60.0)) as jira:
        answers = [ask(f"{jira.url}/rest/api/2/serverInfo") for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 429]
        assert answers[0].headers["X-RateLimit-Remaining"] == "1"
        assert int(answers[2].headers["retry-after"]) > 0
    with running(issues=3, rate_limit=(1, 60.0), dialect="cloud") as jira:
        ask(f"{jira.url}/rest/api/3/serverInfo")
        refused = ask(f"{jira.url}/rest/api/3/serverInfo")
        assert refused.headers["RateLimit-Reason"] == "jira-burst-based"
        assert refused.headers["X-RateLimit-Reset"].endswith("Z")


def test_a_bucket_fills_up_again():
    bucket = Bucket(2, 1.0)
    assert [bucket.take(now) for now in (0.0, 0.0, 0.0, 0.6, 0.6)] == [True, True, False, True, False]


def test_tokens_go_wrong():
    with running(issues=20, dialect="cloud") as jira:
        asked = {"jql": "project in (DEMO, TOOLS)", "maxResults": 4}
        url = f"{jira.url}/rest/api/3/search/jql"
        jira.faults.rates["early_end"] = 1.0
        assert isinstance(ask(f"{jira.url}/rest/api/3/status").json, list)
        assert ask(url, asked).json["isLast"] is True
        first = ask(url, asked).json
        assert first["isLast"] is False
        jira.faults.rates.clear()
        following = {**asked, "nextPageToken": first["nextPageToken"]}
        for name in ("token_loop", "stale_token"):
            jira.faults.rates[name] = 1.0
            wrong, right = ask(url, following), ask(url, following)
            assert wrong.status == 400 or wrong.json["nextPageToken"] == first["nextPageToken"]
            assert right.json["nextPageToken"] != first["nextPageToken"]
            jira.faults.rates.clear()


def test_the_same_seed_hits_the_same_requests():
    def hits(persistent):
        faults = read(["close=0.3", "error500=0.2:x"], seed=4, persistent=persistent)
        asks = [Request("GET", f"/{number % 50}", {}) for number in range(200)]
        return [faults.draw(one) for one in asks]

    assert hits(False) == hits(False)
    assert hits(True)[:50] == hits(True)[50:100]
    assert any(hits(True)) and not all(hits(True))


@pytest.mark.parametrize("switch", ["nothing=1", "close", "close=2", "close=x", "slow=0.1:soon"])
def test_wrong_switches(switch):
    with pytest.raises(BadOption):
        read([switch])
