"""What is known of an issue where it is looked up: one document, whatever engine it goes to."""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import orjson

from jira_crawler.search.tokens import code_names, tokenized
from jira_crawler.tasks.leak import SEPARATOR
from jira_crawler.tasks.thread import CLOSED, COMMENT, START
from jira_crawler.text.minhash import PLACES

VERSION: Final = 1  # of what a document is; an index of another one is made anew
MOST: Final = 1_000_000  # characters of an issue; what comes behind them is not found
# Places of a sketch that are looked up together, and how often: 99 % of those alike by 0.7 share one of these, two of
# three of those alike by a half.
BAND: Final = 4
BANDS: Final = 16
QUALITY: Final = 53  # bits of a place that stand behind what is missing of the quality, in thousandths
_LONGEST_VALUE: Final = 200  # characters of a label, a status …
_SAID: Final = ("issue_key", "issue_id", "site", "project", "url", "issue_type", "status", "priority", "resolution")
_DATED: Final = ("created", "updated", "language", "reporter", "assignee")


@dataclass(frozen=True, slots=True)
class Document:
    """An issue as an engine gets it.

    `title` to `names` are words with spaces between, `comments` one text each. `tags` are what it is chosen by exactly,
    as `status:in progress`; `facets` what is counted, by field; `bands` the parts of its sketch. Times are epoch ms.
    `place` says which of two that fit as well comes first, the lower one. `shown` is the JSON that a hit is made of,
    and `seq` the number of the change of the store that it is as of.
    """

    identity: str
    seq: int
    place: int
    title: str
    description: str
    comments: list[str]
    names: str
    tags: list[str]
    bands: list[str]
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


def bands(sketch: bytes) -> list[str]:
    """Gives the parts of a sketch that are looked up to find those that may be alike; a short one has a single part."""
    if len(sketch) != 2 * PLACES:
        return [f"w{sketch.hex()}"] if sketch else []
    width = 2 * BAND
    return [f"{at:x}.{zlib.crc32(sketch[at : at + width]):x}" for at in range(0, BANDS * width, width)]


def document(line: Mapping[str, Any], *, seq: int, seen: int, cluster: str, sketch: bytes) -> Document:
    """Makes a document of the line that shows an issue as a whole: that of `pretraining`.

    `seen` (ms) is when the issue was first fetched as it is now. `line` is as in a feed: redacted and cleaned.
    """
    about = line["metadata"]
    title, report, comments, speakers = taken_apart(line["output"][:MOST])
    labels, components = (list(filter(None, about[name].split(SEPARATOR))) for name in ("labels", "components"))
    created, updated = _ms(about["created"]), _ms(about["updated"])
    texts = [report, *comments]
    facets = {
        "project": about["project"],
        "status": about["status"],
        "type": about["issue_type"],
        "month": about["created"][:7],
        "language": about["language"],
    }
    shown = {name: about[name] for name in (*_SAID, *_DATED)}
    shown |= {
        "title": title,
        "quality": about["quality"],
        "quality_reasons": _reasons(about["quality_reasons"]),
        "labels": labels,
        "components": components,
        "cluster": cluster,
        "seen": _stamp(seen),
        "texts": texts,
        "sketch": b64encode(sketch).decode(),
    }
    name = identity(about["site"], about["issue_id"])
    return Document(
        identity=name,
        seq=seq,
        place=_place(about["quality"], updated, name),
        title=tokenized(title),
        description=tokenized(report),
        comments=[words for text in comments if (words := tokenized(text))],
        names=code_names([title, *texts]),
        tags=list(_tags(about, labels, components, speakers, cluster)),
        bands=bands(sketch),
        quality=about["quality"],
        created=created,
        updated=updated,
        seen=seen,
        facets={field: value[:_LONGEST_VALUE] for field, value in facets.items() if value},
        shown=orjson.dumps(shown),
    )


def taken_apart(thread: str) -> tuple[str, str, list[str], list[str]]:
    """Takes a whole thread apart: title, report, comments, and who says something.

    No line of a text looks like a mark or a head: whoever made the thread saw to that.
    """
    said = thread.removeprefix(f"{START}\n").partition(f"\n\n{CLOSED}\n")[0]
    opening, *rest = said.split(f"\n\n{COMMENT}\n")
    title, _, report = opening.partition("\n\n## user")
    speakers, texts = [], []
    for part in (report, *(each.removeprefix("## user") for each in rest)):
        number, _, text = part.partition("\n\n")
        speakers.append(f"user{number}" if part else "")
        texts.append(text)
    return title.removeprefix("# "), texts[0], texts[1:], speakers[1:]


def _tags(
    about: Mapping[str, Any], labels: list[str], components: list[str], speakers: list[str], cluster: str
) -> Iterator[str]:
    single = {
        "key": about["issue_key"],
        "id": about["issue_id"],
        "site": about["site"],
        "project": about["project"],
        "status": about["status"],
        "type": about["issue_type"],
        "priority": about["priority"],
        "resolution": about["resolution"],
        "language": about["language"],
        "reporter": about["reporter"],
        "assignee": about["assignee"],
        "cluster": cluster,
    }
    yield from (tag(field, value) for field, value in single.items() if value)
    for field, values in (("label", labels), ("component", components), ("commenter", dict.fromkeys(speakers))):
        yield from (tag(field, value) for value in values if value)


def _place(quality: float, updated: int, name: str) -> int:
    """The better one comes first, then what was edited last; the rest is settled by the name, for good."""
    seconds = min(max(updated // 1000, 0), (1 << 33) - 1)
    rest = int.from_bytes(blake2b(name.encode(), digest_size=3).digest(), "big") >> 4
    return (1000 - min(max(round(quality * 1000), 0), 1000)) << QUALITY | ((1 << 33) - 1 - seconds) << 20 | rest


def _reasons(said: str) -> dict[str, float]:
    """`length 0.512, code 1` as numbers by name."""
    parts = (part.rpartition(" ") for part in said.split(SEPARATOR) if part)
    return {name: float(value) for name, _, value in parts}


def _ms(date: str) -> int:
    return int(datetime.fromisoformat(date).timestamp() * 1000)


def _stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
