"""Jira Cloud, REST v3: token paging without a total, ADF bodies, lists cut short, bulk addresses, bounded queries."""

from __future__ import annotations

import random
from typing import Any

import orjson

from fake_jira.data.dates import instant
from fake_jira.data.selection import Selection
from fake_jira.data.stored import Embedding, Stored
from fake_jira.exchange import INVALID_PAYLOAD, Answer, Refusal, Request, answer, errors, not_found
from fake_jira.server import tokens
from fake_jira.server.asked import SEARCH_KEYS, address_of, body_of, names_of, paged, size_of
from fake_jira.server.jira import Jira, Respond
from fake_jira.server.search_page import html, names_and_schema, shower

_ROOT = r"/rest/api/3"
_SAME = (b"/rest/api/3/", b"/rest/api/3/")
_EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
_GONE = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline "
    "is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
_UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."
_NO_ISSUE = "Issue does not exist or you do not have permission to see it."
CLOUD_ID = "5ca1ab1e-0c10-4d00-9a7e-5a0db0c5c10d"
GATEWAY = f"/ex/jira/{CLOUD_ID}"
"""Where the REST of a site is as well, for tokens that have scopes."""
_MOST_RECONCILED = 50
_SLIGHT = frozenset({"id", "key", "issuekey", "created", "updated"})
_LINKED = frozenset({"*all", "*navigable", "issuelinks"})
"""Where nothing else is asked, a page may hold more than the page cap."""


