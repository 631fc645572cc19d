"""The addresses that people open: issue pages, projects, the form to log in, robots.txt."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from urllib.parse import quote, urlencode

import orjson

from fake_jira.data.stored import Stored
from fake_jira.exchange import Answer, Refusal, Request, Visitor, errors
from fake_jira.options import Options
from fake_jira.pages import refusals, scripts
from fake_jira.pages.activity import HISTORY, Told, View, framed, panel
from fake_jira.pages.comments import Comments
from fake_jira.pages.page import Site, issue_content
from fake_jira.pages.parts import text
from fake_jira.pages.robots import robots
from fake_jira.server.door import Door
from fake_jira.server.jira import Jira

_ADDRESS = re.compile(
    r"/(?:robots\.txt|login\.jsp|browse/(?P<name>[^/]+)/?|projects/(?P<project>[^/]+)(?:/.*)?"
    rf"|(?P<panel>{scripts.PANEL_ADDRESS[1:]}))"
)
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-[1-9]\d*")
_LOADING = '<div class="message-container">Loading...</div>'


class Pages:
    """What a Jira shows of its issues to people. Knows values only, as the Jira does."""

    def __init__(self, jira: Jira, options: Options, door: Door) -> None:
        self.jira, self.options, self.door = jira, options, door
        self.chance = random.Random(f"pages of {options.seed}")  # noqa: S311 - repeatable on purpose
        self.titles = {field["id"]: field["name"] for field in jira.corpus.vocabulary.fields()}

    @classmethod
    def of(cls, jira: Jira, options: Options, door: Door) -> Pages | None:
        """Cloud shows its issues in an application of its own, which is not served here."""
        return cls(jira, options, door) if options.pages and options.dialect == "server" else None

    @property
    def site(self) -> Site:
        return Site(self.options.pages == "old", self.chance, self.jira.profile.clock())

    def owns(self, path: str) -> bool:
        return _ADDRESS.fullmatch(path) is not None

    def answer(self, request: Request, authorization: str) -> Answer:
        """Who is turned away by the REST is a stranger here, and shown the form to log in."""
        try:
            visitor = self.door.admit(authorization)
        except Refusal as refusal:
            visitor = Visitor(shut_out=True, headers=refusal.answer.headers)
        request = replace(request, visitor=visitor)
        with self.jira.corpus.lock:
            found = self._respond(request)
        cookie = {"Set-Cookie": f"atlassian.xsrf.token={self.site.token()}; Path=/"}
        noted = {"X-AREQUESTID": f"{self.chance.randrange(10**9)}x1", **cookie}
        return replace(found, headers={**noted, **visitor.headers, **found.headers})

    def _respond(self, request: Request) -> Answer:
        found = _ADDRESS.fullmatch(request.path)
        name, project = (found["name"], found["project"]) if found else (None, None)
        if name:
            return self._browse(request, name)
        if project:
            return self._project(request, project)
        if found and found["panel"]:
            return self._unlocked(request)
        if request.path == "/robots.txt":
            return robots(self.options.robots, self.options.crawl_delay)
        return refusals.login(self.site, request.get("os_destination"))

    def _browse(self, request: Request, name: str) -> Answer:
        if name.upper() in self.jira.corpus.projects:
            return refusals.page("", 302, Location=f"/projects/{name.upper()}")
        issue = self.jira.corpus.find(name) if _KEY.fullmatch(name) else None
        if issue is None:
            return refusals.gone(self.site, 404)
        if not issue.is_visible(self.jira.visible(request.visitor)):
            return refusals.gone(self.site, 403) if request.visitor.known else refusals.to_login(_whole(request))
        if issue.key != name:
            moved = replace(request, path=f"/browse/{issue.key}")
            return refusals.page("", 302, Location=_whole(moved))
        issue = self.jira.sight(request).of(issue)
        return self._fragment(issue, request) if _is_script(request) else self._page(issue, request)

    def _project(self, request: Request, name: str) -> Answer:
        key = name.upper()
        if key not in self.jira.corpus.projects:
            return refusals.gone(self.site, 404)
        if key not in self.jira.visible(request.visitor):
            return refusals.gone(self.site, 403) if request.visitor.known else refusals.to_login(_whole(request))
        heading = (
            f'<h1 id="project-config-header-name">{text(key)}</h1><a href="/projects/{text(key)}/issues">Issues</a>'
        )
        return refusals.page(self.site.ended(self.site.framed(f"{key} - Sandbox Jira", heading, key, f"{key}-1")))

    def _page(self, issue: Stored, request: Request) -> Answer:
        view, site = View.of(request), self.site
        fields = orjson.loads(issue.fields)
        activity, last = self._brought(issue, view)
        remote = issue.listed("remotelinks", "")
        content = issue_content(issue, fields, remote, self.titles, activity, self.chance)
        title = f"[{issue.key}] {issue.summary} - Sandbox Jira"
        whole = site.ended(site.framed(title, content, issue.project, issue.key), last)
        return replace(refusals.page(whole), holds=[issue], heavy=True, links=True)

    def _fragment(self, issue: Stored, request: Request) -> Answer:
        view = View.of(request)
        by_browser = self.options.page_comments == "browser" and view.tells_comments
        brought = "".join(self._brought(issue, view)) if by_browser else self._panel(issue, view)
        return replace(refusals.page(brought), holds=[issue], heavy=view.tab == HISTORY)

    def _brought(self, issue: Stored, view: View) -> tuple[str, str]:
        """What stands in the place of the activity when the page comes, and the script that fills it, if it needs one.

        Only comments are kept from who runs no scripts.
        """
        waiting = framed(issue.key, view, _LOADING)
        match self.options.page_comments:
            case "script":
                return scripts.PIPE, scripts.piped(self._panel(issue, view))
            case "literal":
                return waiting, scripts.written(self._panel(issue, view), self.chance)
            case "ajax":
                return waiting, scripts.requested(f"/browse/{issue.key}?{view.query()}")
            case "browser" if view.tells_comments:
                challenge = self.chance.randrange(1, 2**31 - 1)
                return waiting, scripts.computed(f"issue={issue.key}&{view.query()}", challenge)
        return self._panel(issue, view), ""

    def _panel(self, issue: Stored, view: View) -> str:
        told = Told(
            orjson.loads(issue.fields),
            issue.listed("comments", "comment"),
            issue.listed("worklogs", "worklog"),
            issue.listed("histories", ""),
        )
        comments = Comments(issue.key, self.site.old, self.options.comments_shown, self.chance)
        return panel(told, view, comments, self.chance)

    def _unlocked(self, request: Request) -> Answer:
        """The panel for a browser that has worked out its token."""
        name = request.get("issue")
        issue = self.jira.corpus.find(name) if _KEY.fullmatch(name) else None
        if not scripts.is_computed(request.get("challenge"), request.get("token")):
            return errors(403, "XSRF check failed")
        if issue is None or not issue.is_visible(self.jira.visible(request.visitor)):
            return errors(404, "Issue Does Not Exist")
        seen = self.jira.sight(request).of(issue)
        return Answer(scripts.packed(self._panel(seen, View.of(request))), holds=[issue])


def _whole(request: Request) -> str:
    query = urlencode(dict(request.query), doseq=True, safe=":")
    return quote(request.path) + (f"?{query}" if query else "")


def _is_script(request: Request) -> bool:
    return request.headers.get("X-Requested-With", "") == "XMLHttpRequest"
