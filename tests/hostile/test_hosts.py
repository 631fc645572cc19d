"""Whoever names an address, a page, a folder or a Redis: only the site is asked, and credentials go in secret."""

from __future__ import annotations

import sqlite3

import msgspec
import pytest

from jira_crawler import sites
from jira_crawler.crawl.isolation_tasks import FetchIssue
from jira_crawler.crawl.tasks import encode
from jira_crawler.exceptions import BadArgument
from jira_crawler.middlewares.credentials import Credentials
from jira_crawler.sites import within
from jira_crawler.spiders.site_settings import hold_to_https, stay_behind
from tests.servers.elsewhere import elsewhere
from tests.servers.hostile import Answer, hostile

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


def test_a_crawl_says_that_credentials_stay_behind(crawl):
    """… once; a proxy on this machine sees to it that nobody else is asked here."""
    with elsewhere() as proxy:
        env = {"APACHE_JIRA_TOKEN": "c4nary", "http_proxy": proxy.url, "no_proxy": ""}
        done = crawl("http://issues.apache.org:8080/jira", projects="ACME", env=env, RETRY_TIMES=0)
    assert done.status == 1
    assert proxy.came
    assert "c4nary" not in str(proxy.came)
    assert done.log.count("The credentials in APACHE_JIRA_TOKEN are for") == 1
    assert "c4nary" not in done.log + done.out


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


def test_a_crawl_with_a_token_by_http_does_not_begin(crawl):
    done = crawl("http://jira.example.invalid", projects="ACME", env={"JIRA_TOKEN": "c4nary"})
    assert done.status == 2
    assert "The credentials in JIRA_TOKEN would go to http://jira.example.invalid in the open" in done.log
    assert "c4nary" not in done.log + done.out


def test_a_token_does_not_go_through_a_proxy_that_could_read_it(crawl):
    with elsewhere() as proxy, hostile(3) as jira:
        done = crawl(jira.url, projects="ACME", env={"JIRA_TOKEN": "c4nary", "http_proxy": proxy.url, "no_proxy": ""})
    assert done.status == 1
    assert proxy.came == []
    assert "would be asked through a proxy, which would read JIRA_TOKEN: set no_proxy=127.0.0.1" in done.out


# --- who else might name an address


def test_a_meta_refresh_is_not_followed(crawl):
    with elsewhere() as other:
        page = f'<html><head><meta http-equiv="refresh" content="0;url={other.url}/x"></head></html>'.encode()

        def rule(asked):
            return Answer(page, headers={"Content-Type": "text/html"}) if asked.path.endswith("serverInfo") else None

        with hostile(3, rule) as jira:
            done = crawl(jira.url, projects="ACME", RETRY_TIMES=1)
    assert (done.status, other.came) == (1, [])
    assert "is not a Jira" in done.out


def slip(job, task):
    """Writes a task into a folder, as somebody could who may write there."""
    frontier = sqlite3.connect(job / "frontier.sqlite")
    frontier.execute("INSERT INTO tasks (priority, data) VALUES (50, ?)", (task,))
    frontier.commit()
    frontier.close()


@pytest.mark.parametrize("where", ["elsewhere", "file", "data", "ftp", "outside"])
@pytest.mark.parametrize("kind", ["request", "key"])
def test_what_lies_in_jobdir_is_held_to_the_site(crawl, tmp_path, where, kind):
    """Whoever can write there gets neither a file of ours nor a request in our name, and the crawl says so."""
    with elsewhere() as other, hostile(5) as jira:
        base = f"{jira.url}/jira"
        secret = tmp_path / "secret"
        secret.write_text('{"issues": [], "total": 0, "startAt": 0, "maxResults": 5}')
        crawl(base, projects="ACME", DAILY_BUDGET=2, JOBDIR=tmp_path / "job")  # leaves a folder with state
        urls = {"elsewhere": f"{other.url}/rest/api/2/search", "file": f"file://{secret}", "data": "data:,{}"}
        urls |= {"ftp": f"ftp://127.0.0.1:{other.port}/x", "outside": "../../../../../rest/api/2/search"}
        tasks = {
            "request": msgspec.json.encode({"url": urls[where], "callback": "answer", "type": "Request"}),
            "key": encode(FetchIssue(project="ACME", dialect="server", id=urls[where])),
        }
        slip(tmp_path / "job", tasks[kind])
        before = len(jira.requests)
        done = crawl(base, projects="ACME", JOBDIR=tmp_path / "job", DAILY_BUDGET=0)
    assert other.came == []
    assert all(asked.path.startswith("/jira/rest/") for asked in jira.requests[before:])
    if kind == "key" and where != "outside":  # the site itself is asked for such an issue, and has none
        assert done.status == 0
        assert len([asked for asked in jira.requests[before:] if "/rest/api/2/issue/" in asked.path]) == 1
        return
    assert done.status == 1
    if kind == "request":
        assert "A question in JOBDIR cannot be asked: " in done.out
    else:
        assert f"A question that waited cannot be asked: {base}/rest/api/2/issue/../../" in done.out
        assert f"is not of {base}." in done.out
