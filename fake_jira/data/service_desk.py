"""What a service desk adds to an issue: service levels that run with the clock, and comments for agents only.

An issue at rest holds the plan of a service level: when each of its cycles began, stopped and was paused, and its goal.
What is left of the time is worked out when somebody looks. Comments say by `jsdPublic` whether customers see them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson

from fake_jira.data.catalogue import FIRST_RESPONSE, SLA
from fake_jira.data.dates import stamp
from fake_jira.data.stored import Stored

Json = dict[str, Any]
METRICS = {SLA: ("17", "Time to resolution", 14_400_000), FIRST_RESPONSE: ("18", "Time to first response", 3_600_000)}
"""Custom fields that are service levels: number, name and goal in milliseconds."""
_PLAN = "@sla"
_MARKS = (b'"@sla"', b'"jsdPublic"')
_HOUR = 3_600_000


def equip(issue: Json, now: int) -> None:
    """A whole issue gets service levels of one kind or another, and every third of its comments becomes internal."""
    fields, number = issue["fields"], int(issue["id"])
    closed = ((fields.get("status") or {}).get("statusCategory") or {}).get("key") == "done"
    for place, (name, (_, _, goal)) in enumerate(METRICS.items()):
        fields[name] = _plan(number + place, closed or place > 0, goal, now)
    for comment in (fields.get("comment") or {}).get("comments") or ():
        comment["jsdPublic"] = int(comment["id"]) % 3 != 0


def _plan(kind: int, closed: bool, goal: int, now: int) -> Json | None:
    """None at all, paused, of one cycle or of two; running ones began within the last hours, so that some are late."""
    begun = now - kind * 7_919_000 % (6 * _HOUR)
    match kind % 5:
        case 0:
            return None
        case 1 if not closed:
            return {_PLAN: [_cycle(begun, None, goal, paused=begun + goal // 4)]}
        case 2:
            first = _cycle(begun - 9 * _HOUR, begun - 8 * _HOUR, goal)
            return {_PLAN: [first, _cycle(begun, begun + goal * 2 if closed else None, goal)]}
    return {_PLAN: [_cycle(begun, begun + goal // 2 if closed else None, goal)]}


def _cycle(start: int, stop: int | None, goal: int, paused: int | None = None) -> Json:
    return {"start": start, "stop": stop, "goal": goal, "paused": paused}


def reckon(issue: Json, now: int) -> None:
    """After a transition: what is done stops its clock, what is opened again starts another cycle."""
    fields = issue["fields"]
    done = ((fields.get("status") or {}).get("statusCategory") or {}).get("key") == "done"
    plan = fields.get(SLA)
    if not is_plan(plan):
        return
    last = plan[_PLAN][-1]
    if done and last["stop"] is None:
        last |= {"stop": last["paused"] or now, "paused": None}
    elif not done and last["stop"] is not None:
        plan[_PLAN].append(_cycle(now, None, last["goal"]))


def has_desk(fields: Json) -> bool:
    """Whether an issue is one of a service desk."""
    return FIRST_RESPONSE in fields


def is_plan(value: Any) -> bool:
    return isinstance(value, dict) and _PLAN in value


@dataclass(frozen=True, slots=True)
class Sight:
    """What one visitor sees at one moment, `now` in epoch milliseconds; without a `desk` there is nothing to hide.

    Nobody but an agent sees service levels and internal comments. Searches of Data Center may tell a service level as
    a `text` that no program can use.
    """

    agent: bool
    cloud: bool
    base: str
    now: int
    text: bool = False
    desk: bool = True

    def of(self, issue: Stored) -> Stored:
        """The issue as this visitor is told of it; the same one where there is nothing to hide or to work out."""
        if not self.desk:
            return issue
        kept = (issue.fields, issue.full_lists.get("comments", b""))
        if not any(mark in part for mark in _MARKS for part in kept):
            return issue
        fields = orjson.loads(issue.fields)
        for name in METRICS.keys() & fields.keys():
            if is_plan(fields[name]):
                fields[name] = self._service_level(issue, name, fields[name][_PLAN]) if self.agent else None
        lists = dict(issue.full_lists)
        if isinstance(fields.get("comment"), dict):
            said = [self._comment(one) for one in issue.listed("comments", "comment") if self._may_read(one)]
            embedded = fields["comment"]
            shown = said if len(issue.comment_ids) == embedded["maxResults"] else said[-embedded["maxResults"] :]
            fields["comment"] = {**embedded, "comments": shown, "maxResults": len(shown), "total": len(said)}
            if "comments" in lists:
                lists["comments"] = orjson.dumps(said)
        return replace(issue, fields=orjson.dumps(fields), full_lists=lists)

    def _may_read(self, comment: Json) -> bool:
        return self.agent or comment.get("jsdPublic", True) is not False

    def _comment(self, comment: Json) -> Json:
        """Only Cloud says by itself who may read a comment."""
        return comment if self.cloud else {name: value for name, value in comment.items() if name != "jsdPublic"}

    def _service_level(self, issue: Stored, name: str, cycles: list[Json]) -> Any:
        number, title, _ = METRICS[name]
        told = [_told(cycle, self.now) for cycle in cycles]
        running = cycles[-1]["stop"] is None
        if self.text:
            return f"{title}: {told[-1]['remainingTime']['friendly']}"
        return {
            "id": number,
            "name": title,
            "_links": {"self": f"{self.base}/rest/servicedeskapi/request/{issue.id}/sla/{number}"},
            "completedCycles": told[:-1] if running else told,
            **({"ongoingCycle": told[-1]} if running else {}),
            "slaDisplayFormat": "NEW_SLA_FORMAT",
        }


def _told(cycle: Json, now: int) -> Json:
    """One cycle at one moment. While it is paused nobody can say when it will be late, so no moment is told."""
    start, stop, goal, paused = cycle["start"], cycle["stop"], cycle["goal"], cycle["paused"]
    spent = (paused or stop or now) - start
    late = {} if paused else {"breachTime": moment(start + goal)}
    state = {"stopTime": moment(stop)} if stop else {"paused": bool(paused), "withinCalendarHours": True}
    lengths = {"goalDuration": length(goal), "elapsedTime": length(spent), "remainingTime": length(goal - spent)}
    return {"startTime": moment(start), **late, "breached": spent > goal, **state, **lengths}


def moment(instant: int) -> Json:
    text = stamp(instant)
    return {"iso8601": text[:19] + "+0000", "jira": text, "friendly": text[:10], "epochMillis": instant}


def length(millis: int) -> Json:
    hours, minutes = divmod(abs(millis) // 60_000, 60)
    return {"millis": millis, "friendly": f"{'-' if millis < 0 else ''}{hours}h {minutes}m"}
