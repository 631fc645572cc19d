"""Whoever names an address, a page, a folder or a Redis: only the site is asked, and credentials go in secret."""

from __future__ import annotations

import pytest

from jira_crawler import sites
from jira_crawler.exceptions import BadArgument
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.sites import within
from jira_crawler.spiders.site_settings import hold_to_https, stay_behind

BASE = "https://jira.example.org/jira"


@pytest.mark.parametrize(
    "url",
    [
        BASE,
        f"{BASE}/",
        f"{BASE}/rest/api/2/search?jql=a..b",
        "https://jira.example.org:443/jira/x",
        "https://JIRA.example.org/jira/x#/../y",
    ],
)
def test_what_lies_in_the_site(url):
    assert within(url, BASE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "data:,",
        "file:///etc/passwd",
        "http://jira.example.org/jira/x",
        "https://jira.example.org:8443/jira/x",
        "https://jira.example.org:x/jira/x",
        "https://jira.example.org",
        "https://jira.example.org/jirax",
        "https://jira.example.org.example.net/jira/x",
        "https://me@jira.example.org/jira/x",
        "https://jira.example.org@example.net/jira/x",
        "https://example.net\\@jira.example.org/jira/x",
        "https://jira.example.org/jira/../wiki",
        "https://jira.example.org/jira/%2e%2E/wiki",
        "https://jira.example.org/jira/x%2f..%2f../wiki",
        "https://jira.example.org/jira/..;a=b/wiki",
        "https://jira.example.org/jira/..\\wiki",
        "https://jira.example.org/jira/..%5cwiki",
        "https://jira.exa\tmple.org/jira/x",
        "//jira.example.org/jira/x",
    ],
)
def test_what_does_not(url):
    assert not within(url, BASE)


# --- credentials


@pytest.mark.parametrize(
    ("url", "gets"),
    [
        ("https://issues.apache.org/jira", True),
        ("https://issues.apache.org:443/jira/browse/KAFKA-1", True),
        ("http://issues.apache.org/jira", False),
        ("http://issues.apache.org:8080/jira", False),
        ("https://issues.apache.org:8443/jira", False),
        ("https://issues.apache.org./jira", False),
    ],
)
def test_a_named_sites_credentials_go_to_its_own_scheme_and_port(monkeypatch, url, gets):
    monkeypatch.setenv("APACHE_JIRA_TOKEN", "tok")
    site, apache = sites.find(url), sites.find("apache")
    assert (site.delay, site.concurrency, site.daily_budget, site.name) == (2.0, 2, 40_000, apache.name)
    assert bool(Credentials(site)._header) == gets


def test_credentials_that_stay_behind_are_spoken_of(monkeypatch):
    url = "http://issues.apache.org:8080/jira"
    named = sites.known()["apache"].url
    assert stay_behind(sites.find(url)) == ""
    monkeypatch.setenv("JIRA_TOKEN", "tok")
    assert stay_behind(sites.find(url)) == ""
    monkeypatch.setenv("APACHE_JIRA_TOKEN", "tok")
    said = f"The credentials in APACHE_JIRA_TOKEN are for {named}, and are not sent to {url}."
    assert stay_behind(sites.find(url)) == said
    for other in ("apache", named, "https://issues.apache.org/other", "https://jira.example.org"):
        assert stay_behind(sites.find(other)) == ""


@pytest.mark.parametrize("names", [["JIRA_TOKEN"], ["JIRA_EMAIL", "JIRA_API_TOKEN"]])
def test_credentials_need_https_but_on_this_very_machine(monkeypatch, names):
    for name in names:
        monkeypatch.setenv(name, "tok")
    for url in ("http://jira.example.org", "http://127.0.0.1.example.org", "http://10.0.0.1:8080"):
        site = sites.find(url)
        with pytest.raises(BadArgument, match=rf"{names[-1]} would go to {url} in the open: give its https URL"):
            hold_to_https(site)
        assert not Credentials(site)._header
    for url in ("https://jira.example.org", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:8080/jira"):
        hold_to_https(sites.find(url))
        assert Credentials(sites.find(url))._header


def test_a_visitor_may_go_by_http(monkeypatch):
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    monkeypatch.setenv("JIRA_EMAIL", "me@example.org")  # by itself it is no credential
    hold_to_https(sites.find("http://jira.example.org"))
