"""What is secret in a URL is not said, wherever the URL stands."""

from __future__ import annotations

import pytest

from jira_crawler.sentences import masked

URLS = [
    "postgresql+psycopg://jira:hidden@db.example.org/jira",
    "postgresql+psycopg://db.example.org/jira?user=jira&password=hidden&sslmode=require",
    "postgresql://jira@db.example.org/jira?sslpassword=hidden",
    "ftp://me:hidden@ftp.example.org/path",
    "ftp://me:p@ss/hidden@ftp.example.org/path",
    "s3://KEY:SEC/hidden@bucket/path",
    "https://hidden@example.org/x",
    "https://example.org/x?api_key=hidden&page=1",
    "redis://:hidden@127.0.0.1:6379/0",
]


@pytest.mark.parametrize("url", URLS)
def test_no_password_of_a_url_is_said(url):
    assert "hidden" not in masked(url)
    assert "hidden" not in masked(f"{url} and then {url}, it says")
    assert masked(url).partition("://")[0] == url.partition("://")[0]
    assert "example.org" in masked(url) or "bucket" in masked(url) or "127.0.0.1" in masked(url)


def test_an_error_does_not_say_the_password_of_the_url_that_it_is_about():
    url = "ftp://me:hid%40den@ftp.example.org/path"
    assert masked("530 hid@den is wrong, and so is hid%40den", url) == "530 *** is wrong, and so is ***"
    assert masked("hidden", "postgresql://h/d?password=hidden") == "***"


@pytest.mark.parametrize("text", ["/srv/output", "s3://bucket/path", "memory://x", "a sentence: with = and @ in it"])
def test_what_is_no_secret_stays(text):
    assert masked(text) == text
