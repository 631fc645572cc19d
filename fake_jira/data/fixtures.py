"""The parts of an issue that are the same all over a Jira: statuses, projects, versions, links, null fields."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fake_jira.data.catalogue import RELEASE_NOTE
from fake_jira.data.plan import RELATIONS, Plan
from fake_jira.data.selection import HASH
from fake_jira.data.service_desk import length, moment

Json = dict[str, Any]
_STATUSES = (
    ("1", "Open", 2, "new", "blue-gray", "To Do"),
    ("3", "In Progress", 4, "indeterminate", "yellow", "In Progress"),
    ("4", "Reopened", 2, "new", "blue-gray", "To Do"),
    ("5", "Resolved", 3, "done", "green", "Done"),
    ("6", "Closed", 3, "done", "green", "Done"),
)
_PRIORITIES = ("Blocker", "Critical", "Major", "Minor", "Trivial")
_TYPES = ("Bug", "Improvement", "New Feature", "Task", "Sub-task")
_RESOLUTIONS = ("Fixed", "Won't Fix", "Duplicate")
_PHRASES = {
    "Blocks": ("is blocked by", "blocks"),
    "Duplicate": ("is duplicated by", "duplicates"),
    "Reference": ("is related to", "relates to"),
    "Cloners": ("is cloned by", "clones"),
}
_NULL_FIELDS = (
    "duedate",
    "lastViewed",
    "timespent",
    "timeestimate",
    "timeoriginalestimate",
    "aggregatetimespent",
    "aggregatetimeestimate",
    "aggregatetimeoriginalestimate",
    "archiveddate",
    "archivedby",
)
_MIME = {"log": "text/x-log", "png": "image/png", "patch": "text/x-diff", "txt": "text/plain", "xml": "text/xml"}


class Fixtures:
    def __init__(self, base: str, version: str, projects: tuple[str, ...]) -> None:
        self.base, self.api = base, f"{base}/rest/api/{version}"
        self.statuses = [self._status(*line) for line in _STATUSES]
        self.priorities = [self._small("priority", str(n + 1), name) for n, name in enumerate(_PRIORITIES)]
        self.types = [
            {**self._small("issuetype", str(n + 1), name), "subtask": name == "Sub-task"}
            for n, name in enumerate(_TYPES)
        ]
        self.resolutions = [
            {"self": f"{self.api}/resolution/{n + 1}", "id": str(n + 1), "description": "", "name": name}
            for n, name in enumerate(_RESOLUTIONS)
        ]
        self.projects = {key: self._project(str(10_100 + n), key) for n, key in enumerate(projects)}
        self.custom = [f"customfield_{12_310_191 + 37 * n}" for n in range(34)]
        self._nulls: Json = dict.fromkeys((*_NULL_FIELDS, *self.custom, RELEASE_NOTE))

    def _small(self, kind: str, number: str, name: str) -> Json:
        icon = f"{self.base}/images/icons/{kind}/{number}.svg"
        return {"self": f"{self.api}/{kind}/{number}", "iconUrl": icon, "name": name, "id": number}

    def _status(self, number: str, name: str, group: int, key: str, colour: str, title: str) -> Json:
        category = {
            "self": f"{self.api}/statuscategory/{group}",
            "id": group,
            "key": key,
            "colorName": colour,
            "name": title,
        }
        return {**self._small("status", number, name), "description": "", "statusCategory": category}

    def _project(self, number: str, key: str) -> Json:
        return {
            "self": f"{self.api}/project/{number}",
            "id": number,
            "key": key,
            "name": f"Project {key.capitalize()}",
            "projectTypeKey": "software",
            "projectCategory": {"self": f"{self.api}/projectCategory/1", "id": "1", "name": "Made up"},
        }

    def bare_fields(self, plan: Plan) -> Json:
        """What needs no drawing of lots; most of it is null, as on a real site."""
        progress = {"progress": 0, "total": 0}
        fields: Json = {
            **self._nulls,
            "issuetype": self.types[plan.type],
            "project": self.projects[plan.project],
            "status": self.statuses[plan.status],
            "issuelinks": [self._link(plan, *link) for link in plan.links],
            "subtasks": [self._neighbour(child) for child in plan.children],
            "votes": {"self": f"{self.api}/issue/{plan.key}/votes", "votes": 0, "hasVoted": False},
            "watches": {"self": f"{self.api}/issue/{plan.key}/watchers", "watchCount": 1, "isWatching": False},
            "progress": progress,
            "aggregateprogress": progress,
            "timetracking": {},
            "workratio": -1,
            "customfield_12311820": f"0|z{plan.id:06x}:",
            "customfield_12310920": "9223372036854775807",
        }
        if plan.parent:
            fields["parent"] = self._neighbour(plan.parent)
        return fields

    def _neighbour(self, plan: Plan) -> Json:
        fields = {
            "summary": plan.summary,
            "status": self.statuses[plan.status],
            "priority": self.priorities[plan.priority],
            "issuetype": self.types[plan.type],
        }
        return {"id": str(plan.id), "key": plan.key, "self": f"{self.api}/issue/{plan.id}", "fields": fields}

    def _link(self, plan: Plan, number: int, relation: str, outward: bool, other: Plan) -> Json:
        kind = str(10_000 + RELATIONS.index(relation))
        inwards, outwards = _PHRASES[relation]
        return {
            "id": str(number),
            "self": f"{self.api}/issueLink/{number}",
            "type": {
                "id": kind,
                "name": relation,
                "inward": inwards,
                "outward": outwards,
                "self": f"{self.api}/issueLinkType/{kind}",
            },
            "outwardIssue" if outward else "inwardIssue": self._neighbour(other),
        }

    def version(self, plan: Plan, number: int) -> Json:
        name = f"{1 + number // 3}.{number % 3}.0"
        id_ = f"{self.projects[plan.project]['id']}{number:02d}"
        return {"self": f"{self.api}/version/{id_}", "id": id_, "name": name, "archived": False, "released": number < 7}

    def component(self, plan: Plan, name: str) -> Json:
        id_ = f"{self.projects[plan.project]['id']}{sum(name.encode()) % 1000:03d}"
        return {"self": f"{self.api}/component/{id_}", "id": id_, "name": name}

    def attachment(self, number: str, name: str, author: Json, created: str, size: int) -> Json:
        return {
            "self": f"{self.api}/attachment/{number}",
            "id": number,
            "filename": name,
            "author": author,
            "created": created,
            "size": size,
            "mimeType": _MIME[name.rpartition(".")[2]],
            "content": f"{self.base}/secure/attachment/{number}/{quote(name)}",
        }

    def remote_link(self, plan: Plan, number: str, request: int) -> Json:
        return {
            "id": int(number),
            "self": f"{self.api}/issue/{plan.key}/remotelink/{number}",
            "application": {},
            "relationship": "links to",
            "globalId": f"github={request}",
            "object": {
                "url": f"https://git.example.org/pull/{request}",
                "title": f"GitHub Pull Request #{request}",
                "icon": {},
                "status": {"icon": {}},
            },
        }

    def development(self, requests: int) -> str:
        """The Development field: a dump of Java objects, so that it reads differently every time."""
        return (
            f'{{pullrequest={{dataType=pullrequest, state=OPEN, stateCount={requests}}}, json={{"cachedValue":'
            f'{{"errors":[],"summary":{{"pullrequest":{{"count":{requests}}}}}}},"isStale":true}}, '
            f"summaryBean=com.example.devstatus.SummaryBean{HASH.decode()}}}"
        )

    def sla(self, plan: Plan) -> Json:
        """A service level: running, or with one finished cycle; see `developer.atlassian.com`, service desk API."""
        goal, spent = 14_400_000, plan.id % 20_000_000
        cycle = {
            "startTime": moment(plan.created),
            "breachTime": moment(plan.created + goal),
            "breached": spent > goal,
            "goalDuration": length(goal),
            "elapsedTime": length(spent),
            "remainingTime": length(goal - spent),
        }
        running = plan.status < 3
        ongoing = {"ongoingCycle": {**cycle, "paused": False, "withinCalendarHours": True}} if running else {}
        return {
            "id": "17",
            "name": "Time to resolution",
            "_links": {"self": f"{self.base}/rest/servicedeskapi/request/{plan.id}/sla/17"},
            "completedCycles": [] if running else [{**cycle, "stopTime": moment(plan.created + spent)}],
            **ongoing,
            "slaDisplayFormat": "NEW_SLA_FORMAT",
        }
