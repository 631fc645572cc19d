from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response

from jira_crawler.exceptions import BadArgument
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.sites import Site, second_account

SITE = Site(
    "example",
    "https://jira.example.org/jira",
    token="JIRA_TOKEN",
    email="JIRA_EMAIL",
    api_token="JIRA_API_TOKEN",
)


@pytest.fixture
def bearer(monkeypatch) -> Credentials:
    monkeypatch.setenv("JIRA_TOKEN", "tok")
    return Credentials(SITE)


@pytest.mark.parametrize(
    "url",
    [
        "https://jira.example.org/jira/rest/api/2/search",
        "https://jira.example.org/jira",
    ],
)
def test_its_own_site_gets_them_on_a_copy(bearer, url):
    request = Request(url)
    sent = bearer.lend(request)
    assert sent.headers["Authorization"] == b"Bearer tok"
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    "url",
    [
        "http://jira.example.org/jira/rest/api/2/search",
        "https://jira.example.org.evil.example/jira/rest",
        "https://jira.example.org:8443/jira/rest",
        "https://jira.example.org/wiki/rest",
        "https://jira.example.org/jirax/rest",
        "https://media.example.net/jira/rest",
        "data:,",
    ],
)
def test_nobody_else_does(bearer, url):
    request = Request(url)
    assert bearer.lend(request) is request


def test_an_api_token_goes_with_its_e_mail(monkeypatch):
    monkeypatch.setenv("JIRA_TOKEN", "tok")
    monkeypatch.setenv("JIRA_EMAIL", "me@example.org")
    monkeypatch.setenv("JIRA_API_TOKEN", "pw")
    sent = Credentials(SITE).lend(Request(SITE.url))
    assert sent.headers["Authorization"] == b"Basic bWVAZXhhbXBsZS5vcmc6cHc="


def test_a_site_without_variables_gets_none(monkeypatch):
    monkeypatch.setenv("JIRA_TOKEN", "tok")
    named = Site("named", "https://jira.example.org", token="NAMED_TOKEN", email="", api_token="")
    assert "Authorization" not in Credentials(named).lend(Request(named.url)).headers


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (401, {}),
        (200, {"X-AUSERNAME": "anonymous"}),
        (200, {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}),
        (403, {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}),
    ],
)
def test_a_site_that_did_not_accept_them_stops_the_run(bearer, status, headers):
    request = Request(f"{SITE.url}/rest/api/2/search")
    answer = bearer.process_response(request, Response(request.url, status=status, headers=headers))
    assert isinstance(answer, FailureResponse)
    assert answer.last_word
    assert "did not accept the credentials in JIRA_TOKEN" in answer.reason


def test_a_visitor_without_credentials_may_be_anonymous(monkeypatch):
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    request = Request(f"{SITE.url}/rest/api/2/search")
    answer = Response(request.url, headers={"X-AUSERNAME": "anonymous"})
    assert Credentials(SITE).process_response(request, answer) is answer


CLOUD = {"JIRA_EMAIL": "me@example.org", "JIRA_API_TOKEN": "s3cret/of+ours"}


@pytest.mark.parametrize("variables", [{"JIRA_TOKEN": "s3cret/of+ours"}, CLOUD])
def test_an_answer_that_quotes_our_credentials_is_read_without_them(monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    credentials = Credentials(SITE)
    request = Request("https://jira.example.org/jira/rest/api/2/search")
    secret = credentials.lend(request).headers["Authorization"].partition(b" ")[2]
    for quoted in (secret, secret.replace(b"/", b"\\/"), b"s3cret/of+ours"):
        body = b'{"errorMessages": ["Bad header: ' + quoted + b'"]}'
        answer = Response(request.url, status=400, body=body, headers={"X-Debug": b"saw " + quoted, "X-Other": b"kept"})
        read = credentials.process_response(request, answer)
        assert read.body == b'{"errorMessages": ["Bad header: ***"]}'
        assert (read.status, read.headers["X-Debug"], read.headers["X-Other"]) == (400, b"***", b"kept")


def test_a_body_without_them_is_left_alone(bearer):
    request = Request("https://jira.example.org/jira/rest/api/2/search")
    answer = Response(request.url, body=b'{"tok": "Bearer tok"}')
    assert bearer.process_response(request, answer) is answer  # a secret so short says nothing


# --- a second account

GATEWAY = "https://api.example.net/ex/jira/11-22"
AGENT = {"token": "AGENT_TOKEN", "user": "AGENT", "url": GATEWAY}
DESK = Site("desk", "https://desk.example.org", token="DESK_TOKEN", sla=AGENT)


@pytest.fixture
def two(monkeypatch) -> Credentials:
    for name, value in {
        "DESK_TOKEN": "the-crawls-own",
        "AGENT_TOKEN": "the-agents-own",
        "AGENT": "a@b.example",
    }.items():
        monkeypatch.setenv(name, value)
    return Credentials(DESK)


def asked(url: str, account: str = "") -> Request:
    return Request(url, meta={"account": account} if account else {})


def test_a_second_account_asks_its_own_address_only_and_the_first_one_never_does(two):
    own, gateway = f"{DESK.url}/rest/api/3/search/jql", f"{GATEWAY}/rest/api/3/search/jql"
    assert two.lend(asked(own)).headers["Authorization"] == b"Bearer the-crawls-own"
    assert two.lend(asked(gateway, "sla")).headers["Authorization"].startswith(b"Basic ")
    for other in (
        asked(own, "sla"),
        asked(gateway),
        asked("https://api.example.net/ex/jira/33-44/rest/api/3/search/jql", "sla"),
        asked("https://elsewhere.example/ex/jira/11-22/rest", "sla"),
    ):
        assert two.lend(other) is other


def test_a_second_account_that_is_not_accepted_ends_nothing_but_its_own_question(two):
    request = asked(f"{GATEWAY}/rest/api/3/search/jql", "sla")
    answer = two.process_response(request, Response(request.url, status=401))
    assert isinstance(answer, FailureResponse)
    assert not answer.last_word
    assert answer.reason == f"{GATEWAY} did not accept the credentials in AGENT and AGENT_TOKEN."
    echoing = Response(request.url, body=b'{"said": "the-agents-own"}')
    assert two.process_response(request, echoing).body == b'{"said": "***"}'


def test_a_second_account_without_a_user_sends_its_token_by_itself(monkeypatch):
    monkeypatch.setenv("AGENT_TOKEN", "the-agents-own")
    site = Site("desk", "https://desk.example.org", sla={"token": "AGENT_TOKEN", "user": "AGENT_NOT_SET"})
    sent = Credentials(site).lend(asked(f"{site.url}/rest/api/2/search", "sla"))
    assert sent.headers["Authorization"] == b"Bearer the-agents-own"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"token": 7}, r"token is wrong"),
        ({"tokens": "A"}, r"tokens is wrong"),
        ({"token": "AGENT_TOKEN", "url": "ftp://api.example.net"}, r"is not an http or https URL"),
        ({"token": "AGENT_TOKEN", "url": "http://api.example.net"}, r"in the open: give its https URL"),
    ],
)
def test_a_second_account_that_is_told_wrongly_is_refused(told, said):
    site = Site("desk", "https://desk.example.org", sla=told)
    with pytest.raises(BadArgument, match=said):
        second_account(site, lambda name: "a-secret")


def test_without_credentials_there_is_no_second_account():
    assert second_account(DESK, lambda name: "") is None
    assert second_account(Site("plain", "https://desk.example.org"), lambda name: "a-secret") is None
