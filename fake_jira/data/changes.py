"""What happens to an issue in a living tracker: a whole issue is changed in place, in the words of its dialect."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from fake_jira.data import adf, wiki
from fake_jira.data.catalogue import RELEASE_NOTE, Vocabulary
from fake_jira.data.dates import instant, stamp
from fake_jira.data.prose import Writer
from fake_jira.jql.words import plain

Json = dict[str, Any]
_FIRST_NUMBER = 900_000_000
"""Of new comments and changes: far above those of any recording."""
SECOND = 1000
_OF_THE_PROJECT = ("components", "versions", "fixVersions")


class Changes:
    """`now` is epoch milliseconds in full seconds, which is all that Jira tells of an issue's own dates."""

    def __init__(self, api: str, vocabulary: Vocabulary, chance: Random) -> None:
        self.api, self.vocabulary, self.chance = api, vocabulary, chance
        self.cloud = api.endswith("/3")
        self.write = adf.write if self.cloud else wiki.write
        self.writer = Writer(chance)
        self.number = _FIRST_NUMBER

    def fresh(self, issue: Json, project: str, created: int) -> None:
        """A copy of an issue becomes one that was created just now: same kind of thing, other words, no past."""
        fields = issue["fields"]
        if fields.pop("parent", None):
            types = self.vocabulary.listed("issuetype")
            fields["issuetype"] = next((one for one in types if not one.get("subtask")), fields.get("issuetype"))
        statuses = self.vocabulary.listed("status")
        fields |= {
            "summary": self.writer.title(),
            "description": self.write(self.writer.description()),
            "status": statuses[0] if statuses else None,
            "created": stamp(created),
            "updated": stamp(created),
            "comment": {"comments": []},
            "worklog": {"worklogs": []},
        }
        fields |= dict.fromkeys(("resolution", "resolutiondate", *({RELEASE_NOTE} & fields.keys())))
        fields |= {name: [] for name in ("issuelinks", "subtasks", "attachment")}
        self._belongs(issue, project)
        issue |= {"changelog": {"histories": []}, "remotelinks": [], "copy_of": 0}

    def edit(self, issue: Json, now: int) -> None:
        """Title, description and status: one of them, or several."""
        fields = issue["fields"]
        edits: tuple[Callable[[Json], Json | None], ...] = (self._retitle, self._rewrite, self._transition)
        chosen = [edit for edit in edits if self.chance.random() < 0.5]
        items = [step for edit in chosen if (step := edit(fields))]
        self._record(issue, now, items or [self._retitle(fields)])
        issue["copy_of"] = 0

    def comment(self, issue: Json, now: int) -> None:
        fields, number, when = issue["fields"], self._next(), self._touch(issue, now)
        author = author_of(fields)
        # Unlike the issue itself, a comment tells its milliseconds.
        said = stamp(when - self.chance.randrange(SECOND))
        comment = {
            "self": f"{self.api}/issue/{issue['id']}/comment/{number}",
            "id": number,
            **({"author": author, "updateAuthor": author} if author else {}),
            "body": self.write(self.writer.comment()),
            "created": said,
            "updated": said,
        }
        fields.setdefault("comment", {"comments": []})["comments"].append(comment)

    def move(self, issue: Json, now: int, key: str) -> None:
        before, fields = issue["key"], issue["fields"]
        old, project = fields.get("project") or {}, key.rpartition("-")[0]
        issue["key"] = key
        self._belongs(issue, project)
        new = fields["project"]
        fields |= {name: [] for name in _OF_THE_PROJECT if fields.get(name)}
        items = [
            item("project", old.get("id"), old.get("name"), new.get("id"), new.get("name")),
            item("Key", None, before, None, key),
        ]
        self._record(issue, now, items)

    def archive(self, issue: Json, now: int) -> None:
        if "archiveddate" in issue["fields"]:
            issue["fields"] |= {"archiveddate": stamp(now), "archivedby": author_of(issue["fields"])}

    def _belongs(self, issue: Json, project: str) -> None:
        fields = issue["fields"]
        known = (one for one in self.vocabulary.listed("project") if one.get("key") == project)
        fields["project"] = next(known, {"key": project, "name": project})
        for name, address in (("votes", "votes"), ("watches", "watchers")):
            if isinstance(fields.get(name), dict):
                fields[name] = {**fields[name], "self": f"{self.api}/issue/{issue['key']}/{address}"}

    def _retitle(self, fields: Json) -> Json:
        before, fields["summary"] = fields.get("summary"), self.writer.title()
        return item("summary", None, before, None, fields["summary"])

    def _rewrite(self, fields: Json) -> Json:
        before, fields["description"] = fields.get("description"), self.write(self.writer.description())
        return item("description", None, _text(before), None, _text(fields["description"]))

    def _transition(self, fields: Json) -> Json | None:
        before = fields.get("status") or {}
        others = [one for one in self.vocabulary.listed("status") if one.get("id") != before.get("id")]
        if not others:
            return None
        after = fields["status"] = self.writer.pick(others)
        return item("status", before.get("id"), before.get("name"), after.get("id"), after.get("name"))

    def _record(self, issue: Json, now: int, items: list[Json]) -> None:
        author, when = author_of(issue["fields"]), self._touch(issue, now)
        named = [{**one, "fieldId": one["field"]} for one in items] if self.cloud else items
        made = {"id": self._next(), **({"author": author} if author else {}), "created": stamp(when), "items": named}
        issue["changelog"]["histories"].append(made)

    def _touch(self, issue: Json, now: int) -> int:
        """`updated` moves at every change, even twice within a second."""
        when = max(now, instant(issue["fields"].get("updated")) + SECOND)
        issue["fields"]["updated"] = stamp(when)
        return when

    def _next(self) -> str:
        self.number += 1
        return str(self.number)


def author_of(fields: Json) -> Json | None:
    found: Json | None = fields.get("assignee") or fields.get("reporter") or fields.get("creator")
    return found


def _text(body: Any) -> str | None:
    return "\n".join(part for part in plain(body) if part) or None


def item(field: str, old: Any, before: Any, new: Any, after: Any) -> Json:
    ends = {"from": old, "fromString": before, "to": new, "toString": after}
    return {"field": field, "fieldtype": "jira", **ends}
