"""Whoever has the token is let in, and without one only who is on this machine and says so."""

from __future__ import annotations

import pytest
from aiohttp import encode_basic_auth
from aiohttp.test_utils import make_mocked_request

from jira_crawler.exceptions import BadArgument
from jira_crawler.serve.application import Guard, is_local

TOKEN = "a made-up token of 2026"


def opens(guard: Guard, authorization: str = "", host: str = "127.0.0.1:8090") -> bool:
    headers = {"Host": host} | ({"Authorization": authorization} if authorization else {})
    return guard.opens(make_mocked_request("GET", "/", headers=headers))


@pytest.mark.parametrize(
    "given", [f"Bearer {TOKEN}", f"bearer  {TOKEN} ", encode_basic_auth("anybody", TOKEN), encode_basic_auth("", TOKEN)]
)
def test_the_token_opens_everywhere(given):
    assert opens(Guard(TOKEN, "0.0.0.0"), given, "crawl.example.org")


@pytest.mark.parametrize(
    "given",
    [
        *("", TOKEN, f"Token {TOKEN}", "Bearer", "Bearer ", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", "Bearer ü"),
        *("Basic", "Basic !!!", "Basic =", "Basic ////", encode_basic_auth(TOKEN, ""), encode_basic_auth("a", "b")),
    ],
)
def test_nothing_else_does_not_even_on_this_machine(given):
    assert not opens(Guard(TOKEN, "127.0.0.1"), given)


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost", "LOCALHOST:1", "[::1]:8090", "[::1]", "127.0.0.1"])
def test_without_a_token_this_machine_is_let_in(host):
    assert opens(Guard("", "127.0.0.1"), host=host)
    assert not opens(Guard("", "0.0.0.0"), host=host)


@pytest.mark.parametrize("host", ["crawl.example.org", "localhost.example.org", "10.0.0.1:8090", "", "::", "[::2]:1"])
def test_a_page_elsewhere_that_makes_a_browser_ask_here_is_not(host):
    assert not opens(Guard("", "127.0.0.1"), host=host)


def test_a_token_that_is_too_short_is_refused():
    with pytest.raises(BadArgument, match=r"^LIVE_TOKEN is shorter than 16 bytes"):
        Guard("fifteen-letters", "127.0.0.1")


def test_what_is_local():
    assert all(map(is_local, ("localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]")))
    assert not any(map(is_local, ("", "0.0.0.0", "::", "10.0.0.1", "example.org")))
