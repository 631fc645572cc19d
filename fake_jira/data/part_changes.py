"""What happens to single fields and to the parts of an issue: comments, worklogs, attachments, links of both ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fake_jira.data.changes import SECOND, Changes, Json, author_of, item
from fake_jira.data.dates import stamp
from fake_jira.data.service_desk import equip, has_desk, reckon

_DONE = "done"
_RESOLUTIONS = ("resolution", "resolutiondate")
_FILES = (("build.log", "text/x-log"), ("heap dump.txt", "text/plain"), ("screen [2].png", "image/png"))
_TEN_MINUTES = 600


class PartChanges(Changes):
    """Each is written into the history as Jira writes it; what was said in comments is in no history."""

    def fresh(self, issue: Json, project: str, created: int) -> None:
        super().fresh(issue, project, created)
        if has_desk(issue["fields"]):
            equip(issue, created)

    def edit(self, issue: Json, now: int) -> None:
        super().edit(issue, now)
        reckon(issue, now)

    def comment(self, issue: Json, now: int) -> None:
        super().comment(issue, now)
        if has_desk(issue["fields"]):
            said = _comments(issue)[-1]
            said["jsdPublic"] = int(said["id"]) % 3 != 0

    def retitle(self, issue: Json, now: int) -> None:
        self._record(issue, now, [self._retitle(issue["fields"])])
        issue["copy_of"] = 0

    def rewrite(self, issue: Json, now: int) -> None:
        self._record(issue, now, [self._rewrite(issue["fields"])])
        issue["copy_of"] = 0

    def transition(self, issue: Json, now: int) -> None:
        """Another status; what is done gets a resolution, and what is opened again loses it."""
        fields = issue["fields"]
        was_done, before = _is_done(fields), fields.get("resolution") or {}
        items = [step for step in (self._transition(fields),) if step] or [self._retitle(fields)]
        if was_done != (done := _is_done(fields)):
            known = self.vocabulary.listed("resolution")
            after = self.writer.pick(known) if done and known else None
            fields |= dict(zip(_RESOLUTIONS, (after, stamp(now) if after else None), strict=True))
            new = after or {}
            if before or new:
                items.insert(
                    0, item("resolution", before.get("id"), before.get("name"), new.get("id"), new.get("name"))
                )
        self._record(issue, now, items)
        reckon(issue, now)

    def prioritise(self, issue: Json, now: int) -> None:
        before = issue["fields"].get("priority") or {}
        others = [one for one in self.vocabulary.listed("priority") if one.get("id") != before.get("id")]
        after = issue["fields"]["priority"] = self.writer.pick(others) if others else None
        new = after or {}
        self._record(
            issue, now, [item("priority", before.get("id"), before.get("name"), new.get("id"), new.get("name"))]
        )

    def assign(self, issue: Json, now: int) -> None:
        fields = issue["fields"]
        before = fields.get("assignee")
        people = [fields.get("reporter"), fields.get("creator"), *(one.get("author") for one in _comments(issue)), None]
        others = [one for one in people if _account(one) != _account(before)]
        after = fields["assignee"] = self.writer.pick(others) if others else None
        ends = (_account(before), _shown(before), _account(after), _shown(after))
        self._record(issue, now, [item("assignee", *ends)])

    def label(self, issue: Json, now: int) -> None:
        before = list(issue["fields"].get("labels") or ())
        after = before[1:] if len(before) > 2 else [*before, f"label-{self.chance.randrange(10_000)}"]
        issue["fields"]["labels"] = after
        self._record(issue, now, [item("labels", None, " ".join(before), None, " ".join(after))])

    def edit_comment(self, issue: Json, now: int) -> None:
        comment, when = self.writer.pick(_comments(issue)), self._touch(issue, now)
        comment["body"] = self.write(self.writer.comment())
        comment["updated"] = stamp(when - self.chance.randrange(SECOND))

    def delete_comment(self, issue: Json, now: int) -> None:
        comments = _comments(issue)
        del comments[self.chance.randrange(len(comments))]
        self._touch(issue, now)

    def log_work(self, issue: Json, now: int) -> None:
        number, author, seconds = self._next(), author_of(issue["fields"]), _TEN_MINUTES * self.chance.randint(1, 12)
        said = stamp(now)
        worklog = {
            "self": f"{self.api}/issue/{issue['id']}/worklog/{number}",
            **({"author": author, "updateAuthor": author} if author else {}),
            "comment": self.write(self.writer.comment()),
            "created": said,
            "updated": said,
            "started": said,
            **_spent(seconds),
            "id": number,
            "issueId": issue["id"],
        }
        self._worked(issue, now, lambda logs: logs.append(worklog), [item("WorklogId", None, None, number, number)])

    def edit_work(self, issue: Json, now: int) -> None:
        worklog = self.writer.pick(_worklogs(issue))
        longer = int(worklog.get("timeSpentSeconds") or 0) + _TEN_MINUTES
        self._worked(issue, now, lambda logs: worklog.update({**_spent(longer), "updated": stamp(now)}), [])

    def delete_work(self, issue: Json, now: int) -> None:
        gone = self.writer.pick(_worklogs(issue))
        items = [item("WorklogId", gone["id"], gone["id"], None, None)]
        self._worked(issue, now, lambda logs: logs.remove(gone), items)

    def attach(self, issue: Json, now: int) -> None:
        number, author = self._next(), author_of(issue["fields"])
        name, kind = self.writer.pick(_FILES)
        base = self.api.partition("/rest/")[0]
        attachment = {
            "self": f"{self.api}/attachment/{number}",
            "id": number,
            "filename": name,
            **({"author": author} if author else {}),
            "created": stamp(now),
            "size": self.chance.randrange(1, 100_000),
            "mimeType": kind,
            "content": f"{base}/secure/attachment/{number}/{quote(name)}",
        }
        issue["fields"].setdefault("attachment", []).append(attachment)
        self._record(issue, now, [item("Attachment", None, None, number, name)])

    def detach(self, issue: Json, now: int) -> None:
        gone = self.writer.pick(attachments(issue["fields"]))
        issue["fields"]["attachment"].remove(gone)
        self._record(issue, now, [item("Attachment", gone["id"], gone.get("filename"), None, None)])

    def link(self, issue: Json, other: Json, now: int) -> None:
        """One link with one id, in the fields and the history of both ends."""
        kind, number = self.writer.pick(self.vocabulary.listed("issueLinkType")), self._next()
        for here, there, side, phrase in _ends(issue, other, kind):
            link = {"id": number, "self": f"{self.api}/issueLink/{number}", "type": kind, side: self._seen_from(there)}
            here["fields"].setdefault("issuelinks", []).append(link)
            said = f"This issue {phrase} {there['key']}"
            self._record(here, now, [item("Link", None, None, there["key"], said)])

    def unlink(self, issue: Json, number: str, now: int) -> None:
        """Takes a link out of one of its ends."""
        links = issue["fields"]["issuelinks"]
        gone = next(link for link in links if str(link.get("id")) == number)
        links.remove(gone)
        key, side = other_end(gone).get("key"), "outward" if "outwardIssue" in gone else "inward"
        said = f"This issue {(gone.get('type') or {}).get(side)} {key}"
        self._record(issue, now, [item("Link", key, said, None, None)])

    def _seen_from(self, other: Json) -> Json:
        kept = {name: other["fields"].get(name) for name in ("summary", "status", "priority", "issuetype")}
        return {"id": other["id"], "key": other["key"], "self": f"{self.api}/issue/{other['id']}", "fields": kept}

    def _worked(self, issue: Json, now: int, change: Callable[[list[Json]], object], items: list[Json]) -> None:
        fields = issue["fields"]
        logs: list[Json] = fields.setdefault("worklog", {"worklogs": []})["worklogs"]
        before = sum(int(log.get("timeSpentSeconds") or 0) for log in logs)
        change(logs)
        after = sum(int(log.get("timeSpentSeconds") or 0) for log in logs)
        fields |= {"timespent": after, "aggregatetimespent": after, "timetracking": _tracked(after)}
        old, new = (str(seconds) if seconds else None for seconds in (before, after))
        self._record(issue, now, [*items, item("timespent", old, old, new, new)])


def attachments(fields: Json) -> list[Json]:
    """Those that can be told apart: recordings are not to be trusted."""
    return [one for one in fields.get("attachment") or () if isinstance(one, dict) and one.get("id")]


def other_end(link: Json) -> Json:
    found: Json = link.get("outwardIssue") or link.get("inwardIssue") or {}
    return found


def _ends(issue: Json, other: Json, kind: Json) -> tuple[tuple[Json, Json, str, Any], ...]:
    outwards = (issue, other, "outwardIssue", kind.get("outward"))
    return outwards, (other, issue, "inwardIssue", kind.get("inward"))


def _comments(issue: Json) -> list[Json]:
    found: list[Json] = (issue["fields"].get("comment") or {}).get("comments") or []
    return found


def _worklogs(issue: Json) -> list[Json]:
    found: list[Json] = (issue["fields"].get("worklog") or {}).get("worklogs") or []
    return found


def _is_done(fields: Json) -> bool:
    category = (fields.get("status") or {}).get("statusCategory") or {}
    return bool(category.get("key") == _DONE)


def _account(user: Json | None) -> Any:
    return (user.get("accountId") or user.get("key") or user.get("name")) if user else None


def _shown(user: Json | None) -> Any:
    return user.get("displayName") if user else None


def _spent(seconds: int) -> Json:
    hours, minutes = divmod(seconds // 60, 60)
    told = " ".join(part for part in (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "") if part)
    return {"timeSpent": told or "0m", "timeSpentSeconds": seconds}


def _tracked(seconds: int) -> Json:
    return _spent(seconds) if seconds else {}
