"""The details, the people and the dates of an issue, as its page shows them."""

from __future__ import annotations

import random
from typing import Any
from urllib.parse import quote_plus

from fake_jira.data.catalogue import DEVELOPMENT, RELEASE_NOTE
from fake_jira.pages.bodies import rendered
from fake_jira.pages.parts import Json, explicit, module, moment, name_of, objects, text

_SHOWN_ELSEWHERE = (DEVELOPMENT,)


def details(issue_id: int, fields: Json, titles: dict[str, str]) -> str:
    """Everything that is a name and a value; `titles` are those of custom fields by id."""
    items = [
        _item("Type", f'<span id="type-val" class="value">{_icon(fields.get("issuetype"))}</span>', "issuetype"),
        _item("Status", f'<span id="status-val" class="value">{lozenge(fields.get("status"))}</span>', right=True),
    ]
    if name_of(fields.get("priority")):
        shown = f'<span id="priority-val" class="value">{_icon(fields["priority"])}</span>'
        items.append(_item("Priority", shown, "priority"))
    items += [
        _item("Resolution", _resolution(fields.get("resolution")), "resolution", right=True),
        _item("Affects Version/s", _several("versions-val", "versions-field", fields.get("versions")), "versions"),
        _item("Fix Version/s", _several("fixfor-val", "fixVersions-field", fields.get("fixVersions")), right=True),
        _item("Component/s", _several("components-val", "components-field", fields.get("components")), "components"),
        _labels(issue_id, fields.get("labels")),
    ]
    if fields.get("environment"):
        said = f'<div id="environment-val" class="value">{rendered(fields["environment"])}</div>'
        items.append(_item("Environment", said, "environment"))
    inside = f'<ul id="issuedetails" class="property-list two-cols">\n{"".join(items)}</ul>'
    return module("details-module", "Details", (inside, _custom_fields(fields, titles)))


def _item(name: str, value: str, field: str = "", right: bool = False) -> str:
    title = f'<label for="{field}">{name}:</label>' if field else f"{name}:"
    css = "item item-right" if right else "item"
    return f'<li class="{css}"><div class="wrap"><strong class="name">{title}</strong>\n{value}</div></li>\n'


def _icon(thing: Any) -> str:
    name = text(name_of(thing))
    address = text(thing.get("iconUrl") or "") if isinstance(thing, dict) else ""
    return f'<img alt="{name}" height="16" src="{address}" title="{name} - As it was set up." width="16"> {name}\n'


def lozenge(status: Any) -> str:
    """The coloured label of a status."""
    category = status.get("statusCategory") if isinstance(status, dict) else None
    group, colour = (category.get("key"), category.get("colorName")) if isinstance(category, dict) else ("new", "")
    css = f"jira-issue-status-lozenge aui-lozenge jira-issue-status-lozenge-{text(group)} lozenge-{text(colour)}"
    tip = f"&lt;span class=&quot;{css}&quot;&gt;{text(text(name_of(status)))}&lt;/span&gt;"
    return f'<span class=" {css} aui-lozenge-subtle" data-tooltip="{tip}">{text(name_of(status))}</span>'


def _resolution(resolution: Any) -> str:
    name = text(name_of(resolution))
    css = "value resolved" if name else "value unresolved"
    return f'<span id="resolution-val" class="{css}" >\n {name or "Unresolved"}\n</span>'


def _several(id_: str, field: str, things: Any) -> str:
    links = [
        f'<a href="/issues/?jql={quote_plus(name_of(one))}" title="{text(name_of(one))} ">{text(name_of(one))}</a>'
        for one in objects(things)
    ]
    shown = f'<span class="shorten" id="{field}">{", ".join(links)}</span>' if links else "None"
    return f'<span id="{id_}" class="value">\n{shown}\n</span>'


def _labels(issue_id: int, labels: Any) -> str:
    items = "".join(
        f'<li><a class="lozenge" href="/issues/?jql=labels+%3D+{quote_plus(str(one))}" title="{text(one)}">'
        f"<span>{text(one)}</span></a></li>"
        for one in labels or ()
    )
    id_ = f"labels-{issue_id}-value"
    shown = f'<ul class="labels" id="{id_}">{items}</ul>' if items else f'<span class="labels" id="{id_}">None</span>'
    return (
        '<li class="item full-width"><div class="wrap" id="wrap-labels"><strong class="name">Labels:</strong>'
        f'<div class="labels-wrap value">{shown}</div></div></li>\n'
    )


