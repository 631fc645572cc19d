"""What hangs on an issue, as its page shows it: attachments, links to issues and elsewhere, sub-tasks."""

from __future__ import annotations

import random
from typing import Any

from fake_jira.pages.fields import lozenge
from fake_jira.pages.parts import Json, explicit, module, moment, name_of, objects, text

_RELATIONS = (("inwardIssue", "inward"), ("outwardIssue", "outward"))


def attachments(fields: Json, chance: random.Random) -> str:
    """Its files, in the order in which they came; "" where there are none."""
    items = "\n".join(_attachment(one, chance) for one in objects(fields.get("attachment")))
    return module("attachmentmodule", "Attachments", (f'<ol id="file_attachments">{items}</ol>',)) if items else ""


def _attachment(one: Json, chance: random.Random) -> str:
    number, name, address = text(one.get("id")), str(one.get("filename") or ""), str(one.get("content") or "")
    head, _, last = address.rpartition("/")
    shown = f"{head}/{number}_{last}"
    author = one.get("author") if isinstance(one.get("author"), dict) else {}
    title = f"{name} - {explicit(one.get('created'))} - {(author or {}).get('displayName', 'Anonymous')}"
    download = f"{one.get('mimeType')}:{name}:{shown}"
    return (
        f'<li class="attachment-content js-file-attachment" data-attachment-id="{number}">'
        f'<div class="attachment-thumb">'
        f'<a href="{text(shown)}" draggable="true" data-downloadurl="{text(download)}"><span class="icon"></span></a>'
        f'</div>\n<dl><dt><a href="{text(shown)}" title="{text(title)}" draggable="true" class="attachment-title" '
        f'data-downloadurl="{text(download)}">{text(name)}</a></dt>\n'
        f'<dd class="attachment-date">{moment(one.get("created"), chance)}</dd>'
        f'<dd class="attachment-size">{_size(one.get("size"))}</dd></dl></li>'
    )


def _size(size: Any) -> str:
    count = size if isinstance(size, int) else 0
    if count < 1024 * 1024:
        return f"{max(1, count // 1024)} kB" if count >= 1024 else f"{count / 1024:.1f} kB"
    return f"{count / 1024 / 1024:.1f} MB"


def links(fields: Json, elsewhere: list[Json]) -> str:
    """What it is linked to, by relation, in the words of its own end; then what is elsewhere."""
    groups: dict[str, list[str]] = {}
    for link in objects(fields.get("issuelinks")):
        for end, phrase in _RELATIONS:
            kind = link.get("type")
            if isinstance(other := link.get(end), dict) and isinstance(kind, dict):
                groups.setdefault(str(kind.get(phrase)), []).append(_internal(link, other))
    for link in elsewhere:
        groups.setdefault(str(link.get("relationship") or "links to"), []).append(_remote(link))
    lists = "\n".join(
        f'<dl class="links-list "><dt title="{text(relation)}">{text(relation)}</dt>\n{"".join(ends)}</dl>'
        for relation, ends in groups.items()
    )
    return module("linkingmodule", "Issue Links", (f'<div class="links-container">{lists}</div>',)) if lists else ""


def _internal(link: Json, other: Json) -> str:
    fields = other.get("fields") if isinstance(other.get("fields"), dict) else {}
    key, summary, number = text(other.get("key")), text((fields or {}).get("summary") or ""), text(link.get("id"))
    priority = name_of((fields or {}).get("priority"))
    shot = f'<li class="priority"><img alt="{text(priority)}" title="{text(priority)} - As it was set up."></li>'
    status = f'<li class="status">{lozenge((fields or {}).get("status"))}</li>'
    anchor = f'<a href="/browse/{key}" class="issue-link link-title" data-issue-key="{key}">{key}</a>'
    return (
        f'<dd id="internal-{number}_{text(other.get("id"))}" class="issue-link" data-link-id="{number}">'
        f'<div class="link-content"><p><img alt="" src=""><span title="{key}: {summary}">{anchor}\n'
        f'<span class="link-summary">{summary}</span></span></p>'
        f'<ul class="link-snapshot">{shot}{status}</ul></div></dd>\n'
    )


def _remote(link: Json) -> str:
    told: Any = link.get("object")
    told = told if isinstance(told, dict) else {}
    title, number = text(told.get("title") or ""), text(link.get("id"))
    anchor = f'<a href="{text(told.get("url") or "")}" rel="nofollow noreferrer" class="link-title">{title}</a>'
    summary = f'<span class="link-summary">{text(told["summary"])}</span>' if told.get("summary") else ""
    return (
        f'<dd id="remote-{number}" class="remote-link" data-link-id="{number}"><div class="link-content"><p>'
        f'<img alt="Web Link" src="/favicon.ico"><span title="{title}">{anchor}{summary}</span></p></div></dd>\n'
    )


def subtasks(fields: Json) -> str:
    """Its parts that are issues themselves; "" where there are none."""
    rows = "\n".join(_subtask(place, one) for place, one in enumerate(objects(fields.get("subtasks")), 1))
    table = f'<table id="issuetable"><tbody>{rows}</tbody></table>'
    return module("view-subtasks", "Sub-Tasks", (table,)) if rows else ""


def _subtask(place: int, one: Json) -> str:
    fields = one.get("fields") if isinstance(one.get("fields"), dict) else {}
    key, summary = text(one.get("key")), text((fields or {}).get("summary") or "")
    return (
        f'<tr class="issuerow" data-issuekey="{key}" rel="{text(one.get("id"))}"><td class="stsequence">{place}.</td>'
        f'<td class="stsummary"><a class="issue-link" data-issue-key="{key}" href="/browse/{key}">{summary}</a></td>'
        f'<td class="status">{lozenge((fields or {}).get("status"))}</td></tr>'
    )
