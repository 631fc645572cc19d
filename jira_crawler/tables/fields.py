"""What a tracker answers when it is asked what its fields are called."""

from __future__ import annotations

from typing import Any

import msgspec

from jira_crawler.exceptions import Unreadable
from jira_crawler.store.catalogue import SERVICE_LEVEL, Entry
from jira_crawler.tables import reading as read
from jira_crawler.trackers.contract import Query

SERVICE_LEVELS = "com.atlassian.servicedesk:sd-sla-field"  # what a schema says of a field that is one
PAGE_SIZE = 50  # of /field/search, which gives no more


def ask_all(base: str, dialect: str) -> Query:
    """Asks for the fields that a visitor sees, in one answer."""
    return Query(f"{base}/rest/api/{'3' if dialect == 'cloud' else '2'}/field")


def ask_search(base: str, start: int) -> Query:
    """Asks a Cloud for a page of its fields; it names others than `ask_all` does."""
    return Query(f"{base}/rest/api/3/field/search", (("startAt", str(start)), ("maxResults", str(PAGE_SIZE))))


def read_fields(body: bytes, site: str, asked_at: int) -> tuple[list[Entry], bool]:
    """Reads either answer, and tells whether it is the last page; raises Unreadable for what is none."""
    try:
        told: Any = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no list of fields: {error}") from error
    listed = told.get("values") if isinstance(told, dict) else told
    if not isinstance(listed, list):
        raise Unreadable("no list of fields")
    entries = []
    for each in read.mappings(listed):
        schema = read.mapping(each.get("schema"))
        if (id_ := read.text(each.get("id"))) and (name := read.text(each.get("name"))):
            entries.append(Entry(site, "field", id_, name, read.text(schema.get("type")) or "", asked_at))
            if schema.get("custom") == SERVICE_LEVELS:
                entries.append(Entry(site, SERVICE_LEVEL, id_, name, "", 0))
    return entries, not isinstance(told, dict) or told.get("isLast") is not False or not listed
