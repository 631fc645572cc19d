"""In what order and how fast requests leave for a site. Pure: told the time.

Whoever wants to ask gets a ticket, and each ticket has its moment on a line of evenly spaced ones, so that nobody
races and nobody is overtaken. Whoever does not come at his moment, because he died, just leaves a gap. scripts/ holds
the same for a fleet, in Redis.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from jira_crawler.middlewares.rates import MARGIN

RECENT = 60.0  # seconds of what was sent from which a limit is guessed: sites count by the second or by the minute
MOST = 10_000  # … and requests
LEAST = 1.0  # seconds: what was sent in less says nothing of a rate
SLOWEST = 60.0  # seconds between two requests: a site that refuses even these does not refuse them for their pace
SPARE = 3  # requests by which a bucket may fill up after a refusal, for those that arrive closer than they left
# What was told is how the site is set up, and that stays. A guess may have been a bad one, or the site was busy with
# others: it costs one refusal an hour to look again.
KEEP_TOLD = 24 * 3600.0
KEEP_GUESSED = 3600.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Go, if `wait` is 0; else come again with the ticket in so many seconds, of which the site asked for `rest`.

    `lesson` and `number` are to be handed back with a refusal: how much was learned, and sent, before it left.
    """

    wait: float
    ticket: int
    rest: float = 0.0
    lesson: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429 for the request that left with this lesson and this number."""

    lesson: int
    number: int


@dataclass(frozen=True, slots=True)
class Rest:
    """How much longer than before everybody rests, and the seconds between two requests from now on; 0: no pace."""

    longer: float
    pace: float


@dataclass(slots=True)
class Line:
    """Ticket n ≥ `first` has its moment at `start` + (n - `first`) x `gap`; for those before, it is over."""

    longest: float
    gap: float = 0.0
    first: int = 1
    start: float = 0.0
    next: int = 1
    last: float = -math.inf
    until: float = -math.inf
    learned: float = 0.0
    kept: float = -math.inf
    lessons: int = 0
    sent: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=MOST))

    def ask(self, ticket: int, delay: float, now: float) -> Turn:
        """Tells whether a request may go now, at least `delay` seconds after the one before; 0 asks for a ticket."""
        gap = max(delay, self._known(now))
        if gap != self.gap:
            self._move(max(now, self.last + gap), gap, now)
        if not ticket:
            ticket, self.next = self.next, self.next + 1
        moment = max(self._moment(ticket), self.until, self.last + gap)
        if moment > now:
            return Turn(moment - now, ticket, max(0.0, self.until - now))
        self._note(now)
        self._move(now + gap, gap, now)
        return Turn(0.0, ticket, lesson=self.lessons, number=self.sent)

    def rest(self, seconds: float, told: float, refusal: Refusal | None, now: float) -> Rest:
        """Stops everybody for some seconds, and learns a pace: the one that was told, or one from what was refused."""
        new = refusal is None or refusal.lesson == self.lessons  # else it was under way when the last one was learned
        taught = self._learn(seconds, told, refusal, now) if new else 0.0
        if taught:
            seconds = min(seconds + min(SPARE * taught, LEAST), self.longest)
        before = max(self.until, now)
        self.until = max(self.until, now + seconds)
        self._move(max(self.until, now), max(self.gap, taught), now)
        return Rest(max(0.0, self.until - before), self._known(now))

    def _learn(self, seconds: float, told: float, refusal: Refusal | None, now: float) -> float:
        """Keeps the pace that a refusal or a warning teaches, and gives it if it is news, else 0."""
        known = self._known(now)
        pace = max(told, known) if told else 0.0
        if refusal:
            pace = max(told or self._guess(seconds, refusal, now), min(2 * known, max(SLOWEST, told)))
        pace = min(pace, self.longest)
        if pace:
            self.learned, self.kept = pace, now + (KEEP_TOLD if told else KEEP_GUESSED)
        if pace == known:
            return 0.0
        self.lessons += 1
        return pace

    def _guess(self, seconds: float, refusal: Refusal, now: float) -> float:
        """What was let through since the first of the recent ones may be what is let through until the rest is over."""
        accepted = len(self.recent) - (self.sent - refusal.number) - 1
        span = now - self.recent[0] if self.recent else 0.0
        return min(max(span + seconds, LEAST) / max(1, accepted) * MARGIN, SLOWEST)

    def _known(self, now: float) -> float:
        return self.learned if now < self.kept else 0.0

    def _moment(self, ticket: int) -> float:
        return self.start + (ticket - self.first) * self.gap if ticket >= self.first else -math.inf

    def _move(self, earliest: float, gap: float, now: float) -> None:
        """Lets those whose moment is still to come have theirs from `earliest` on, in the same order."""
        first = self.first
        if self.start <= now:
            first = first + math.floor((now - self.start) / self.gap) + 1 if self.gap else self.next
        first = min(first, self.next)
        self.start, self.first, self.gap = max(self._moment(first), earliest), first, gap

    def _note(self, now: float) -> None:
        self.last, self.sent = now, self.sent + 1
        self.recent.append(now)
        while self.recent[0] < now - RECENT:
            self.recent.popleft()
