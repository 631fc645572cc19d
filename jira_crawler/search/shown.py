"""What an index keeps of an issue to show it: the line of its feed as it is, and what no line says.

The line is read when somebody is shown the issue: that happens to few, and to make another record of each would take
as long as to take its texts apart.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from jira_crawler.tasks.leak import SEPARATOR
from jira_crawler.tasks.thread import CLOSED, COMMENT, START

MOST: Final = 1_000_000  # characters of an issue; what comes behind them is not found
_SAID: Final = ("issue_key", "issue_id", "site", "project", "url", "issue_type", "status", "priority", "resolution")
_DATED: Final = ("created", "updated", "language", "reporter", "assignee")
Unreadable: Final = (msgspec.MsgspecError, UnicodeDecodeError)  # what reading a line raises that is none


class About(msgspec.Struct):
    """What a line says of its issue."""

    issue_key: str
    issue_id: str
    site: str
    project: str
    url: str
    issue_type: str
    status: str
    priority: str
    resolution: str
    created: str
    updated: str
    language: str
    reporter: str
    assignee: str
    quality: float
    quality_reasons: str
    labels: str
    components: str


class Line(msgspec.Struct):
    """The line of a feed that shows an issue as a whole, as far as anybody is interested in it here."""

    task_type: str
    output: str
    metadata: About


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of many documents to choose those that are shown. `seen` is epoch ms."""

    key: str
    site: str
    id: str
    cluster: str
    seen: int
    sketch: bytes


_line: Final = msgspec.json.Decoder(Line)
_head: Final = msgspec.json.Decoder(Head)


def read(line: bytes) -> Line:
    """Reads a line; raises one of `Unreadable` for what is none, or lacks something."""
    return _line.decode(line)


def packed(head: Head, line: bytes) -> bytes:
    """Gives both as an engine keeps them: JSON on two lines."""
    return msgspec.json.encode(head) + b"\n" + line


def head(shown: bytes) -> Head:
    """Reads what has to be known of many."""
    return _head.decode(shown[: shown.index(b"\n")])


def hit_of(shown: bytes) -> tuple[dict[str, Any], list[str]]:
    """Makes what somebody is shown of an issue, and gives the texts that a snippet is cut out of."""
    about, line = head(shown), read(shown[shown.index(b"\n") + 1 :])
    title, report, comments, _ = taken_apart(line.output)
    told: dict[str, Any] = {name: getattr(line.metadata, name) for name in (*_SAID, *_DATED)}
    told |= {
        "title": title,
        "quality": line.metadata.quality,
        "quality_reasons": _reasons(line.metadata.quality_reasons),
        "labels": several(line.metadata.labels),
        "components": several(line.metadata.components),
        "cluster": about.cluster,
        "seen": _stamp(about.seen),
    }
    return told, [report, *comments]


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


def several(said: str) -> list[str]:
    """Takes the values of a field apart that may have more than one."""
    return list(filter(None, said.split(SEPARATOR)))


def _reasons(said: str) -> dict[str, float]:
    """`length 0.512, code 1` as numbers by name."""
    found = {}
    for part in filter(None, said.split(SEPARATOR)):
        name, _, value = part.rpartition(" ")
        with suppress(ValueError):  # of a line that somebody has written by hand
            found[name] = float(value)
    return found


def _stamp(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