class JiraCloud(Jira):
    name = "cloud"
    embedding = Embedding("3", comments=100, worklogs=20, changes=40, newest_change_first=True)
    unknown_keys_match_nothing = True

    def addresses(self) -> list[tuple[str, str, Respond]]:
        issue = rf"{_ROOT}/issue/(?P<name>[^/]+)"
        return [
            ("GET", rf"{_ROOT}/search/jql", self.search),
            ("POST", rf"{_ROOT}/search/jql", self.search),
            ("POST", rf"{_ROOT}/search/approximate-count", self.count),
            ("POST", rf"{_ROOT}/issue/bulkfetch", self.bulk_fetch),
            ("POST", rf"{_ROOT}/changelog/bulkfetch", self.bulk_changes),
            *((method, r"/rest/api/(?:2|3|latest)/search", self.gone) for method in ("GET", "POST")),
            ("GET", r"/rest/api/(?:2|latest)/serverInfo", self.server_info),
            ("GET", "/_edge/tenant_info", lambda request: answer({"cloudId": CLOUD_ID})),
            ("GET", rf"{_ROOT}/project/search", self.project_page),
            ("GET", rf"{_ROOT}/field/search", self.field_page),
            ("GET", issue, self.issue),
            ("GET", rf"{issue}/comment", self.comments),
            ("GET", rf"{issue}/worklog", self.worklogs),
            ("GET", rf"{issue}/changelog", self.changes),
            ("GET", rf"{_ROOT}/attachment/content/(?P<id>[0-9]+)", self.attachment),
            *self.common(_ROOT),
        ]

    def nowhere(self, request: Request) -> Answer:
        return not_found(f"{self.profile.base}{request.path}")

    def no_issue(self, request: Request, hidden: bool) -> Answer:
        return errors(404, _NO_ISSUE)

    def gone(self, request: Request) -> Answer:
        return errors(410, _GONE)

    def search(self, request: Request) -> Answer:
        wanted = body_of(request, SEARCH_KEYS) if request.method == "POST" else address_of(request)
        size, jql = size_of(wanted.get("maxResults", 50)), str(wanted.get("jql") or "")
        expand = names_of(wanted.get("expand"))
        fields = names_of(wanted.get("fields")) or ["id"]
        query, meaning, _ = self.read_query(request, jql)
        if query.where is None:
            raise Refusal(errors(400, _UNBOUNDED))
        if expand or not _SLIGHT.issuperset(fields):
            size = min(size, self.profile.page_cap)
        self._reconcile(wanted.get("reconcileIssues"))
        token = wanted.get("nextPageToken")
        place = tokens.read(str(token), jql) if token else tokens.Place(0, self.chance.getrandbits(32))
        chance = random.Random(place.deal)  # noqa: S311 - one order for all pages of a listing
        found = self.find(request, query, meaning, place.start, size, chance)
        after = place.start + len(found.issues)
        last = after >= found.total or not found.issues
        tail: dict[str, Any] = {"isLast": last}
        if not last:
            tail["nextPageToken"] = tokens.write(place._replace(start=after), jql)
        tail |= names_and_schema(self.corpus.vocabulary.fields, expand)
        issues = self._shown(found.issues, fields, expand)
        body = b'{"issues":[' + issues + b"]," + orjson.dumps(tail)[1:]
        heavy = bool(expand) or not _LINKED.isdisjoint(fields)
        held, named = (found.issues, []) if heavy else ([], found.issues)
        return Answer(body, holds=held, names=named, heavy=heavy, links=not _LINKED.isdisjoint(fields))

    def _reconcile(self, ids: Any) -> None:
        """Of these few the index is to know everything before it is asked."""
        if not ids:
            return
        listed = [str(id_) for id_ in (ids if isinstance(ids, list) else names_of(ids))]
        if len(listed) > _MOST_RECONCILED or not all(id_.isdigit() for id_ in listed):
            raise Refusal(errors(400, INVALID_PAYLOAD))
        self.corpus.catch_up(map(int, listed))

    def _shown(self, issues: list[Stored], fields: list[str], expand: list[str]) -> bytes:
        if fields == ["id"] and not expand:
            return b",".join(b'{"id":"%d"}' % issue.id for issue in issues)
        show = shower(Selection.of(fields, "*navigable"), expand, self.chance, _EXPAND, _SAME)
        return b",".join(map(show, issues))

    def count(self, request: Request) -> Answer:
        jql = str(body_of(request, {"jql"}).get("jql") or "")
        query, meaning, _ = self.read_query(request, jql)
        if query.where is None:
            raise Refusal(errors(400, _UNBOUNDED))
        off = self.chance.randint(-self.profile.count_off, self.profile.count_off)
        return answer({"count": max(0, self.find(request, query, meaning, 0, 0).total + off)})

    def _named(self, request: Request, names: list[str]) -> tuple[list[Stored], list[str]]:
        visible = self.visible(request.visitor)
        found = {name: self.corpus.find(name) for name in names}
        sight = self.sight(request)
        issues = {one.id: sight.of(one) for one in found.values() if one is not None and one.is_visible(visible)}
        missing = [name for name, one in found.items() if one is None or one.id not in issues]
        return sorted(issues.values(), key=lambda issue: issue.id), missing

    def bulk_fetch(self, request: Request) -> Answer:
        body = body_of(request, {"issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys"})
        names = names_of(body.get("issueIdsOrKeys"))
        if not 0 < len(names) <= 100:
            raise Refusal(errors(400, INVALID_PAYLOAD))
        issues, missing = self._named(request, names)
        selection, expand = Selection.of(names_of(body.get("fields")), "*navigable"), names_of(body.get("expand"))
        show = shower(selection, expand, self.chance, _EXPAND, _SAME)
        wrong = [{"id": name, "errorMessage": _NO_ISSUE} for name in missing]
        tail = orjson.dumps({"issueErrors": wrong})[1:]
        page = b'{"expand":"names,schema","issues":[' + b",".join(map(show, issues)) + b"]," + tail
        heavy = not selection.nothing or bool(expand)
        return Answer(page, holds=issues, heavy=heavy, links=selection.keeps("issuelinks"))

    def bulk_changes(self, request: Request) -> Answer:
        body = body_of(request, {"issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"})
        names, wanted = names_of(body.get("issueIdsOrKeys")), set(names_of(body.get("fieldIds")))
        if not 0 < len(names) <= 1000 or len(wanted) > 10:
            raise Refusal(errors(400, INVALID_PAYLOAD))
        about = ",".join(names)
        token, size = body.get("nextPageToken"), size_of(body.get("maxResults", 1000), 10_000)
        start = tokens.read(str(token), about).start if token else 0
        changes = [
            (issue.id, change)
            for issue in self._named(request, names)[0]
            for change in issue.listed("histories", "")
            if not wanted or any(item.get("fieldId", item["field"]) in wanted for item in change["items"])
        ]
        page = changes[start : start + size]
        logs: dict[int, list[Any]] = {}
        for id_, change in page:
            logs.setdefault(id_, []).append({**change, "created": instant(change["created"])})
        found: dict[str, Any] = {
            "issueChangeLogs": [{"issueId": str(id_), "changeHistories": log} for id_, log in logs.items()]
        }
        if start + size < len(changes):
            found["nextPageToken"] = tokens.write(tokens.Place(start + size, 0), about)
        return answer(found)

    def issue(self, request: Request, name: str) -> Answer:
        issue = self.issue_for(request, name)
        selection = Selection.of(request.listed("fields"), "*all")
        expand = request.listed("expand")
        body = shower(selection, expand, self.chance, _EXPAND, _SAME)(issue)
        if more := names_and_schema(self.corpus.vocabulary.fields, expand):
            body = body[:-1] + b"," + orjson.dumps(more)[1:]
        return Answer(body, holds=[issue], heavy=selection.heavy, links=selection.keeps("issuelinks"))

    def comments(self, request: Request, name: str) -> Answer:
        comments = self.issue_for(request, name).listed("comments", "comment")
        order = request.get("orderBy", "created")
        if order.lstrip("+- ") != "created":
            raise Refusal(errors(400, f"The orderBy value '{order}' is not valid."))
        if order.startswith("-"):
            comments.reverse()
        if "renderedBody" in request.listed("expand"):
            comments = [{**one, "renderedBody": html(one.get("body"))} for one in comments]
        return paged(request, comments, "comments", 100, 100)

    def worklogs(self, request: Request, name: str) -> Answer:
        worklogs = self.issue_for(request, name).listed("worklogs", "worklog")
        first, last = request.number("startedAfter", 0), request.number("startedBefore", 2**62)
        chosen = [one for one in worklogs if first <= instant(one.get("started")) < last]
        return paged(request, chosen, "worklogs", 5000, 5000)

    def changes(self, request: Request, name: str) -> Answer:
        issue = self.issue_for(request, name)
        changes = issue.listed("histories", "")
        address = f"{self.profile.base}/rest/api/3/issue/{issue.id}/changelog"
        start, size = request.number("startAt", 0), min(request.number("maxResults", 100), 100)
        page, total = changes[start : start + size], len(changes)
        here = {"self": f"{address}?startAt={start}&maxResults={size}", "maxResults": size, "startAt": start}
        return answer({**here, "total": total, "isLast": start + len(page) >= total, "values": page})

    def project_page(self, request: Request) -> Answer:
        return _values(request, self.projects_for(request), 100)

    def field_page(self, request: Request) -> Answer:
        return _values(request, self.corpus.vocabulary.fields(), 50)


def _values(request: Request, found: list[dict[str, Any]], cap: int) -> Answer:
    start, size = request.number("startAt", 0), min(request.number("maxResults", 50), cap)
    page = found[start : start + size]
    where = {"startAt": start, "maxResults": size, "total": len(found)}
    return answer({**where, "isLast": start + len(page) >= len(found), "values": page})
