"""What a Jira has besides issues: its fields, and the projects, statuses, priorities … that its issues use."""

from __future__ import annotations

from typing import Any

NOT_NAVIGABLE = frozenset({"worklog", "comment", "attachment", "timetracking", "archiveddate", "archivedby"})
"""What a search leaves out by default, as on a real site: comments and attachments too."""

_SYSTEM = (
    "summary:Summary:string",
    "description:Description:string",
    "environment:Environment:string",
    "issuetype:Issue Type:issuetype",
    "project:Project:project",
    "status:Status:status",
    "priority:Priority:priority",
    "resolution:Resolution:resolution",
    "resolutiondate:Resolved:datetime",
    "created:Created:datetime",
    "updated:Updated:datetime",
    "duedate:Due Date:date",
    "lastViewed:Last Viewed:datetime",
    "labels:Labels:array:string",
    "components:Component/s:array:component",
    "versions:Affects Version/s:array:version",
    "fixVersions:Fix Version/s:array:version",
    "assignee:Assignee:user",
    "reporter:Reporter:user",
    "creator:Creator:user",
    "issuelinks:Linked Issues:array:issuelinks",
    "subtasks:Sub-Tasks:array:issuelinks",
    "parent:Parent:issuelink",
    "attachment:Attachment:array:attachment",
    "comment:Comment:comments-page",
    "worklog:Log Work:array:worklog",
    "votes:Votes:votes",
    "watches:Watchers:watches",
    "progress:Progress:progress",
    "aggregateprogress:Σ Progress:progress",
    "timetracking:Time Tracking:timetracking",
    "timespent:Time Spent:number",
    "timeestimate:Remaining Estimate:number",
    "timeoriginalestimate:Original Estimate:number",
    "aggregatetimespent:Σ Time Spent:number",
    "aggregatetimeestimate:Σ Remaining Estimate:number",
    "aggregatetimeoriginalestimate:Σ Original Estimate:number",
    "workratio:Work Ratio:number",
    "archiveddate:Archived:datetime",
    "archivedby:Archiver:user",
)

DEVELOPMENT = "customfield_12314020"
SLA = "customfield_10030"
FIRST_RESPONSE = "customfield_10031"
RELEASE_NOTE = "customfield_12310192"
_CUSTOM = {
    DEVELOPMENT: "Development",
    SLA: "Time to resolution",
    FIRST_RESPONSE: "Time to first response",
    RELEASE_NOTE: "Release Note",
    "customfield_12310228": "Release Note",
    "customfield_12311120": "Epic Link",
    "customfield_12311820": "Rank",
    "customfield_12310293": "Story Points",
    "customfield_12310250": "Flags",
    "customfield_12312521": "Last public comment date",
    "customfield_12310920": "Rank (Obsolete)",
}
_SERVICE_LEVEL = {"type": "sd-servicelevelagreement", "custom": "com.atlassian.servicedesk:sd-sla-field"}
_REPEATED = ("Severity", "Priority", "Skill Level", "Target Version/s", "Shepherd", "Reviewers")
"""On a real site several custom fields share a name: they can only be told apart by id."""


def fields(custom: list[str]) -> list[dict[str, Any]]:
    """The answer of `/field`: system fields, the two without a schema, and the custom fields in use."""
    known = [_system_field(*line.split(":")) for line in _SYSTEM]
    bare = [
        {
            "id": name,
            "name": title,
            "custom": False,
            "orderable": False,
            "navigable": True,
            "searchable": False,
            "clauseNames": clauses,
        }
        for name, title, clauses in (
            ("issuekey", "Key", ["id", "issue", "issuekey", "key"]),
            ("thumbnail", "Images", []),
        )
    ]
    return known + bare + [_custom_field(name) for name in custom]


def _system_field(name: str, title: str, kind: str, items: str = "") -> dict[str, Any]:
    schema = {"type": kind, **({"items": items} if items else {}), "system": name}
    return {
        "id": name,
        "name": title,
        "custom": False,
        "orderable": True,
        "navigable": name not in NOT_NAVIGABLE,
        "searchable": True,
        "clauseNames": [name],
        "schema": schema,
    }


def _custom_field(name: str) -> dict[str, Any]:
    number = int(name.rpartition("_")[2])
    title = _CUSTOM.get(name) or _REPEATED[number % len(_REPEATED)]
    kind = _SERVICE_LEVEL if name in (SLA, FIRST_RESPONSE) else {"type": "any", "custom": "com.example.plugin:field"}
    return {
        "id": name,
        "name": title,
        "custom": True,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": [f"cf[{number}]", title],
        "schema": {**kind, "customId": number},
    }


def _is_object(value: Any) -> bool:
    """Recordings are not to be trusted: a part that is no object is passed over."""
    return isinstance(value, dict)


class Vocabulary:
    """Gathers, issue by issue, the things that issues refer to; answers `/status`, `/project` and their kin."""

    _LISTS = ("project", "status", "priority", "resolution", "issuetype")

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {name: {} for name in (*self._LISTS, "issueLinkType")}
        self.values: dict[str, set[str]] = {name: set() for name in (*self._LISTS, "component")}
        self.custom: set[str] = set()
        self.project_names: dict[str, tuple[str, ...]] = {}
        self.versions: dict[str, list[dict[str, Any]]] = {}

    def learn(self, fields: dict[str, Any]) -> None:
        for name in self._LISTS:
            thing = fields.get(name)
            if isinstance(thing, dict) and str(thing.get("id")) not in self.things[name]:
                self._learn(name, thing)
        for component in filter(_is_object, fields.get("components") or ()):
            self.values["component"] |= {str(component.get("name")).lower(), str(component.get("id"))}
        for link in filter(_is_object, fields.get("issuelinks") or ()):
            if _is_object(kind := link.get("type")):
                self.things["issueLinkType"].setdefault(str(kind.get("id")), kind)
        if len(self.custom) < len(fields):
            self.custom.update(name for name in fields if name.startswith("customfield_"))

    def _learn(self, name: str, thing: dict[str, Any]) -> None:
        self.things[name][str(thing.get("id"))] = thing
        self.values[name] |= {str(thing.get("name")).lower(), str(thing.get("id"))}
        if name == "project":
            key = str(thing.get("key"))
            self.project_names[key] = (str(thing.get("name")).lower(), str(thing.get("id")))

    def listed(self, name: str) -> list[Any]:
        return list(self.things[name].values())

    def fields(self) -> list[dict[str, Any]]:
        return fields(sorted(name for name in self.custom if name.rpartition("_")[2].isdigit()))
