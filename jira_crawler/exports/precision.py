"""How well secrets and people are found, for the card: as docs/data-format.md says, which tests hold this against."""

from __future__ import annotations

from typing import Final

# Of the sealed probes: kind, probes, recall, precision
SEALED: Final = (
    ("email", 390, 0.982, 0.983),
    ("ip", 395, 0.992, 0.995),
    ("key", 425, 0.988, 0.989),
    ("password", 483, 0.973, 1.000),
    ("credentials", 385, 0.997, 1.000),
    ("private_key", 385, 0.992, 0.992),
    ("home", 375, 1.000, 1.000),
    ("person", 430, 0.984, 1.000),
    ("phone", 302, 0.917, 0.972),
    ("all", 3570, 0.982, 0.993),
)

# Of real texts that were read: kind, marks, recall, precision
REAL: Final = (
    ("email", 91, 0.989, 0.978),
    ("phone", 1, 1.000, 1.000),
    ("ip", 4, 1.000, 1.000),
    ("key", 19, 1.000, 1.000),
    ("password", 4, 1.000, 1.000),
    ("home", 2752, 1.000, 0.999),
)

# People whom only other issues know, on real texts that were read: full names that there were and that were numbered,
# and of all numbers that were read those that are right.
NAMES: Final = (37, 37)
NUMBERS: Final = (141, 141)
