"""Values of custom fields, whatever they are: as text, number, time, and in full; and cycles of service levels."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from typing import Any, Final

import orjson

from jira_crawler.tables import reading as read
from jira_crawler.tables.context import SiteContext
from jira_crawler.tables.facts import Facts, Row
from jira_crawler.tables.texts import ToText
from jira_crawler.trackers.jira.service_levels import OVERLAID, is_service_level

_SAYING: Final = (
    "displayName",
    "value",
    "name",
    "key",
    "title",
    "label",
    "id",
)  # how a thing is called, the best first


def custom_fields(found: Facts, site: SiteContext, to_text: ToText) -> list[Row]:
    """Gives a row for each custom field that holds something."""
    rows = []
    for id_ in sorted(found.custom):
        value = found.custom[id_]
        if value in ([], {}, "") or is_service_level(value):
            continue
        row = {
            "field_id": id_,
            "name": site.fields.get(id_),
            "value_text": said(value, to_text),
            "value_number": number(value),
            "value_time": read.time(value) if _is_dated(value) else None,
            "value_json": as_json(value) if isinstance(value, (dict, list)) and not _is_document(value) else None,
        }
        rows.append(row)
    return rows


def own_columns(found: Facts, site: SiteContext, to_text: ToText) -> Row:
    """Gives the values of the columns that a site's custom fields fill; None where a value is of another type."""
    return {own.column.name: _typed(found.custom.get(own.field_id), own.column.type, to_text) for own in site.columns}


def sla_cycles(found: Facts, site: SiteContext, since: int) -> list[Row]:
    """Gives the cycles of service levels, the completed ones first; what moves with the clock is not in them."""
    rows = []
    for id_ in sorted(found.custom):
        level = found.custom[id_]
        if not is_service_level(level):
            continue
        overlaid = read.millis(read.mapping(level.get(OVERLAID)).get("fetched"))
        completed = read.mappings(level.get("completedCycles"))
        ongoing = [cycle] if (cycle := read.mapping(level.get("ongoingCycle"))) else []
        for at, cycle in enumerate((*completed, *ongoing), 1):
            done = at <= len(completed)
            row = {
                "sla_id": id_,
                "name": read.text(level.get("name")) or site.fields.get(id_),
                "cycle": at,
                "state": "completed" if done else "ongoing",
                "start_at": _moment(cycle.get("startTime")),
                "stop_at": _moment(cycle.get("stopTime")),
                "breach_at": _moment(cycle.get("breachTime")),
                "breached": read.flag(cycle.get("breached")),
                "paused": read.flag(cycle.get("paused")),
                "goal_ms": _length(cycle.get("goalDuration")),
                "elapsed_ms": _length(cycle.get("elapsedTime")) if done else None,
                "fetched_at": overlaid or since,
                "source": "overlay" if overlaid else "issue",
            }
            rows.append(row)
    return rows


def said(value: Any, to_text: ToText) -> str | None:
    """Says a value as a person would read it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value) if isinstance(value, float) or abs(value) < 10**40 else None
    if isinstance(value, str):
        return value or None
    if _is_document(value):
        return to_text(value)
    if isinstance(value, list):
        return ", ".join(part for each in value if (part := said(each, to_text))) or None
    return " / ".join(_parts(value, to_text)) or None


def _parts(value: Any, to_text: ToText) -> Iterator[str]:
    """Gives the name of a thing, and behind it those of what was chosen below it."""
    for _ in range(10):
        if not isinstance(value, dict):
            return
        known = next((value[name] for name in _SAYING if isinstance(value.get(name), (str, int))), None)
        if known is not None and (shown := said(known, to_text)):
            yield shown
        value = value.get("child")


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        read = float(value)
    except OverflowError:
        return None
    return read if isfinite(read) else None


def as_json(value: Any) -> str | None:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # numbers beyond 64 bits, halves of characters, too deep
        return None


def _typed(value: Any, kind: str, to_text: ToText) -> Any:
    if kind == "number":
        return number(value)
    if kind == "time":
        return read.time(value)
    if kind == "flag":
        return read.flag(value)
    if kind == "list":
        return [part for each in value if (part := said(each, to_text))] if isinstance(value, list) else None
    return said(value, to_text) if value is not None else None


def _is_document(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def _is_dated(value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" and value[7:8] == "-"


def _moment(value: Any) -> int | None:
    told = read.mapping(value)
    return read.millis(told.get("epochMillis")) or read.time(told.get("iso8601"))


def _length(value: Any) -> int | None:
    return read.whole(read.mapping(value).get("millis"))
