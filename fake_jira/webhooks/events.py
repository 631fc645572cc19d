"""An issue before and after → the events that a Jira sends of what happened in between.

Whoever changed the issue, and how, the events follow from the difference: a person's edit, a mutation, a deletion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from fake_jira.data.shelving import unshelve
from fake_jira.data.stored import Stored
from fake_jira.webhooks.bodies import Bodies, Json, editor, event_type

PRIMARY, SECONDARY = "Primary", "Secondary"
_AFTER_COMMENT = 10
"""Milliseconds until Data Center tells of a comment a second time, as of its issue."""
_COMMENTED = {
    "comment_created": "issue_commented",
    "comment_updated": "issue_comment_edited",
    "comment_deleted": "issue_comment_deleted",
}


@dataclass(frozen=True, slots=True)
class Event:
    """`issues` are the ids that it is about, for whoever checks; `bare` is the body without the issue, if any."""

    name: str
    body: Json
    issues: tuple[str, ...] = ()
    flow: str = PRIMARY
    bare: Json | None = None


class Events:
    def __init__(self, bodies: Bodies) -> None:
        self.bodies = bodies

    def between(self, before: Stored | None, after: Stored | None, now: int) -> list[Event]:
        """`now` is epoch milliseconds. What is not told in a Jira either gives nothing: a permission, an archive."""
        if after is None:
            return list(self._deleted(before, now)) if before else []
        if before is None:
            return [self._created(after, now)]
        return list(self._changed(before, after, now))

    def _created(self, after: Stored, now: int) -> Event:
        whole = _embedded(after)
        named = {**_event("jira:issue_created", now), "issue_event_type_name": "issue_created"}
        creator = whole["fields"].get("creator") or editor(whole)
        body = {**named, **self.bodies.user(creator), "issue": self.bodies.issue(whole), **self.bodies.created(whole)}
        return Event("jira:issue_created", body, (str(after.id),))

    def _deleted(self, before: Stored, now: int) -> Iterator[Event]:
        """The issue itself, and what goes with it: in Cloud all of it, later; in Data Center the links, before."""
        whole = unshelve(before)
        gone = Event(
            "jira:issue_deleted",
            {
                **_event("jira:issue_deleted", now),
                **self.bodies.user(editor(whole)),
                "issue": self.bodies.issue(_embedded(before)),
            },
            (str(before.id),),
        )
        links = [self._link("issuelink_deleted", link, whole, now) for link in _links(whole).values()]
        if not self.bodies.cloud:
            yield from links
            yield gone
            return
        yield gone
        parts = [
            *(self._comment("comment_deleted", one, whole, now) for one in _parts(whole, "comment").values()),
            *(self._worklog("worklog_deleted", one, whole, now) for one in _parts(whole, "worklog").values()),
            *(self._attachment("attachment_deleted", one, whole, now) for one in _parts(whole, "attachment").values()),
            *links,
        ]
        for event in parts:
            yield Event(event.name, event.body, event.issues, SECONDARY, event.bare)

    def _changed(self, before: Stored, after: Stored, now: int) -> Iterator[Event]:
        old, new = unshelve(before), unshelve(after)
        for name, one in _difference(_parts(old, "comment"), _parts(new, "comment"), "comment"):
            yield self._comment(name, one, new, now)
            if not self.bodies.cloud:
                yield self._commented(name, one, after, now + _AFTER_COMMENT)
        for name, one in _difference(_parts(old, "worklog"), _parts(new, "worklog"), "worklog"):
            yield self._worklog(name, one, new, now)
        for name, one in _difference(_parts(old, "attachment"), _parts(new, "attachment"), "attachment"):
            yield self._attachment(name, one, new, now)
        for name, one in _difference(_links(old), _links(new), "issuelink"):
            yield self._link(name, one, new, now)
        known = {change["id"] for change in old["changelog"]["histories"]}
        for change in new["changelog"]["histories"]:
            # A link is written into the history of both ends, but no event of the issue tells of it.
            if change["id"] not in known and any(item["field"] != "Link" for item in change["items"]):
                yield self._updated(change, after, now)

    def _updated(self, change: Json, after: Stored, now: int) -> Event:
        named = {"issue_event_type_name": event_type(change["items"], self.bodies.cloud)}
        told = {**self.bodies.user(change.get("author")), "issue": self.bodies.issue(_embedded(after))}
        log = {"changelog": {"id": change["id"], "items": change["items"]}}
        return Event(
            "jira:issue_updated", {**_event("jira:issue_updated", now), **named, **told, **log}, (str(after.id),)
        )

    def _commented(self, name: str, comment: Json, after: Stored, now: int) -> Event:
        """The second event of a comment: of the issue, with the comment unless that is gone, and without a history."""
        whole = _embedded(after)
        told = {} if name == "comment_deleted" else {"comment": self.bodies.comment(comment, whole["id"])}
        body = {
            **_event("jira:issue_updated", now),
            "issue_event_type_name": _COMMENTED[name],
            **self.bodies.user(comment.get("updateAuthor") or editor(whole)),
            "issue": self.bodies.issue(whole),
            **told,
        }
        return Event("jira:issue_updated", body, (str(after.id),))

    def _comment(self, name: str, comment: Json, whole: Json, now: int) -> Event:
        said = {"comment": self.bodies.comment(comment, whole["id"])}
        if self.bodies.cloud:
            bare = {**_event(name, now), **said}
            about = {"issue": self.bodies.issue_of_comment(whole, name == "comment_deleted")}
            return Event(name, {**bare, **about}, (whole["id"],), bare=bare)
        user = {} if name == "comment_created" else self.bodies.user(comment.get("updateAuthor") or editor(whole))
        return Event(name, {**_event(name, now), **user, **said}, (whole["id"],))

    def _worklog(self, name: str, worklog: Json, whole: Json, now: int) -> Event:
        told = {**worklog, "issueId": worklog.get("issueId") or whole["id"]}
        return Event(name, {**_event(name, now), "worklog": self.bodies.worklog(told)}, (whole["id"],))

    def _attachment(self, name: str, attachment: Json, whole: Json, now: int) -> Event:
        """Nothing in it says whose it is: `jira:issue_updated` comes beside it, unless the issue is gone."""
        return Event(name, {**_event(name, now), "attachment": self.bodies.told(attachment)}, (whole["id"],))

    def _link(self, name: str, link: Json, whole: Json, now: int) -> Event:
        told = self.bodies.link(link, whole["id"])
        ends = (str(told["sourceIssueId"]), str(told["destinationIssueId"]))
        return Event(name, {**_event(name, now), "issueLink": told}, ends)


def _event(name: str, now: int) -> Json:
    return {"timestamp": now, "webhookEvent": name}


def _embedded(stored: Stored) -> Json:
    """An issue with its lists cut as the dialect cuts them."""
    return {"id": str(stored.id), "key": stored.key, "fields": orjson.loads(stored.fields)}


def _parts(whole: Json, name: str) -> dict[str, Json]:
    held: Any = whole["fields"].get(name) or []
    listed = held.get(f"{name}s") or [] if isinstance(held, dict) else held
    return {str(one["id"]): one for one in listed if isinstance(one, dict) and "id" in one}


def _links(whole: Json) -> dict[str, Json]:
    links = whole["fields"].get("issuelinks") or []
    return {str(link["id"]): link for link in links if isinstance(link, dict) and link.get("id") and link.get("type")}


def _difference(old: dict[str, Json], new: dict[str, Json], kind: str) -> Iterator[tuple[str, Json]]:
    yield from ((f"{kind}_created", part) for id_, part in new.items() if id_ not in old)
    yield from ((f"{kind}_deleted", part) for id_, part in old.items() if id_ not in new)
    if kind in ("comment", "worklog"):
        yield from ((f"{kind}_updated", part) for id_, part in new.items() if old.get(id_, part) != part)
