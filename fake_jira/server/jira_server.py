"""Jira Server and Data Center, REST v2: offset paging, a total, wiki markup, whole comments, no changelog address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from fake_jira.data.selection import Selection
from fake_jira.data.stored import Embedding
from fake_jira.exchange import INVALID_PAYLOAD, Answer, Refusal, Request, answer, errors, not_found
from fake_jira.server.jira import Jira, Respond
from fake_jira.server.search_page import html, names_and_schema, shower

_ROOT = r"/rest/api/(?:2|latest)"
# The two texts differ on real servers, and crawlers are known to compare them.
_IN_SEARCH = "operations,versionedRepresentations,editmeta,changelog,renderedFields"
_ALONE = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"


@dataclass(frozen=True, slots=True)
class SearchParameters:
    """What a search asks for, from an address or from a POST body alike."""

    jql: str
    start: int
    size: int
    fields: list[str]
    expand: frozenset[str]
    validate: bool


class JiraServer(Jira):
    name = "server"
    embedding = Embedding("2", comments=None, worklogs=20, changes=None, newest_change_first=False)

    def addresses(self) -> list[tuple[str, str, Respond]]:
        issue = rf"{_ROOT}/issue/(?P<name>[^/]+)"
        return [
            ("GET", rf"{_ROOT}/search", self.search),
            ("POST", rf"{_ROOT}/search", self.search),
            ("GET", issue, self.issue),
            ("GET", rf"{issue}/comment", self.comments),
            ("GET", rf"{issue}/worklog", self.worklogs),
            ("GET", r"/secure/attachment/(?P<id>[0-9]+)/(?P<name>[^/]+)", self.attachment),
            *self.common(_ROOT),
        ]

    def nowhere(self, request: Request) -> Answer:
        return not_found(f"{self.profile.base}{request.path}")

    def no_issue(self, request: Request, hidden: bool) -> Answer:
        forbidden = "You do not have the permission to see the specified issue."
        if not hidden:
            return errors(404, "Issue Does Not Exist")
        return errors(403, forbidden) if request.visitor.known else errors(401, forbidden, "Login Required")

    def search(self, request: Request) -> Answer:
        wanted = _from_body(request) if request.method == "POST" else _from_address(request)
        size = max(0, min(wanted.size, self.profile.page_cap))
        query, meaning, warnings = self.read_query(request, wanted.jql, wanted.validate)
        self._check_window(wanted.start + size)
        found = self.find(request, query, meaning, max(0, wanted.start), size)
        top: dict[str, Any] = {
            "expand": "schema,names",
            "startAt": wanted.start,
            "maxResults": size,
            "total": found.total,
        }
        if warnings:
            top["warningMessages"] = warnings
        top |= names_and_schema(self.corpus.vocabulary.fields, wanted.expand)
        selection = Selection.of(wanted.fields, "*navigable")
        show = shower(selection, wanted.expand, self.chance, _IN_SEARCH, _api(request))
        issues = b",".join(map(show, found.issues))
        body = orjson.dumps(top)[:-1] + b',"issues":[' + issues + b"]}"
        heavy = selection.keeps("issuelinks") or bool(wanted.expand)
        held, named = (found.issues, []) if heavy else ([], found.issues)
        return Answer(body, holds=held, names=named, heavy=heavy, links=selection.keeps("issuelinks"))

    def _check_window(self, reach: int) -> None:
        window = self.profile.result_window
        if window and reach > window:
            text = (
                "Search limit exceeded. We couldn't complete your search because it requests "
                f"{reach:,} results which exceeded the search platform limit of {window:,}"
            )
            raise Refusal(errors(500, text))

    def issue(self, request: Request, name: str) -> Answer:
        issue = self.issue_for(request, name)
        expand = frozenset(request.listed("expand"))
        selection = Selection.of(request.listed("fields"), "*all")
        shown = shower(selection, expand, self.chance, _ALONE, _api(request))(issue)
        more = names_and_schema(self.corpus.vocabulary.fields, expand)
        body = shown[:-1] + b"," + orjson.dumps(more)[1:] if more else shown
        return Answer(body, holds=[issue], heavy=selection.heavy, links=selection.keeps("issuelinks"))

    def comments(self, request: Request, name: str) -> Answer:
        comments = self.issue_for(request, name).listed("comments", "comment")
        if request.get("orderBy").startswith("-"):
            comments.reverse()
        if "renderedBody" in request.listed("expand"):
            comments = [{**one, "renderedBody": html(one.get("body"))} for one in comments]
        start, size = request.number("startAt", 0), request.number("maxResults", len(comments))
        page = comments[start : start + size]
        return answer({"startAt": start, "maxResults": size, "total": len(comments), "comments": page})

    def worklogs(self, request: Request, name: str) -> Answer:
        worklogs = self.issue_for(request, name).listed("worklogs", "worklog")
        total = len(worklogs)
        return answer({"startAt": 0, "maxResults": total, "total": total, "worklogs": worklogs})


def _api(request: Request) -> tuple[bytes, bytes]:
    """An issue's own address follows the version that was asked; addresses inside it always say 2."""
    return b"/rest/api/2/", b"/rest/api/latest/" if request.path.startswith("/rest/api/latest/") else b"/rest/api/2/"


def _from_address(request: Request) -> SearchParameters:
    return SearchParameters(
        request.get("jql"),
        request.number("startAt", 0),
        request.number("maxResults", 50),
        request.listed("fields"),
        frozenset(request.listed("expand")),
        request.get("validateQuery", "true").lower() != "false",
    )


def _from_body(request: Request) -> SearchParameters:
    body = request.json()
    try:
        return SearchParameters(
            str(body.get("jql") or ""),
            int(body.get("startAt", 0)),
            int(body.get("maxResults", 50)),
            [str(name) for name in body.get("fields") or ()],
            frozenset(body.get("expand") or ()),
            body.get("validateQuery", True) not in (False, "false"),
        )
    except (TypeError, ValueError):
        raise Refusal(errors(400, INVALID_PAYLOAD)) from None
