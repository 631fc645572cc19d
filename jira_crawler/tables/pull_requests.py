"""Which pull request an address is of."""

from __future__ import annotations

import re
from typing import Final

_GITHUB: Final = re.compile(
    r"https?://(?:www\.)?github\.[a-z0-9.-]{2,100}/([A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100})/pull/(\d{1,12})(?:[/?#].*)?",
    re.DOTALL,
)


def pull_request(url: str) -> tuple[str | None, int | None]:
    """Gives repository and number of a pull request on GitHub, or on a GitHub of one's own."""
    found = _GITHUB.fullmatch(url)
    return (found[1], int(found[2])) if found else (None, None)
