"""What may be done to the JSON of an answer: any value in any place, none, texts and lists without measure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchmarks.hostile_mutations import Harm, Mutation, Scene, with_body, with_json
from benchmarks.hostile_tracker import LISTINGS, LISTS
from tests.servers.hostile import Answer

DEEP = "@deep@"
# Stand for what json.dumps would not write.
WRITTEN = {
    DEEP: b"[" * 100_000 + b"]" * 100_000,
    "@nan@": b"NaN",
    "@digits@": b"9" * 5_000,
    "@float@": b"1e400",
    "@surrogate@": b'"\\ud800"',
    "@twice@": b'{"id": "1", "id": "2"}',
}
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 7, 1.5, 1e308, 10**23, "", " ", "²", "١٢", "x", "null", [], {}, [None], [[]], {"": 0}),
    *("../../../escaped", "/tmp/escaped", "..\\escaped-1", "ESCAPED/../../x-1", "CON-1", "a\0b", "-1", "\u202eevil"),
    *("2026-13-45", "0000-00-00T00:00:00.000+0000", "9999-12-31T23:59:59.999-2359", "1e9", "<script>", "\x1b[2J"),
    *("N" * 2_000, [1] * 5_000, {str(n): n for n in range(3_000)}, *WRITTEN),
)


def odd_value(answer: Answer, scene: Scene) -> Answer:
    """Any JSON value in any place."""

    def change(value: Any) -> Any:
        holder, name = scene.chance.choice([*places_of(value), (None, "")])
        if holder is None:
            return scene.chance.choice(VALUES)
        holder[name] = scene.chance.choice(VALUES)
        return value

    return written(with_json(answer, change))


def gone_value(answer: Answer, scene: Scene) -> Answer:
    """One value less, wherever it was."""

    def change(value: Any) -> Any:
        places = list(places_of(value))
        if places:
            holder, name = scene.chance.choice(places)
            del holder[name]
        return value

    return with_json(answer, change)


def odd_issue(answer: Answer, scene: Scene) -> Answer:
    """Any JSON value in what every issue must have: its id, key, project, dates, fields."""
    names = ("id", "key", "fields", "changelog")
    within = ("created", "updated", "project", "summary", "comment", "worklog", "issuetype", "labels", "reporter")

    def change(value: Any) -> Any:
        issues = value.get("issues") if isinstance(value, dict) and "issues" in value else [value]
        if issues:
            each = scene.chance.choice(issues)
            holder, name = scene.chance.choice([(each, n) for n in names] + [(each["fields"], n) for n in within])
            holder[name] = scene.chance.choice(VALUES)
        return value

    return written(with_json(answer, change))


def written(answer: Answer) -> Answer:
    """Puts in what json.dumps would not write."""
    body = answer.body
    for name, bytes_ in WRITTEN.items():
        body = body.replace(f'"{name}"'.encode(), bytes_)
    return with_body(answer, body)


def long_text(answer: Answer, scene: Scene) -> Answer:
    """One text of 20 MB."""
    text = scene.chance.choice(("broker ", "@", "[x|http://y] ", "{code}")) * 20_000_000

    def change(value: Any) -> Any:
        _first(value)["fields"]["description"] = text[:20_000_000]
        return value

    return with_json(answer, change)


def long_list(answer: Answer, scene: Scene) -> Answer:
    """A list of 200,000 entries where a few should be."""

    def change(value: Any) -> Any:
        for holder, name in places_of(value):
            if isinstance(holder[name], list):
                holder[name] = [scene.chance.choice((0, {}, {"id": "1"}))] * 200_000
                break
        return value

    return with_json(answer, change)


def _first(value: Any) -> Any:
    issues = value.get("issues")
    return issues[0] if issues else value if "fields" in value else {"fields": {}}


def places_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Gives every place in a JSON value as (holder, name)."""
    names = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        yield value, name
        yield from places_of(value[name])


VALUE_MUTATIONS = (
    Mutation("an odd value", odd_value, Harm.HIDES),
    Mutation("a value less", gone_value, Harm.HIDES),
    Mutation("an odd issue", odd_issue, places=(*LISTINGS, "issue")),
    Mutation("a text of 20 MB", long_text, places=("page", "issue")),
    Mutation("a long list", long_list, places=(*LISTINGS, "issue", *LISTS)),
)
