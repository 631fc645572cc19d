"""Reports that somebody else has made before, in slightly other words, and clones, which carry their title's mark."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from fake_jira.data.blocks import Block, Paragraph
from fake_jira.data.plan import Plan
from fake_jira.data.prose import Writer

REWORDED, CLONE = "reworded", "clone"
_SHARE_REWORDED, _SHARE_CLONES = 0.03, 0.015
_NEAR = 400
"""A report is made again while the first one is still about."""
_TITLES = ("{} again", "Still: {}", "{}, also on our side")
_SAME_HERE = (
    "We have the same with {version} since {number} hours.",
    "This happens here as well, with {version} and {number} {thing}.",
    "I have seen this {number} times since yesterday.",
)
_OTHER_WORDS = (
    ("We noticed that", "I noticed that"),
    ("on our cluster", "in our installation"),
    ("I could reproduce this", "This can be reproduced"),
    ("The cause seems to be", "The reason seems to be"),
    ("As a workaround", "For now"),
    ("It would help if", "It would be nice if"),
    ("Nothing is logged", "There is nothing in the log"),
    ("makes the problem go away", "helps"),
    ("behaves differently", "is different"),
    ("It takes about", "It takes around"),
)


def relate(plans: Sequence[Plan]) -> None:
    """Makes a few plans the likeness of an earlier one, and links them to it as people do."""
    copied = {plan.original for plan in plans}
    for place, plan in enumerate(plans):
        chance = Random(f"likeness of {plan.id}")  # noqa: S311 - repeatable on purpose
        drawn = chance.random()
        alone = not (plan.original or plan.parent or plan.children or plan.id in copied)
        if place and alone and drawn < _SHARE_REWORDED + _SHARE_CLONES:
            first = plans[place - 1 - int(chance.random() * min(place, _NEAR))]
            if not (first.original or first.likeness):
                _resemble(plan, first, REWORDED if drawn < _SHARE_REWORDED else CLONE, chance)


def _resemble(plan: Plan, first: Plan, likeness: str, chance: Random) -> None:
    plan.likeness = likeness
    plan.text_seed = first.text_seed
    pattern = _TITLES[int(chance.random() * len(_TITLES))] if likeness == REWORDED else "CLONE - {}"
    plan.summary = pattern.format(first.summary)
    number, relation = chance.getrandbits(40), "Duplicate" if likeness == REWORDED else "Cloners"
    plan.links.append((number, relation, True, first))
    first.links.append((number, relation, False, plan))


def reword(blocks: list[Block], writer: Writer) -> list[Block]:
    """Says the first paragraph in slightly other words; the rest was copied."""
    match blocks:
        case [Paragraph((str(text),)), *rest]:
            old, new = next(((old, new) for old, new in _OTHER_WORDS if old in text), ("", ""))
            return [Paragraph((f"{text.replace(old, new, 1)} {writer.fill(writer.pick(_SAME_HERE))}",)), *rest]
    return blocks
