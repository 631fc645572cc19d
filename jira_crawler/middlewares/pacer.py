"""In what order and how fast requests leave for a site. Pure: told the time.

Whoever wants to ask gets a ticket, and each ticket has its moment on a line of evenly spaced ones, so that nobody
races and nobody is overtaken. Whoever does not come at his moment, because he died, just leaves a gap. scripts/ holds
the same for a fleet, in Redis.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from jira_crawler.middlewares.lessons import LEAST, Lesson, Lessons

RECENT = 60.0  # seconds of what was sent from which a limit is guessed: sites count by the second or by the minute
MOST = 10_000  # … and requests
SPARE = 3  # requests by which a bucket may fill up after a refusal, for those that arrive closer than they left


@dataclass(frozen=True, slots=True)
class Permit:
    """Go, if `wait` is 0; else come again with the ticket in so many seconds, of which the site asked for `pause`.

    `lesson` and `number` are to be handed back with a refusal: how much was learned, and sent, before it left.
    """

    wait: float
    ticket: int
    pause: float = 0.0
    lesson: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429 for the request that left with this lesson and this number."""

    lesson: int
    number: int


@dataclass(frozen=True, slots=True)
class Pause:
    """How much longer than before everybody pauses, and the seconds between two requests from now on; 0: no pace.

    `random` tells, once, that the site was found to refuse at random, so that what was guessed of its pace is dropped.
    """

    longer: float
    pace: float
    random: bool = False


@dataclass(slots=True)
class Pacer:
    """Ticket n ≥ `first` has its moment at `start` + (n - `first`) x `gap`; for those before, it is over."""

    longest: float
    gap: float = 0.0
    first: int = 1
    start: float = 0.0
    next: int = 1
    last: float = -math.inf
    until: float = -math.inf
    sent: int = 0
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=MOST))
    lessons: Lessons = field(init=False)

    def __post_init__(self) -> None:
        self.lessons = Lessons(self.longest)

    def ask(self, ticket: int, delay: float, now: float) -> Permit:
        """Tells whether a request may go now, at least `delay` seconds after the one before; 0 asks for a ticket."""
        gap = max(delay, self.lessons.known(self.sent, now))
        if gap != self.gap:
            self._move(max(now, self.last + gap), gap, now)
        if not ticket:
            ticket, self.next = self.next, self.next + 1
        moment = max(self._moment(ticket), self.until, self.last + gap)
        if moment > now:
            return Permit(moment - now, ticket, max(0.0, self.until - now))
        self._note(now)
        self._move(now + gap, gap, now)
        return Permit(0.0, ticket, lesson=self.lessons.number, number=self.sent)

    def pause(self, seconds: float, told: float, refusal: Refusal | None, now: float) -> Pause:
        """Stops everybody for some seconds, and learns a pace: the one that was told, or one from what was refused."""
        lesson = self._learn(seconds, told, refusal, now)
        if lesson.pace:
            seconds = max(seconds, min(seconds + min(SPARE * lesson.pace, LEAST), self.longest))
        before = max(self.until, now)
        self.until = max(self.until, now + seconds)
        self._move(max(self.until, now), max(self.gap, lesson.pace), now)
        return Pause(max(0.0, self.until - before), self.lessons.pace(self.sent, now), lesson.random)

    def _learn(self, seconds: float, told: float, refusal: Refusal | None, now: float) -> Lesson:
        if refusal is None:
            return self.lessons.warned(told, self.sent, now)
        if refusal.lesson != self.lessons.number:  # it was under way when the last lesson was learned
            return Lesson()
        recent = (len(self.recent), now - self.recent[0] if self.recent else 0.0)
        return self.lessons.refused(refusal.number, seconds, told, recent, self.sent, now)

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
