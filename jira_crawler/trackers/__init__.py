"""How each tracker speaks: a dialect is one module here, and nobody outside asks which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jira_crawler.exceptions import Malformed, Unreadable
from jira_crawler.items import Issue
from jira_crawler.trackers.contract import Query, Reader, Tracker
from jira_crawler.trackers.github import document
from jira_crawler.trackers.github.reading import DIALECT as GITHUB
from jira_crawler.trackers.github.reading import GitHub
from jira_crawler.trackers.jira.cloud import JiraCloud
from jira_crawler.trackers.jira.server import JiraServer

if TYPE_CHECKING:
    from jira_crawler.trackers.jira_html.page import JiraPage

DIALECTS: dict[str, type[JiraServer] | type[JiraCloud]] = {"server": JiraServer, "cloud": JiraCloud}
PAGE = "page"


class _ServerInfo(msgspec.Struct):
    """https://docs.atlassian.com/software/jira/docs/api/REST/latest/#serverInfo; old servers name no deployment."""

    version: str
    deploymentType: str = "Server"  # noqa: N815 - Jira's spelling


def introduction(base: str) -> Query:
    """Asks a site what it is, in a way that every dialect answers."""
    return Query(f"{base}/rest/api/2/serverInfo")


def read_introduction(body: bytes) -> tuple[str, str]:
    """Reads the dialect and the version of a site; raises Unreadable if it is not a Jira."""
    try:
        info = msgspec.json.decode(body, type=_ServerInfo)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a Jira: {error}") from error
    return ("cloud" if info.deploymentType.lower() == "cloud" else "server"), info.version


def tracker(dialect: str, base: str) -> Tracker:
    """Makes the dialect of a name, for the site at `base`."""
    return DIALECTS[dialect](base)


def reader(dialect: str, base: str) -> Reader:
    """Makes what reads a stored issue; pages of people (`page`) and what is not a Jira are not searched."""
    if dialect == GITHUB:
        return GitHub(base)
    return _page(base) if dialect == PAGE else tracker(dialect, base)


def _page(base: str) -> JiraPage:
    from jira_crawler.trackers.jira_html.page import JiraPage  # only who reads pages is to pay for what parses them

    return JiraPage(base)


def lasting(issue: Issue) -> dict[str, Any]:
    """Gives what of an issue is the same at each look while nobody changes it: what was sent, or what a page says.

    Raises Malformed where a part that is not read otherwise is none.
    """
    if issue.raw.dialect == PAGE:
        return _page(issue.raw.base_url).lasting(issue)
    if issue.raw.dialect == GITHUB:
        return document.lasting(issue.raw.payload)
    try:
        whole: dict[str, Any] = msgspec.json.decode(issue.raw.payload)
    except (ValueError, RecursionError) as error:  # in what nobody reads: a number of 5,000 digits, bad UTF-8
        raise Malformed(str(error)) from error
    return whole
