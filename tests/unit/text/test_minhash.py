"""Sketches are stored, so they are these and no others: a version of rensa that draws others would void every store."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

from jira_crawler.text.minhash import minhash

ROOT = Path(__file__).parent.parent.parent.parent
LONG = " ".join(f"word{number}" for number in range(60))


@pytest.mark.parametrize(
    ("text", "begins", "digest"),
    [
        (LONG, "69101e9a3f49bd5823e36e222feecfb5", "f7a813d2934ec38e"),
        ("水泵" * 40, "214bde4f44f3ec65c793900ed66e7d33", "a5ec523b9e6409d2"),
        ("Pump stops when cold", "f4730b97bba931d1", "0ab276735b80fd74"),
    ],
)
def test_a_text_is_sketched_as_it_always_was(text: str, begins: str, digest: str) -> None:
    assert minhash(text).hex().startswith(begins)
    assert sha256(minhash(text)).hexdigest()[:16] == digest


def test_what_draws_them_is_pinned_wherever_it_is_asked_for() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    pins = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in asked if line.startswith("rensa")] == [line for line in pins if line.startswith("rensa")]
    assert len([line for line in asked if line.startswith("rensa==")]) == 1
