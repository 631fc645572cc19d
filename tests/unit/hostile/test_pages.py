"""What a page of people may hold: entities, scripts and lures are text or nothing, and nothing is fetched for them."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from jira_crawler.converters import to_markdown
from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira_html.page import JiraPage
from tests.unit.effort import MOST, relative_cost
from tests.unit.trackers.jira_html.test_activity import comment, german
from tests.unit.trackers.jira_html.test_page import raw

JIRA = JiraPage("https://jira.example.org")
LAUGHS = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
DOCTYPES = {
    "a file": '<!DOCTYPE html [<!ENTITY e SYSTEM "{file}">]>',
    "a file by parameter": '<!DOCTYPE html [<!ENTITY % p SYSTEM "{file}"> %p;]>',
    "a server": '<!DOCTYPE html SYSTEM "{server}/x.dtd" [<!ENTITY e SYSTEM "{server}/e">]>',
    "laughs": f'<!DOCTYPE html [<!ENTITY l0 "broker">{LAUGHS}<!ENTITY e "&l9;">]>',
    "XML": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{file}">]>',
}
SCRIPTS = (
    "<script>document.location='{server}'</script>",
    "<img src='{server}/x.png' onerror='fetch(\"{server}\")'>",
    "<iframe src='{server}'></iframe><object data='{server}'></object><embed src='{server}'>",
    "<meta http-equiv='refresh' content='0;url={server}'><base href='{server}/'>",
    "<link rel='stylesheet' href='{server}/x.css'><style>@import url({server})</style>",
    "<svg onload='alert(1)'><use href='{server}#x'/></svg>",
    "<xi:include href='{file}' xmlns:xi='http://www.w3.org/2001/XInclude'/>",
    "<?php system('id') ?><%= system('id') %>${{7*7}}",
)


@pytest.fixture
def lures(tmp_path, monkeypatch):
    """Fills in a file with a secret and a server's address; any attempt to connect to anyone is an error."""
    secret = tmp_path / "secret"
    secret.write_text("the-secret-in-the-file")

    def connect(*_: object) -> None:
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)

    def fill(text: str) -> str:
        return text.replace("{file}", f"file://{secret}").replace("{server}", "http://lure.example.org")

    return fill


@pytest.mark.parametrize("name", DOCTYPES)
def test_no_entity_is_resolved(name, lures):
    body = german(container=f'<div id="issue_actions_container">{comment(1, "<p>before &e; after</p>")}</div>')
    body = lures(DOCTYPES[name]).encode() + body.partition(b">")[2]
    issue = None

    def read() -> None:
        nonlocal issue
        with suppress(Unreadable):
            issue = JIRA.read_issue(raw(JIRA.read(body, "BUCH-3").payload))

    assert relative_cost(read) < MOST
    assert "the-secret-in-the-file" not in str(issue)
    assert len(str(issue)) < 100_000


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_runs_and_nothing_is_fetched(script, lures):
    bad = lures(script)
    body = german(container=f'<div id="issue_actions_container">{comment(1, f"<p>before {bad} after</p>")}</div>')
    issue = JIRA.read_issue(raw(JIRA.read(body, "BUCH-3").payload))
    (said,) = [each.body.source for each in issue.comments if each.id == "1"]
    text = to_markdown(said, "html")
    assert "before" in text
    assert "the-secret-in-the-file" not in text
    assert "document.location" not in text


@pytest.mark.parametrize("name", DOCTYPES)
@pytest.mark.parametrize("markup", ["html", "wiki", "markdown"])
def test_no_converter_resolves_an_entity(name, markup, lures):
    body = lures(DOCTYPES[name]) + "<p>before &e; after</p>"
    assert relative_cost(lambda: to_markdown(body, markup)) < MOST
    text = to_markdown(body, markup)
    assert "the-secret-in-the-file" not in text
    assert len(text) < 10_000
