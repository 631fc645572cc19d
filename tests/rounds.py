"""How often a test of chance is repeated: a few times, or as often as it takes to find what is rare.

THOROUGH=1 asks for the latter, as pytest --hypothesis-profile=thorough does of what Hypothesis makes up.
"""

from __future__ import annotations

import os
from typing import Any


def rounds(usual: int, thorough: int) -> int:
    """Gives the number of rounds that the environment asks for."""
    return thorough if os.environ.get("THOROUGH", "0") not in ("", "0") else usual


def thorough(*cases: Any) -> tuple[Any, ...]:
    """Gives the cases that are tried only if the environment asks for it: neighbours stand for them otherwise."""
    return cases[: rounds(0, len(cases))]
