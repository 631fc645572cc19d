from __future__ import annotations

import pytest
from scrapy import Request
from scrapy.http import Response

from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.sites import Site

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
