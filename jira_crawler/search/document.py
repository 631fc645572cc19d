"""What is known of an issue where it is looked up: one document, whatever engine it goes to."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import msgspec

from jira_crawler.search.shown import MOST, About, Head, Line, packed, several, taken_apart
from jira_crawler.search.tokens import tokenized
from jira_crawler.text.minhash import PLACES

VERSION: Final = 2  # of what a document is; an index of another one is made anew
# Places of a sketch that are looked up together, and how often: 99 % of those alike by 0.7 share one of these, two of
# three of those alike by a half.
BAND: Final = 4
BANDS: Final = 16
QUALITY: Final = 53  # bits of a place that stand behind what is missing of the quality, in thousandths
_LONGEST_VALUE: Final = 200  # characters of a label, a status …


class Document(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An issue as an engine gets it.

    `title` to `names` are words with spaces between, `comments` one text each. `tags` are what it is chosen by exactly,
    as `status:in progress`; `facets` what is counted, by field. `cluster` is shared with its near-duplicates alone, and
    `bands` are the parts of its sketch, with spaces between. Times are epoch ms. `place` says which of two that fit as
    well comes first, the lower one. `shown` is what a hit is made of, and `seq` the number of the change of the store
    that it is as of.
    """

    identity: str
    seq: int
    place: int
    title: str
    description: str
    comments: list[str]
    names: str
    tags: list[str]
    cluster: str
    bands: str
    quality: float
    created: int
    updated: int
    seen: int
    facets: dict[str, str]
    shown: bytes


def identity(site: str, id_: str) -> str:
    """Gives the name by which an engine knows an issue."""
    return f"{site}/{id_}"


def tag(field: str, value: str) -> str:
    """Gives what an exact value of a field is looked up by, whatever its case and its spaces."""
    return f"{field}:{' '.join(value.casefold().split())[:_LONGEST_VALUE]}"


_USUAL: Final = ("site", "project", "status", "type", "priority", "resolution", "language", "reporter", "assignee")
_tag = lru_cache(maxsize=1 << 13)(tag)  # for values that one issue has like the other


def bands(sketch: bytes) -> str:
    """Gives the parts of a sketch that are looked up to find those that may be alike; a short one has a single part."""
    if len(sketch) != 2 * PLACES:
        return f"w{sketch.hex()}" if sketch else ""
    return sketch[: 2 * BAND * BANDS].hex(" ", 2 * BAND)


def document(line: Line, text: bytes, *, seq: int, seen: int, cluster: str, sketch: bytes) -> Document:
    """Makes a document of the line that shows an issue as a whole, that of `pretraining`, and of its text.

    `seen` (ms) is when the issue was first fetched as it is now. The line is as in a feed: redacted and cleaned. Raises
    ValueError where a date in it is none.
    """
    about = line.metadata
    if len(line.output) > MOST:
        line.output = line.output[:MOST]
        text = msgspec.json.encode(line)
    title, report, comments, speakers = taken_apart(line.output)
    (words, *said), names = tokenized([title, report, *comments])
    created, updated = _ms(about.created), _ms(about.updated)
    facets = {
        "project": about.project,
        "status": about.status,
        "type": about.issue_type,
        "month": about.created[:7],
        "language": about.language,
    }
    name = identity(about.site, about.issue_id)
    key = Head(key=about.issue_key, site=about.site, id=about.issue_id, cluster=cluster, seen=seen, sketch=sketch)
    return Document(
        identity=name,
        seq=seq,
        place=_place(about.quality, updated, name),
        title=words,
        description=said[0],
        comments=said[1:],
        names=names,
        tags=_tags(about, speakers, cluster),
        cluster=cluster,
        bands=bands(sketch),
        quality=about.quality,
        created=created,
        updated=updated,
        seen=seen,
        facets={field: value[:_LONGEST_VALUE] for field, value in facets.items() if value},
        shown=packed(key, text),
    )


def _tags(about: About, speakers: list[str], cluster: str) -> list[str]:
    tags = [tag("key", about.issue_key), tag("id", about.issue_id), tag("cluster", cluster)]
    tags += _usual(
        about.site,
        about.project,
        about.status,
        about.issue_type,
        about.priority,
        about.resolution,
        about.language,
        about.reporter,
        about.assignee,
    )
    tags += [_tag("label", value) for value in several(about.labels)]
    tags += [_tag("component", value) for value in several(about.components)]
    tags += [_tag("commenter", value) for value in dict.fromkeys(speakers) if value]
    return tags


@lru_cache(maxsize=1 << 12)  # many issues have the same of all these
def _usual(*values: str) -> list[str]:
    return [tag(field, value) for field, value in zip(_USUAL, values, strict=True) if value]


def _place(quality: float, updated: int, name: str) -> int:
    """The better one comes first, then what was edited last; the rest is settled by the name, for good."""
    seconds = min(max(updated // 1000, 0), (1 << 33) - 1)
    rest = int.from_bytes(blake2b(name.encode(), digest_size=3).digest(), "big") >> 4
    return (1000 - min(max(round(quality * 1000), 0), 1000)) << QUALITY | ((1 << 33) - 1 - seconds) << 20 | rest


def _ms(date: str) -> int:
    return int(datetime.fromisoformat(date).timestamp() * 1000)
