"""Two thousand made-up issues of either dialect, made once: nobody changes them."""

from __future__ import annotations

import gc
from functools import cache
from typing import Any

from fake_jira.data.generate import MadeUp


@cache
def issues(dialect: str) -> list[dict[str, Any]]:
    made = list(MadeUp(2000, 7, ("DEMO", "TOOLS"), dialect, "http://sandbox").issues())
    gc.freeze()  # they stay, and are not gone through again and again for something to throw away
    return made
