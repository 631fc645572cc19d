"""Decides what a made-up tracker holds before a word is written: keys, instants, families, links, copies, moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from fake_jira.data.prose import Writer

START = 1_451_901_600_000  # 4 January 2016, 10:00 UTC
_EIGHT_YEARS = 8 * 365 * 86_400_000
_LONGEST_STEP = 2 * 45 * 60_000
RELATIONS = ("Blocks", "Duplicate", "Reference", "Cloners")


@dataclass(slots=True)
class Plan:
    """One issue to be. `text_seed` decides its words: a copy has that of its original, as has a `likeness`."""

    id: int
    key: str
    created: int
    text_seed: int
    summary: str = ""
    type: int = 0
    status: int = 0
    priority: int = 0
    original: int = 0
    likeness: str = ""
    parent: Plan | None = None
    children: list[Plan] = field(default_factory=list)
    links: list[tuple[int, str, bool, Plan]] = field(default_factory=list)
    moved_from: str = ""

    @property
    def project(self) -> str:
        return self.key.rpartition("-")[0]


def plans(count: int, projects: tuple[str, ...], chance: Random) -> list[Plan]:
    numbers, id_ = dict.fromkeys(projects, 0), 10_000
    found: list[Plan] = []
    writer = Writer(chance)
    for project, created in _arrivals(count, projects, chance):
        id_ += 1 + (int(chance.random() * 40) if chance.random() < 0.2 else 0)
        gap = int(chance.random() * 12) if chance.random() < 0.06 else 0
        numbers[project] += 1 + gap
        plan = Plan(id_, f"{project}-{numbers[project]}", created, chance.getrandbits(48))
        _describe(plan, found, chance, writer)
        if gap and len(projects) > 1 and chance.random() < 0.3:
            _move(plan, numbers, projects, chance)
        found.append(plan)
    for plan in found:
        _link(plan, found, chance)
    return found


def _arrivals(count: int, projects: tuple[str, ...], chance: Random) -> Iterator[tuple[str, int]]:
    """Project and instant of each issue: singly, or as imports of many within one minute or one instant."""
    now, done, step = START, 0, min(_LONGEST_STEP, 2 * _EIGHT_YEARS // max(count, 1))
    while done < count:
        now += 1000 + int(chance.random() * step) // 1000 * 1000
        favoured = projects[int(chance.random() ** 1.5 * len(projects))]
        project = projects[done] if done < len(projects) else favoured
        drawn = chance.random()
        if done == count // 8 or drawn < 0.004:
            burst = [now] * (3 + int(chance.random() * 9))
        elif done == count // 3 or drawn < 0.008:
            minute = now // 60_000 * 60_000 + 60_000
            burst = sorted(minute + int(chance.random() * 60) * 1000 for _ in range(15 + int(chance.random() * 40)))
        else:
            burst = [now]
        for now in burst[: count - done]:
            yield project, now
            done += 1


def _describe(plan: Plan, before: list[Plan], chance: Random, writer: Writer) -> None:
    drawn = chance.random()
    if before and drawn < 0.01:
        original = before[int(chance.random() * len(before))]
        if not original.original:
            plan.original, plan.text_seed, plan.summary = original.id, original.text_seed, original.summary
    plan.summary = plan.summary or writer.title()
    plan.type = int(chance.random() * 4)
    plan.status = int(chance.random() ** 0.6 * 5)
    plan.priority = int((chance.random() + chance.random()) * 2.5)
    parent = before[-1].parent or before[-1] if before else None
    if parent and drawn > 0.93 and parent.project == plan.project and len(parent.children) < 4:
        plan.parent, plan.type = parent, 4
        parent.children.append(plan)


def _move(plan: Plan, numbers: dict[str, int], projects: tuple[str, ...], chance: Random) -> None:
    """It was made in another project, whose number it left behind as a gap."""
    others = [project for project in projects if project != plan.project]
    other = others[int(chance.random() * len(others))]
    numbers[other] += 1
    plan.moved_from = f"{other}-{numbers[other]}"


def _link(plan: Plan, found: list[Plan], chance: Random) -> None:
    while chance.random() < 0.13:
        other = found[int(chance.random() * len(found))]
        if other is not plan:
            number, relation = chance.getrandbits(40), RELATIONS[int(chance.random() * 3)]
            plan.links.append((number, relation, True, other))
            other.links.append((number, relation, False, plan))
