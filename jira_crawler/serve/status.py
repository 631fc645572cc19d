"""How a live crawl is at one moment, as whoever looks at it sees it: values alone, which JSON can say.

Times are seconds since the epoch, lasts are seconds, None is for what has not happened or is not known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Final, Literal

import msgspec

from jira_crawler.sentences import printable
from jira_crawler.store.deliveries import State
from jira_crawler.store.delivery_audit import Entry, Missed
from jira_crawler.store.lately import MINUTE

Phase = Literal["crawling", "following", "stopping"]
LATELY: Final = 30  # minutes of which it is told what came
SOON: Final = 3600.0  # seconds within which a goal is about to be missed
_LONGEST: Final = 200  # characters of what somebody else said


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step that deliveries take: `waiting` for it, the first of them since `oldest`.

    `usual` is how long after it came half of the last deliveries had taken it, `slowest` the longest of them.
    """

    name: str
    waiting: int = 0
    oldest: float | None = None
    usual: float | None = None
    slowest: float | None = None


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of pass: how the last one `ended`, what it could not do, in how many newer issues it resulted."""

    name: str
    is_under_way: bool = False
    ended: float | None = None
    took: float | None = None
    is_good: bool | None = None
    found: int | None = None
    trouble: str = ""
    next: float | None = None


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery and what became of it, in seconds after it came."""

    number: int
    received: float
    event: str
    issues: tuple[str, ...]
    state: State
    reason: str = ""
    fetched: float | None = None
    stored: float | None = None
    tabled: float | None = None


class Unannounced(msgspec.Struct, frozen=True, kw_only=True):
    """A change that polling found, and no delivery had announced."""

    issue: str
    updated: float
    found: float


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project and its feed: `quality` is the mean of its issues that are in a feed, `bytes` those of the feed.

    `counted` is what the tracker counted last, `held` what we held then, `verified` what became of each difference in
    its list of ids; `listed` is until when all that changed is known.
    """

    name: str
    in_feed: int = 0
    rejected: int = 0
    examples: int = 0
    bytes: int = 0
    quality: float | None = None
    counted: int | None = None
    held: int | None = None
    verified: dict[str, int] | None = None
    listed: float | None = None

    @property
    def gap(self) -> int | None:
        """How many issues the tracker counts more than we hold."""
        return None if self.counted is None or self.held is None else self.counted - self.held


class Tables(msgspec.Struct, frozen=True, kw_only=True):
    """The tables: when they were last brought up, how long that took, and what they hold."""

    is_on: bool = False
    updated: float | None = None
    took: float | None = None
    written: float | None = None
    months: int = 0
    issues: int = 0
    files: int = 0
    bytes: int = 0
    trouble: str = ""


class Levels(msgspec.Struct, frozen=True, kw_only=True):
    """Service levels: how many cycles are `open`, of these `paused`; how many goals are `missed`, or will be `soon`.

    `asked` says when each account saw them last.
    """

    open: int = 0
    paused: int = 0
    missed: int = 0
    soon: int = 0
    asked: dict[str, float] = {}


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of the tracker by this process, and what may still be; `pause` is how much longer it rests now."""

    sent: int = 0
    refused: int = 0
    retries: int = 0
    waited: float = 0.0
    answers: dict[str, int] = {}
    waiting: int | None = None
    pause: float = 0.0
    left: int | None = None
    budget: int | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `counted_at` is when the projects were counted, which is not done each time."""

    now: float
    began: float
    site: str
    url: str
    phase: Phase
    followed: tuple[str, ...] = ()
    listed: int = 0
    to_list: int = 0
    problems: tuple[str, ...] = ()
    receiving: bool = False
    credentials: str = "unknown"
    delivered: float | None = None
    steps: tuple[Step, ...] = ()
    passes: tuple[Pass, ...] = ()
    poll: float = 0.0
    minutes: tuple[int, ...] = ()
    came: tuple[Came, ...] = ()
    failed: tuple[Came, ...] = ()
    failed_today: int = 0
    missed: tuple[Unannounced, ...] = ()
    missed_today: int = 0
    findings: tuple[str, ...] = ()
    projects: tuple[Project, ...] = ()
    counted_at: float | None = None
    tables: Tables = Tables()
    levels: Levels = Levels()
    asking: Asking = Asking()
    memory: int | None = None


def levels(run_out: Sequence[float], paused: int, missed: int, asked: Mapping[str, float], now: float) -> Levels:
    """Says how open cycles are at a time: `run_out` are the ends of those that run, in order, `missed` those before."""
    over, soon = bisect_right(run_out, now), bisect_right(run_out, now + SOON)
    return Levels(open=len(run_out) + paused, paused=paused, missed=over + missed, soon=soon - over, asked=dict(asked))


def came(entry: Entry, keys: Mapping[str, str]) -> Came:
    """Makes an entry fit to be shown: what others chose of it is short and on one line.

    `keys` are those of issues that it names by the id alone, as far as they are known.
    """
    fetched, stored, tabled = (_after(entry.received, at) for at in (entry.fetched, entry.stored, entry.tabled))
    return Came(
        number=entry.number,
        received=entry.received / 1000,
        event=printable(entry.event, _LONGEST),
        issues=tuple(printable(key or keys.get(id_) or id_, _LONGEST) for id_, key in entry.issues),
        state=entry.state,
        reason=printable(entry.reason, _LONGEST),
        fetched=fetched,
        stored=stored,
        tabled=tabled,
    )


def unannounced(found: Missed) -> Unannounced:
    issue = printable(found.key or found.id, _LONGEST)
    return Unannounced(issue=issue, updated=found.updated / 1000, found=found.found / 1000)


def steps(
    last: Sequence[Came], waiting: dict[State, int], oldest: tuple[int | None, int | None, int | None]
) -> tuple[Step, ...]:
    """Says how far behind each step is: `oldest` is since when (ms) the first delivery waits for each of them."""
    behind, found = 0, []
    names: tuple[tuple[str, State], ...] = (("fetched", "received"), ("stored", "fetched"), ("tabled", "stored"))
    for (name, before), since in zip(names, oldest, strict=True):
        behind += waiting.get(before, 0)
        took = [after for each in last if (after := getattr(each, name)) is not None]
        found.append(
            Step(
                name=name,
                waiting=behind,
                oldest=since and since / 1000,
                usual=median(took) if took else None,
                slowest=max(took, default=None),
            )
        )
    return tuple(found)


def minutes(counts: dict[int, int], now: float, many: int = LATELY) -> tuple[int, ...]:
    """Puts counts by minute (ms) into a row, the minute that is running last."""
    running = int(now * 1000) // MINUTE * MINUTE
    return tuple(counts.get(running - back * MINUTE, 0) for back in reversed(range(many)))


def shortened(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(printable(each, 500) for each in sentences)


def _after(received: int, at: int | None) -> float | None:
    return None if at is None else max(0, at - received) / 1000
