"""What a site's refusals teach of its pace, and what they do not. Pure: told the time and how much was sent.

A pace that was told is how the site is set up: it is kept for a day. A guess is worth ten times as many requests as it
was made from; then it is halved, so that a good one is looked at again ever more rarely and a bad one is soon gone.
Whoever is refused although he keeps the pace may have guessed badly: he measures again, and slows down. A limit stops
refusing then; a site that goes on all the same refuses at random, and there a guess only costs time. It is dropped, and
refusals teach nothing for a while, or until they come clearly more often than at the slower pace. scripts/ holds the
same in Lua.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from jira_crawler.middlewares.rates import FASTEST, MARGIN

SLOWEST = 10.0  # seconds between two requests that anybody guesses: a page holds hundreds of issues, so this goes on
LEAST = 1.0  # seconds: what was sent in less says nothing of a rate
KEEP_TOLD = 24 * 3600.0  # seconds
KEEP_GUESSED = 3600.0  # … and no longer than this, however many requests a guess is worth
WORTH = 10  # times the requests that a guess was made from
VAIN = 1  # refusals at a guess that was kept; the next one shows that the pace does not matter
FEW = 3  # requests between two refusals, on average: from fewer, a pace is measured badly …
VAIN_AT_FEW = 3  # … and may be measured some times more
SMOOTH = 6  # refusals over which that average is taken
SOONER = 4  # times fewer requests between two refusals than at the slower pace: it is the pace after all
UNTAUGHT = 100  # refusals that teach nothing; the next one does, in case there is a limit by now
EASE = 2  # requests that go well before a site that refused everything is asked twice as fast again


@dataclass(frozen=True, slots=True)
class Lesson:
    """The pace that is news, or 0; `random` if the site turned out to refuse at random."""

    pace: float = 0.0
    random: bool = False


@dataclass(slots=True)
class Lessons:
    """How fast a site may be asked, as far as is known."""

    longest: float
    number: int = 0
    told: float = 0.0
    told_until: float = -math.inf
    guess: float = 0.0
    kept: float = -math.inf  # until when, at most, …
    till: int = 0  # … and until so many requests have been sent
    worth: int = 0  # requests
    busy: float = 0.0  # seconds between two requests to a site that let nothing through since it was left alone
    busy_till: int = 0
    mark: int = 0  # what had been sent when the last refusal came
    since: float = -math.inf  # when that was; of several without anything between them, the first one
    vain: int = 0
    run: float = 0.0  # requests between two refusals, on average
    usual: float = 0.0  # … at the slower pace, when that was found to be of no use
    untaught: int = 0  # refusals that are still to teach nothing

    def known(self, sent: int, now: float) -> float:
        """Gives the seconds between two requests; 0 if nothing is known. What has had its time is halved."""
        pace = self.pace(sent, now)
        if self.busy and sent >= self.busy_till:
            self.since += EASE * self.busy  # it was we who were so slow, and not the site
            self.busy, self.busy_till = self.busy / 2, sent + EASE
        if self.busy <= max(pace, FASTEST):
            self.busy = 0.0
        return max(pace, self.busy)

    def pace(self, sent: int, now: float) -> float:
        """Gives what was told or guessed, without what is added while a site is busy."""
        told = self._told(now)
        if self.guess and (sent >= self.till or now >= self.kept):
            self._keep(self.guess / 2, sent, now)
            self.vain = 0
        if self.guess <= max(told, FASTEST):
            self.guess = 0.0
        return max(told, self.guess)

    def warned(self, told: float, sent: int, now: float) -> Lesson:
        """Keeps a pace that a good answer told, unless a slower one is known."""
        known = self.pace(sent, now)
        if told:
            self._tell(told, now)
        if self.pace(sent, now) == known:
            return Lesson()
        self.since, self.mark = now, sent
        return self._news(known, sent, now)

    def refused(
        self, number: int, seconds: float, told: float, recent: tuple[int, float], sent: int, now: float
    ) -> Lesson:
        """Learns from a refusal of the request with this number, which left after the last lesson.

        `recent` is how many requests were sent lately, and in how many seconds.
        """
        known = self.pace(sent, now)
        came, passed = max(0, number - self.mark - 1), now - self.since
        self.mark = sent
        if told:
            self._tell(told, now)
        news = self._told(now) > known  # … which says more than anything that was let through
        if came or news:
            self.since = now
        if self.untaught:
            self.run += (came - self.run) / SMOOTH
            self.untaught = self.untaught - 1 if self.run * SOONER >= self.usual else 0
            if self.untaught:
                return self._news(known, sent, now)
            self.vain = 0
        if news:
            self.vain = 0
        elif not came:
            self.busy, self.busy_till = min(seconds, SLOWEST, self.longest), sent + EASE
        elif known:
            self.run = (self.run * self.vain + came) / (self.vain + 1)
            self.vain += 1
            if self.vain > (VAIN if self.run >= FEW else VAIN_AT_FEW):
                self.guess, self.usual, self.untaught = 0.0, self.run, UNTAUGHT
                self.number += 1
                return Lesson(random=True)
            self._guess(max(known, passed / came * MARGIN), came, sent, now)
        else:
            # What was let through since the first of the recent ones may be what is let through until the rest is over.
            before = max(1, recent[0] - (sent - number) - 1)
            self._guess(max(recent[1] + seconds, LEAST) / before * MARGIN, came, sent, now)
        return self._news(known, sent, now)

    def _news(self, known: float, sent: int, now: float) -> Lesson:
        self.number += 1
        pace = self.pace(sent, now)
        return Lesson(pace if pace > known else 0.0)

    def _tell(self, told: float, now: float) -> None:
        self.told, self.told_until = min(max(told, self._told(now)), self.longest), now + KEEP_TOLD

    def _told(self, now: float) -> float:
        return self.told if now < self.told_until else 0.0

    def _guess(self, pace: float, came: int, sent: int, now: float) -> None:
        self.worth = WORTH * came
        self._keep(min(pace, SLOWEST, self.longest), sent, now)

    def _keep(self, guess: float, sent: int, now: float) -> None:
        self.guess, self.till, self.kept = guess, sent + self.worth, now + KEEP_GUESSED
