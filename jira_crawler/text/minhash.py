"""What a text is compared by, to find texts that say nearly the same: a sketch of at most 256 bytes.

It is the MinHash of its word 5-grams, or, below 50 words, a digest of its words.
"""

from __future__ import annotations

import sys
from array import array
from hashlib import blake2b
from typing import Final

from rensa import RMinHash

from jira_crawler.text.words import each_word

LONG: Final = 50  # words, from which texts are compared by their grams
GRAM: Final = 5  # words

PLACES: Final = 128
_SEED: Final = 1  # another one would make all stored sketches void


def minhash(text: str) -> bytes:
    """What a text is compared by: 256 bytes from 50 words up, 8 bytes below, and none for no words at all."""
    words = each_word(text.casefold())
    if not words:
        return b""
    if len(words) < LONG:
        return blake2b(" ".join(words).encode(), digest_size=8).digest()
    minima = RMinHash(num_perm=PLACES, seed=_SEED)
    minima.update(list(map(" ".join, zip(*(words[at:] for at in range(GRAM)), strict=False))))
    halves = array("H", array("I", minima.digest()).tobytes())  # of 32 bits, the lower ones are kept
    if sys.byteorder == "big":
        halves.byteswap()
        return halves[1::2].tobytes()
    return halves[::2].tobytes()
