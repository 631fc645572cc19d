"""Rows to be passed on: secrets become marks, people numbers, in every text and every column.

These are the people of the issue, and in texts also those whom only other issues know, where feeds number them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any, Final

import orjson

from jira_crawler.items import Person, replace
from jira_crawler.redaction.other_people import OtherPeople
from jira_crawler.redaction.people import People, mentioned
from jira_crawler.redaction.redact import redact, redact_batch
from jira_crawler.tables.facts import Row
from jira_crawler.tables.reading import person

# The version of the rules: 2 also numbers whom only other issues know, 3 knows more passwords, phones and names
# in small letters. With another one, months are other.
REDACTION: Final = 3

# The columns that say who somebody is; the id is in the column of the same name with `_id`.
_PEOPLE: Final = ("reporter", "creator", "assignee", "author", "update_author", "actor", "merged_by")
_OF_A_PERSON: Final = frozenset({"displayName", "emailAddress", "accountId"})
_FIELDS_OF_PEOPLE: Final = frozenset({"assignee", "reporter", "creator"})
# What a person has written, or may have; columns of choices, ids and addresses of the tracker are left alone.
_TEXTS: Final = {
    "issues": ("summary", "description", "environment", "labels", "components", "affects", "fixes", "milestone"),
    "comments": ("body",),
    "changelog": ("from_value", "to_value"),
    "attachments": ("filename",),
    "remote_links": ("title", "url", "global_id", "pr_repo"),
    "worklogs": ("comment",),
    "custom_fields": ("value_text",),
    "issue_versions": ("summary", "labels", "components", "fixes"),
    "pull_requests": ("head_ref", "head_repository"),
    "reviews": ("body",),
    "review_comments": ("body", "hunk"),
}
# What a history says by an id and is no person: numbers, and keys of issues.
_NO_PERSON: Final = re.compile(r"[0-9]{1,18}(?:, ?[0-9]{1,18})*|[A-Z][A-Z0-9_]*-[0-9]{1,18}")


def redacted(
    rows: dict[str, list[Row]], custom: dict[str, Any], own: Collection[str], payload: bytes, others: Collection[bytes]
) -> None:
    """Redacts the rows of one issue in place; what is whole JSON, and so holds whoever it holds, goes.

    `custom` are the values of its custom fields, `own` the columns of `issues` that they fill. `others` are digests of
    those whom it names and only other issues know: their numbers are behind those of its own people.
    """
    places = list(_places(rows, own))
    texts = list(dict.fromkeys(text for row, column in places for text in _texts(row[column])))
    logins = _logins(payload)
    persons = (replace(each, login=logins.get(each.id, each.login)) for each in _persons(rows, custom, payload))
    people = People(persons, "\n".join(texts))

    def change(text: str) -> tuple[str, Counter[str]]:
        text, counts = redact(text.replace("\0", "\ufffd"))
        return people.redact(text, counts), counts

    made = redact_batch(texts, change)[0]
    if others:
        behind = OtherPeople(others, "\n".join((*made, *people.labels)).encode("utf-8", "replace"))
        made = [behind.redact(each)[0] for each in made]
    safe = dict(zip(texts, made, strict=True))
    for row, column in places:
        value = row[column]
        row[column] = [safe[each] for each in value] if isinstance(value, list) else safe[value]
    for listed in rows.values():
        for row in listed:
            _number(row, people)
    for row in rows.get("attachments", []):
        row["path"] = None  # the name is in it, and the file is not passed on
    for row in rows.get("changelog", []):
        of_people = (row.get("field") or "").casefold() in _FIELDS_OF_PEOPLE
        for end in ("from", "to"):
            id_ = row.get(f"{end}_id") or ""
            if of_people or not _NO_PERSON.fullmatch(id_):
                row[f"{end}_id"] = None
                if id_ and not of_people:  # nobody knows whose it is, nor what is written beside it
                    named = people.named(Person(id_, "", id_))
                    row[f"{end}_value"] = named.name if named and named.id != id_ else None
    for row in rows.get("custom_fields", []):
        row["value_json"] = None


def _places(rows: dict[str, list[Row]], own: Collection[str]) -> Iterator[tuple[Row, str]]:
    """Gives every row and column in which there is a text, or a list of texts."""
    for table, columns in _TEXTS.items():
        for row in rows.get(table, []):
            for column in (*columns, *(own if table == "issues" else ())):
                value = row.get(column)
                if value and isinstance(value, (str, list)):
                    yield row, column


def _texts(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


def _persons(rows: dict[str, list[Row]], custom: dict[str, Any], payload: bytes) -> Iterator[Person]:
    """Gives who has to do with an issue, in the order in which they come into it."""
    issue = rows["issues"][0]
    yield from _of(issue, ("reporter", "creator"))
    for row in rows.get("comments", []):
        yield from _of(row, ("author", "update_author"))
    yield from _of(issue, ("assignee",))
    for table in ("changelog", "worklogs", "attachments", "reviews", "review_comments", "closings", "pull_requests"):
        for row in rows.get(table, []):
            yield from _of(row, ("author", "actor", "merged_by"))
    for row in rows.get("issue_versions", []):
        yield from _of(row, ("assignee",))
    for row in rows.get("changelog", []):
        if (row.get("field") or "").casefold() in _FIELDS_OF_PEOPLE:
            yield from (Person(name=name) for end in ("from_value", "to_value") if (name := row.get(end)))
    for value in custom.values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, dict) and not _OF_A_PERSON.isdisjoint(each):
                id_, name = person(each)
                yield Person(id_ or "", name or "", id_ or "")
    yield from mentioned(payload)


def _logins(payload: bytes) -> dict[str, str]:
    """What the people of a Server log in with, by their ids, of those who have another id: no column says that."""
    if b'"displayName"' not in payload:
        return {}
    try:
        left = [orjson.loads(payload)]
    except ValueError:
        return {}
    found: dict[str, str] = {}
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += value.values()
            id_, login = person(value)[0], value.get("name")
            if id_ and isinstance(login, str) and login != id_ and "displayName" in value:
                found[id_] = login
    return found


def _of(row: Row, columns: tuple[str, ...]) -> Iterator[Person]:
    for column in columns:
        id_, name = row.get(f"{column}_id"), row.get(column)
        if id_ or name:
            yield Person(id_ or "", name or "", id_ or "")


def _number(row: Row, people: People) -> None:
    for column in _PEOPLE:
        id_, name = row.get(f"{column}_id"), row.get(column)
        if id_ or name:
            named: Any = people.named(Person(id_ or "", name or "", id_ or ""))
            row[f"{column}_id"], row[column] = named.id, named.name
