"""What may be done to lists: lies about totals, ends and tokens, repetitions, strangers."""

from __future__ import annotations

from typing import Any

from benchmarks.hostile_mutations import Harm, Mutation, Scene, with_json
from benchmarks.hostile_tracker import LISTINGS, LISTS, PEOPLES, PROJECT
from benchmarks.hostile_values import places_of, written
from tests.servers.hostile import Answer, as_json, issue


def total(answer: Answer, scene: Scene, values: tuple[Any, ...]) -> Answer:
    """Other totals and counts than are true, on the outside of the answer."""

    def change(value: Any) -> Any:
        return value | {name: scene.chance.choice(values) for name in ("total", "count") if name in value}

    return with_json(answer, change)


def total_up(answer: Answer, scene: Scene) -> Answer:
    return written(total(answer, scene, (100, 10**6, 10**23, 1e308, "@float@")))


def total_down(answer: Answer, scene: Scene) -> Answer:
    return total(answer, scene, (0, 1, 3, -1))


def same_again(answer: Answer, scene: Scene) -> Answer:
    """The first answer of this place, whatever is asked."""
    first: Answer = scene.memory.setdefault("same", answer)
    return first


def swapped(answer: Answer, scene: Scene) -> Answer:
    """What should have been said the last time."""
    before: Answer = scene.memory.get("before", answer)
    scene.memory["before"] = answer
    return before


def token_circle(answer: Answer, scene: Scene) -> Answer:
    """A token that leads back to the beginning, for ever."""
    return with_json(answer, lambda value: value | {"nextPageToken": "0", "isLast": False})


def token_stream(answer: Answer, scene: Scene) -> Answer:
    """Nothing, with ever new tokens and totals that promise more."""
    memory = scene.memory
    memory["n"] = memory.get("n", 0) + 1
    more = {"nextPageToken": str(memory["n"] % 5), "isLast": False, "total": 10**6, "startAt": memory["n"]}
    return with_json(answer, lambda value: value | {"issues": []} | more)


def ended(answer: Answer, scene: Scene) -> Answer:
    """An end where there is more."""
    return with_json(answer, lambda value: {k: v for k, v in value.items() if k != "nextPageToken"} | {"isLast": True})


def emptied(answer: Answer, scene: Scene) -> Answer:
    return with_json(answer, lambda value: value | {"issues": [], "total": 0})


def left_out(answer: Answer, scene: Scene) -> Answer:
    """One issue less than there are."""
    return with_json(answer, lambda value: value | {"issues": value["issues"][:-1]} if value.get("issues") else value)


def doubled(answer: Answer, scene: Scene) -> Answer:
    """Every issue twice."""
    return with_json(answer, lambda value: value | {"issues": [each for each in value["issues"] for _ in range(2)]})


def reversed_(answer: Answer, scene: Scene) -> Answer:
    return with_json(answer, lambda value: value | {"issues": value["issues"][::-1]})


def repeated_entry(answer: Answer, scene: Scene) -> Answer:
    """A list that holds its first entry over and over."""

    def change(value: Any) -> Any:
        for holder, name in places_of(value):
            if isinstance(holder[name], list) and holder[name]:
                holder[name] = holder[name][:1] * len(holder[name])
                break
        return value

    return with_json(answer, change)


def strangers(answer: Answer, scene: Scene) -> Answer:
    """Issues of forty other projects, beside the right ones or in their place."""
    others = [issue(700 + n, f"OTHER{n}") for n in range(40)]
    kept = scene.chance.random() < 0.5
    return with_json(answer, lambda value: value | {"issues": (value["issues"] if kept else []) + others})


def old_issue(answer: Answer, scene: Scene) -> Answer:
    """An issue that is older than any bound, and was not asked for."""
    old = issue(999, PROJECT, created="2001-01-01T00:00:00.000+0000", updated="2001-01-01T00:00:00.000+0000")
    return with_json(answer, lambda value: value | {"issues": [*value["issues"], old], "total": 1000})


def other_issue(answer: Answer, scene: Scene) -> Answer:
    """One issue where another was asked for."""
    return as_json(issue(scene.chance.choice((1, 2, 800)), scene.chance.choice((PROJECT, "OTHER"))))


LISTING_MUTATIONS = (
    Mutation("a total too high", total_up, places=(*LISTINGS, *LISTS, "count")),
    Mutation("a total too low", total_down, Harm.HIDES, places=(*LISTINGS, *LISTS, "count")),
    Mutation("the same for ever", same_again, places=(*LISTINGS, *LISTS, "issue", "count", *PEOPLES)),
    Mutation("the answer before", swapped, places=(*LISTINGS, *LISTS, "issue", *PEOPLES)),
    Mutation("a circle of tokens", token_circle, places=LISTINGS),
    Mutation("a stream of tokens", token_stream, places=LISTINGS),
    Mutation("an early end", ended, Harm.HIDES, places=LISTINGS),
    Mutation("an empty page", emptied, Harm.HIDES, places=LISTINGS),
    Mutation("an issue left out", left_out, Harm.HIDES, places=LISTINGS),
    Mutation("every issue twice", doubled, Harm.NONE, places=LISTINGS),
    Mutation("the other way round", reversed_, Harm.NONE, places=LISTINGS),
    Mutation("one entry over and over", repeated_entry, places=(*LISTINGS, *LISTS)),
    Mutation("strangers", strangers, places=LISTINGS),
    Mutation("an issue of old", old_issue, places=LISTINGS),
    Mutation("another issue", other_issue, places=("issue",)),
)
