"""How the tests of issue pages ask for them, and read them by the selectors that are known of real pages."""

from __future__ import annotations

import http.client
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector

from tests.integration.fake_jira.asking import Answered

PANELS = "com.atlassian.jira.plugin.system.issuetabpanels"
BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


def see(url: str, path: str, headers: dict[str, str] | None = None) -> Answered:
    """GET; a redirect is an answer too."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=600)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return Answered(response.status, response.headers, response.read())
    finally:
        connection.close()


def read(url: str, path: str, headers: dict[str, str] | None = None) -> Selector:
    found = see(url, path, headers)
    assert found.status == 200, (path, found.status, found.headers["Location"])
    assert found.headers["Content-Type"] == "text/html;charset=UTF-8"
    return Selector(found.body.decode())


def tab(key: str, name: str, more: str = "") -> str:
    return f"/browse/{key}?page={PANELS}:{name}-tabpanel{more}"


def comments(page: Selector) -> list[str]:
    """The ids of the comments that stand in the page, in its order, pinned copies left out."""
    return [id_.removeprefix("comment-") for id_ in page.css("div.activity-comment:not(.pinned)::attr(id)").getall()]


def said(found: Any) -> str:
    """What a part of a page says, its spaces evened out."""
    return " ".join(" ".join(found.css("::text").getall()).split())
