"""The history and the work log of an issue as the activity panel shows them."""

from __future__ import annotations

import random
from typing import Any

from fake_jira.pages.bodies import rendered
from fake_jira.pages.parts import Json, dated, objects, profile, text

_TITLES = {
    "Component": "Component/s",
    "Version": "Affects Version/s",
    "Fix Version": "Fix Version/s",
    "issuetype": "Issue Type",
    "timespent": "Time Spent",
    "timeestimate": "Remaining Estimate",
}
_HEAD = '<thead><tr><th width="20%">Field</th><th width="40%">Original Value</th><th width="40%">New Value</th></tr>'


def created(fields: Json, chance: random.Random) -> str:
    """Every history begins with who created the issue."""
    who = profile(fields.get("creator"), "issuecreator")
    said = f'<div class="action-details">{who} created issue  - {dated(fields.get("created"), chance)}</div>'
    return (
        f'<div class="issue-data-block"><div class="actionContainer"><div class="action-head">{said}</div></div></div>'
    )


def change(history: Json, chance: random.Random) -> str:
    """One entry of the changelog: who, when, and a row for each field."""
    number = text(history.get("id"))
    who = profile(history.get("author"), f"changehistoryauthor_{number}")
    rows = "\n".join(_row(item) for item in objects(history.get("items")))
    return (
        f'<div id="changehistory-{number}" class="issue-data-block"><div class="actionContainer">\n'
        f'<div class="action-head"><div class="action-details">{who} made changes  - '
        f"{dated(history.get('created'), chance)}</div></div>\n"
        f'<div class="action-body changehistory"><table id="changehistory_{number}">{_HEAD}</thead>\n'
        f"<tbody>{rows}</tbody></table></div>\n</div></div>"
    )


def _row(item: Json) -> str:
    field = str(item.get("field") or "")
    title = _TITLES.get(field) or field[:1].upper() + field[1:]
    old, new = _value(item.get("fromString"), item.get("from")), _value(item.get("toString"), item.get("to"))
    return (
        f'<tr><td class="activity-name">{text(title)}</td><td class="activity-old-val">{old}</td>'
        f'<td class="activity-new-val">{new}</td></tr>'
    )


def _value(shown: Any, number: Any) -> str:
    """What it said, and in brackets the id of what it named; a cell for nothing holds a hard space."""
    said = text(shown).replace("\r\n", "\n").replace("\n", "<br/>\n") if shown not in (None, "") else ""
    known = f'<span class="hist-value">[ {text(number)} ]</span>' if number not in (None, "") else ""
    return f"{said} {known}".strip() or "&nbsp;"


def work(worklog: Json, chance: random.Random) -> str:
    """One entry of the work log: who, when, how long, and on what."""
    number = text(worklog.get("id"))
    who = profile(worklog.get("author"), f"worklogauthor_{number}")
    entries = [("Time Spent:", "d", "worklog-duration", text(worklog.get("timeSpent") or ""))]
    if worklog.get("comment"):
        entries.append(("&nbsp;", "c", "worklog-comment", rendered(worklog["comment"])))
    lists = "".join(
        f'<dl><dt>{title}</dt><dd id="wl-{number}-{part}" class="{css}">{said}</dd></dl>'
        for title, part, css, said in entries
    )
    return (
        f'<div id="worklog-{number}" class="issue-data-block"><div class="actionContainer">\n'
        f'<div class="action-head"><div class="action-details">{who} logged work  - '
        f'<span class="subText">{dated(worklog.get("started"), chance)}</span></div></div>\n'
        f'<div class="action-body flooded"><ul class="item-details"><li>{lists}</li></ul></div>\n</div></div>'
    )