def _custom_fields(fields: Json, titles: dict[str, str]) -> str:
    rows = [
        _custom(name, titles.get(name, name), shown)
        for name, value in fields.items()
        if name.startswith("customfield_") and name not in _SHOWN_ELSEWHERE and (shown := _shown(name, value))
    ]
    inside = f'<ul id="customfieldslist" class="property-list">{"".join(rows)}</ul>' if rows else ""
    return f'<div id="customfieldmodule" class="module"><div class="mod-content">{inside}</div></div>'


def _custom(name: str, title: str, shown: str) -> str:
    heading = f'<strong title="{text(title)}" class="name"><label for="{name}">{text(title)}:</label></strong>'
    kind = 'data-fieldtype="textfield" class="value type-textfield"'
    value = f'<div id="{name}-val" {kind}>{shown}</div>'
    return f'<li id="rowFor{name}" class="item"><div class="wrap">{heading}\n{value}</div></li>\n'


def _shown(name: str, value: Any) -> str:
    """ "" for what a page has no words for."""
    if isinstance(value, list):
        return ", ".join(part for part in (_shown(name, one) for one in value) if part)
    if isinstance(value, dict):
        return text(name_of(value))
    if value is None or isinstance(value, bool):
        return ""
    return rendered(value) if name == RELEASE_NOTE else text(value)


def people(fields: Json) -> str:
    """Who has it and who told of it, and how many care."""
    nobody = {"assignee": "Unassigned", "reporter": "Anonymous"}
    who = "".join(
        f'<dl><dt>{field.capitalize()}:</dt><dd><span id="{field}-val" class="view-issue-field">'
        f"{_person(field, fields.get(field)) or none}</span></dd></dl>\n"
        for field, none in nobody.items()
    )
    votes, watches = fields.get("votes") or {}, fields.get("watches") or {}
    counts = (
        f'<dl><dt>Votes:</dt><dd><aui-badge id="vote-data" class="">{text(votes.get("votes", 0))}</aui-badge> '
        '<span id="vote-toggle">Vote for this issue</span></dd></dl>\n<dl><dt>Watchers:</dt><dd>'
        f'<aui-badge id="watcher-data" class="">{text(watches.get("watchCount", 0))}</aui-badge> '
        '<span id="watching-toggle">Start watching this issue</span></dd></dl>'
    )
    inside = f'<ul class="item-details" id="peopledetails"><li class="people-details">{who}</li></ul>'
    return module("peoplemodule", "People", (inside, f'<ul class="item-details"><li>{counts}</li></ul>'))


def _person(field: str, user: Any) -> str:
    if not isinstance(user, dict):
        return ""
    name = text(user.get("name") or user.get("key") or "")
    image = '<span class="aui-avatar aui-avatar-small"><span class="aui-avatar-inner"><img src="" alt=""></span></span>'
    hover = f'class="user-hover" id="issue_summary_{field}_{name}" rel="{name}"'
    return f"<span {hover}>\n{image}\n {text(user.get('displayName') or name)}\n</span>"


def dates(fields: Json, chance: random.Random) -> str:
    """When it was created, changed and resolved; what was not resolved has no such date."""
    known = (("Created", "created"), ("Updated", "updated"), ("Resolved", "resolutiondate"))
    rows = "\n".join(
        f'<dl class="dates"><dt>{title}:</dt><dd class="date user-tz" title="{explicit(fields[name])}">'
        f'<span data-name="{title}" id="{name}-val" data-fieldtype="datetime">{moment(fields[name], chance)}</span>'
        "</dd></dl>"
        for title, name in known
        if fields.get(name)
    )
    due = fields.get("duedate")
    more = f'<dl class="dates"><dt>Due:</dt><dd><span id="due-date">{text(due)}</span></dd></dl>' if due else ""
    return module("datesmodule", "Dates", (f'<ul class="item-details"><li>{rows}{more}</li></ul>',))
