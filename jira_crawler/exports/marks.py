"""Counts the marks that stand where redaction took something out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

MARKS: Final = ("EMAIL", "IP", "KEY", "PRIVATE_KEY", "PASSWORD", "CREDENTIALS", "USER")
_MARK: Final = re.compile(rf"<({'|'.join(MARKS)})>")


def marks(text: str) -> Counter[str]:
    """How often each mark stands in a text."""
    return Counter(_MARK.findall(text)) if "<" in text else Counter()
