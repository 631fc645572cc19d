from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from jira_crawler.items import Issue
from jira_crawler.tasks import EVERY
from jira_crawler.tasks.instructions import FEWEST, example, lot

Make = Callable[..., Issue]

VARIANTS = {
    f"{family.__name__.rpartition('.')[2]}/{variant}": ways
    for family in EVERY
    for variant, ways in family.INSTRUCTIONS.items()
}


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "pretraining/thread"])
def test_every_variant_is_asked_for_in_several_ways(variant: str) -> None:
    ways = VARIANTS[variant]
    assert len({way.casefold() for way in ways}) == len(ways) >= FEWEST
    for way in ways:
        assert way == way.strip()
        assert way[0].isupper()
        assert way[-1] in ".?"
        assert "\n" not in way
        assert "  " not in way


def test_pretraining_asks_nothing() -> None:
    assert VARIANTS["pretraining/thread"] == ("",)


def test_no_two_variants_share_a_way() -> None:
    ways = [way for each in VARIANTS.values() for way in each]
    assert len(ways) == len(set(ways))


def test_the_choice_hangs_on_identity_alone(make: Make) -> None:
    ways = tuple(map(str, range(1_000)))

    def chosen(issue: Issue, variant: str = "v", suffix: str = "") -> str:
        return example(issue, "t", variant, ways, shown="x", answer="y", suffix=suffix).instruction

    issue = make()
    same = chosen(make(title="Other", description="Text", key="XYZ-9")), chosen(replace(issue, site="b"))
    assert {chosen(issue), *same} == {"801"}
    others = [
        chosen(replace(issue, id="7")),
        chosen(issue, "w"),
        chosen(issue, "v", "2"),
    ]
    assert len({chosen(issue), *others}) == 4


def test_the_choice_is_even(make: Make) -> None:
    issue = make()
    counts = Counter(lot(replace(issue, id=str(number)), "task") % 6 for number in range(6_000))
    assert set(counts) == set(range(6))
    assert all(900 < count < 1_100 for count in counts.values())


def test_no_text_is_refused(make: Make) -> None:
    assert lot(make(), "\ud800") != lot(make(), "?")
