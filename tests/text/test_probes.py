"""What redaction finds among probes that its rules were not tuned on, and what the documentation says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.text.probes import KINDS, PARTS, Tally, measure, table

DOCS = Path(__file__).parent.parent.parent / "docs" / "data-format.md"


@pytest.fixture(scope="module")
def held_out() -> dict[str, Tally]:
    return measure("held_out")


@pytest.mark.parametrize("kind", KINDS)
def test_enough_is_found_and_little_else(held_out: dict[str, Tally], kind: str) -> None:
    assert held_out[kind].recall >= 0.98
    assert held_out[kind].precision >= 0.95


def test_there_are_enough_probes(held_out: dict[str, Tally]) -> None:
    assert min(held_out[kind].positives for kind in (*KINDS, "negative")) >= 300


def test_what_is_no_secret_is_left_alone(held_out: dict[str, Tally]) -> None:
    assert held_out["negative"].recall >= 0.95


def test_the_rules_find_what_they_were_tuned_on() -> None:
    tuned = measure("tuning")
    assert {kind: tuned[kind].recall for kind in tuned if tuned[kind].recall < 1} == {}


def test_the_documentation_holds_this_table() -> None:
    documented = DOCS.read_text("utf-8").partition("<!-- probes -->")[2].partition("<!-- /probes -->")[0]
    assert documented.strip() == table()


def test_both_parts_are_there() -> None:
    assert all(sum(measure(part)[kind].positives for kind in KINDS) > 800 for part in PARTS)
