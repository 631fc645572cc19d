"""Whom an issue names that only other issues know: the sketches of all issues in the feeds, put together.

What is called as often as a product is, and hardly ever somebody's name, is none. At most so many names are known; over
that the rarest go.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

logger = logging.getLogger(__name__)
MOST: Final = 200_000  # names and logins
FEW: Final = 10  # issues that may call somebody, however few know them …
TIMES: Final = 10  # … and of more at most so many for each that does
_AT_ONCE: Final = 10_000  # issues


def named(people: Iterable[bytes], mentions: Iterable[bytes], *, most: int = MOST) -> dict[int, str]:
    """Finds for each issue, by its place, the digests of those whom it names, in hex, joined by blanks.

    Both sketches are those of the same issues in the same order, as `redaction.project_names` makes them. Memory is
    that of `most` names and of what is found.
    """
    import numpy as np

    known, counts = _known(people, most)
    if not len(known):
        return {}
    calls = np.zeros(len(known), np.int64)
    found: dict[int, list[int]] = {}
    for at, digests in enumerate(mentions):
        if not digests:
            continue
        here = np.frombuffer(digests, np.uint64)
        places = np.minimum(np.searchsorted(known, here), len(known) - 1)
        if len(there := places[known[places] == here]):
            found[at] = there.tolist()
            calls[there] += 1
    is_name = calls <= np.maximum(FEW, TIMES * counts)
    told = {at: [known[place].tobytes().hex() for place in there if is_name[place]] for at, there in found.items()}
    return {at: " ".join(sorted(digests)) for at, digests in told.items() if digests}


def _known(people: Iterable[bytes], most: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """All names in order, and how many issues have each."""
    import numpy as np

    known, counts = np.empty(0, np.uint64), np.empty(0, np.int64)
    is_whole = True
    for part in _parts(people):
        more, of_more = np.unique(np.frombuffer(part, np.uint64), return_counts=True)
        both = np.concatenate((known, more))
        known, where = np.unique(both, return_inverse=True)
        counts = np.bincount(where, np.concatenate((counts, of_more))).astype(np.int64)
        if len(known) > 2 * most:
            known, counts = _commonest(known, counts, most)
            is_whole = False
    if len(known) > most:
        known, counts = _commonest(known, counts, most)
        is_whole = False
    if not is_whole:
        logger.warning("More than %d names are known of people: the rarest are not looked for in other issues", most)
    return known, counts


def _commonest(known: NDArray[Any], counts: NDArray[Any], most: int) -> tuple[NDArray[Any], NDArray[Any]]:
    import numpy as np

    chosen = np.sort(np.lexsort((known, -counts))[:most])
    return known[chosen], counts[chosen]


def _parts(people: Iterable[bytes]) -> Iterator[bytes]:
    each = iter(people)
    while part := list(islice(each, _AT_ONCE)):
        yield b"".join(part)
