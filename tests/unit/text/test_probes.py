"""What redaction finds among probes that its rules were not tuned on, and what the documentation says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.text.probes import FOLDER, KINDS, PARTS, Tally, measure, table, total

DOCS = Path(__file__).parent.parent.parent.parent / "docs" / "data-format.md"


@pytest.fixture(scope="module")
def sealed() -> dict[str, Tally]:
    return measure("sealed")


def test_enough_is_found_and_little_else(sealed: dict[str, Tally]) -> None:
    assert total(sealed).recall >= 0.98
    assert total(sealed).precision >= 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_enough_is_found_of_each_kind(sealed: dict[str, Tally], kind: str) -> None:
    assert sealed[kind].recall >= (0.9 if kind == "phone" else 0.95)  # no alphabet, length or word is a number's own


def test_there_are_enough_probes(sealed: dict[str, Tally]) -> None:
    assert min(sealed[kind].positives for kind in (*KINDS, "negative")) >= 100


def test_what_is_no_secret_is_left_alone(sealed: dict[str, Tally]) -> None:
    assert sealed["negative"].recall >= 0.95


def test_the_rules_find_what_they_were_tuned_on() -> None:
    tuned = measure("tuning")
    assert {kind: tuned[kind].recall for kind in tuned if tuned[kind].recall < 0.995} == {}


def test_the_documentation_holds_this_table() -> None:
    documented = DOCS.read_text("utf-8").partition("<!-- probes -->")[2].partition("<!-- /probes -->")[0]
    assert documented.strip() == table()


def test_both_parts_are_there() -> None:
    assert all((FOLDER / part).is_dir() for part in PARTS)
