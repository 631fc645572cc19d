"""Issues → the JSON of a search page, joined from bytes that are ready; shared by both dialects."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from html import escape
from typing import Any

import orjson

from fake_jira.data.selection import Selection
from fake_jira.data.stored import Stored
from fake_jira.jql.words import plain

Show = Callable[[Stored], bytes]


def shower(
    selection: Selection, expand: Collection[str], chance: random.Random, more: str, api: tuple[bytes, bytes]
) -> Show:
    """How one issue is shown. `more` is its `expand` text; `api` swaps the version in its own address."""
    start = b'{"expand":' + orjson.dumps(more) + b","
    histories, rendered = "changelog" in expand, "renderedFields" in expand

    def show(issue: Stored) -> bytes:
        parts = [start, issue.head.replace(*api) if api[0] != api[1] else issue.head]
        if not selection.nothing:
            parts += [b',"fields":', selection.bytes_of(issue, chance)]
        if rendered:
            parts += [b',"renderedFields":', orjson.dumps(_rendered(issue, selection))]
        if histories:
            parts += [b',"changelog":', issue.changelog]
        parts.append(b"}")
        return b"".join(parts)

    return show


def _rendered(issue: Stored, selection: Selection) -> dict[str, Any]:
    """The HTML of the texts, in the plainest form: what stood in the body, escaped, in one paragraph."""
    fields = selection.narrow(orjson.loads(issue.fields))
    found: dict[str, Any] = {name: html(fields[name]) for name in ("description", "environment") if fields.get(name)}
    if isinstance(fields.get("comment"), dict):
        comments = [{**one, "body": html(one.get("body"))} for one in fields["comment"]["comments"]]
        found["comment"] = {**fields["comment"], "comments": comments}
    return found


def html(body: Any) -> str:
    text = escape("\n".join(part for part in plain(body) if part), quote=False)
    return "<p>" + text.replace("\r\n", "\n").replace("\n", "<br/>\n") + "</p>"


def names_and_schema(listed: Callable[[], list[dict[str, Any]]], expand: Collection[str]) -> dict[str, Any]:
    """What `expand=names,schema` adds to the top of an answer."""
    found: dict[str, Any] = {}
    if "names" in expand:
        found["names"] = {field["id"]: field["name"] for field in listed()}
    if "schema" in expand:
        found["schema"] = {field["id"]: field["schema"] for field in listed() if "schema" in field}
    return found
