"""Two answers to the same thread of which the thread itself shows that one is better.

Chosen is an answer that explains, of somebody who works on an issue that was solved, or confirmed by the reporter.
Rejected is one before it that the reporter says did not help, that its own author took back, or that is canned: it
opens as comments of many other issues do. Where a thread does not show it, there is no pair; few pairs that are right
teach more than many.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from jira_crawler.exports.conversations import Conversation, Message
from jira_crawler.exports.groups import token
from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.turns import Turn, answers, line_of, report, thread
from jira_crawler.items import Example
from jira_crawler.tasks.answers import LONGEST_ANSWER
from jira_crawler.tasks.leak import leaks
from jira_crawler.text.words import each_word, words

Reason = Literal["rejected", "corrected", "canned"]

MOST: Final = 3  # pairs an issue
CANNED: Final = 5  # issues that open a comment alike, from which on it is canned
OPENING: Final = 6  # words
_LONGEST_CANNED: Final = 1_000  # characters: what goes on beyond is somebody's own
_NO_WORDS: Final = re.compile(r"\]\([^)\s]*\)|https?://\S+|@?\buser_\d+|\b[A-Z][A-Z0-9_]+-\d+\b|\d+")
_SOLVES: Final = ("resolver", "assignee", "maintainer")
_UNSOLVED: Final = re.compile(r"reproduce|incomplete|won'?t|later|duplicate|abandon|timed|auto", re.IGNORECASE)
_EXPLAINS: Final = re.compile(
    r"\b(?:because|caused? by|due to|root cause|turns out|workaround|work-around|instead"
    r"|(?:should|must) (?:use|have|call)|you (?:need|have|can|must)|should be (?:getting|using|calling)"
    r"|the (?:problem|issue|cause|reason|bug|fix|solution) (?:is|was|here))\b"
)
_ANNOUNCES: Final = re.compile(r"\bprs?\b|\bpull requests?\b|\bfunctional test|\bcommit\b|\bre-?open")
# What a reporter answers at once to something that did not help …
_AT_ONCE: Final = 160  # characters
_DENIES: Final = re.compile(
    r"\b(?:that|this|it|your \w+|(?:the|that|this) (?:fix|workaround|solution|patch|suggestion|change)s?)"
    r" (?:\w+ ){0,2}?(?:did|does|do)(?:n'?t| not) (?:\w+ )?(?:work|help|fix|solve|resolve|make (?:any|a) difference)"
    r"|\b(?:tried|followed|applied) (?:that|this|it|your)\b.{0,60}"
    r"\b(?:still|no luck|(?:did|does)(?:n'?t| not) (?:work|help))"
    r"|^\W*(?:hi|hello|hey)?.{0,20}\bstill (?:no luck|fail\w*|crash\w*|doe?s?n'?t work|not work\w*|happen\w*|the same)"
    r"|\b(?:that|this)(?:'s| is| was) (?:not (?:it|the (?:cause|problem|reason))|wrong|incorrect)\b",
    re.DOTALL,
)
# … and to something that did; who says both says neither.
_CONFIRMS: Final = re.compile(
    r"\b(?:that|this|it) (?:work(?:s|ed)|fix(?:es|ed)|solve[sd]|help(?:s|ed)|did (?:it|the trick)|was it|makes sense)\b"
    r"|\bworks? (?:now|for me|fine|great|perfectly|as expected)\b|\bproblem (?:is )?solved\b"
    r"|\byou(?:'re| are| were) right\b|\b(?:i can )?confirm(?:ed)? (?:that )?(?:it|this|the (?:fix|problem|issue))"
)
_TAKES_BACK: Final = re.compile(
    r"\bi was (?:wrong|mistaken)\b|\bmy (?:mistake|bad)\b|\bscratch that\b|\bi stand corrected\b"
    r"|\b(?:please )?(?:ignore|disregard) (?:my|the) (?:last|previous|above|earlier|comment)"
    r"|\bmy (?:previous|last|earlier) (?:comment|answer|statement) (?:was|is) (?:wrong|incorrect)"
)


@dataclass(frozen=True, slots=True)
class Preferred(Sample):
    """A thread up to somewhere (`input`), the better answer (`output`) and the other one."""

    rejected: str = ""
    reason: str = ""
    rejected_speaker: str = ""


class Openings:
    """Counts how comments open, over all issues; eight bytes a comment."""

    def __init__(self, hashes: bytes = b"") -> None:
        self._hashes = array("Q", hashes)

    def add(self, entry: Entry) -> None:
        """Takes the comments of an issue; those that open alike count once."""
        if line := line_of(entry):
            self._hashes.extend({hash_ for turn in thread(line).turns if (hash_ := opening(turn.text))})

    def join(self, others: Openings) -> None:
        """Takes the comments that somebody else has taken."""
        self._hashes.extend(others._hashes)

    def packed(self) -> bytes:
        """Gives all that it took, as a new one takes it."""
        return self._hashes.tobytes()

    def canned(self) -> frozenset[int]:
        """The openings of comments in at least five issues."""
        hashes, counts = np.unique(np.frombuffer(self._hashes, dtype=np.uint64), return_counts=True)
        return frozenset(hashes[counts >= CANNED].tolist())


def opening(text: str) -> int:
    """The hash of a comment's first six words, links and people not counted; 0 for a long one, or one with fewer."""
    if len(text) > _LONGEST_CANNED:
        return 0
    first = each_word(words(_NO_WORDS.sub(" ", text)))[:OPENING]
    return token(" ".join(first)) if len(first) == OPENING else 0


def preferences(entry: Entry, samples: list[Sample], canned: frozenset[int]) -> list[Sample]:
    """The pairs of an issue, at most three, of the comments that `samples` teach."""
    line, shown = line_of(entry), report(entry)
    if line is None or not shown:
        return []
    turns = sorted(thread(line).turns, key=lambda turn: turn.known)
    taught = {(sample.speaker, sample.said): sample for sample in answers(samples)}
    found = _Thread(entry, shown, turns, taught, canned)
    return list(found.pairs())[:MOST]


@dataclass(frozen=True, slots=True)
class _Thread:
    entry: Entry
    shown: str
    turns: list[Turn]
    taught: dict[tuple[str, str], Sample]
    canned: frozenset[int]

    def pairs(self) -> Iterator[Sample]:
        right = [at for at in range(len(self.turns)) if self._is_right(at)]
        for at in range(len(self.turns)):
            reason = self._fault(at)
            better = next((other for other in right if other > at), None)
            if reason and better is not None and self.turns[better].speaker != self.reporter:
                pair = self._pair(at, better, reason)
                if pair:
                    yield pair

    @property
    def reporter(self) -> str:
        return str(self.entry.about["reporter"])

    def _is_right(self, at: int) -> bool:
        """Whether an answer explains, and resolved the issue or was confirmed by the reporter, who spoke next."""
        turn, sample = self.turns[at], self._sample(at)
        if sample is None or turn.speaker == self.reporter or opening(turn.text) in self.canned:
            return False
        said = turn.text.lower()
        if not _EXPLAINS.search(said) or _TAKES_BACK.search(said) or _ANNOUNCES.search(said):
            return False
        resolution = self.entry.about["resolution"]
        solved = bool(resolution) and _UNSOLVED.search(resolution) is None and turn.role in _SOLVES
        return (solved and not self._next_says(at, _DENIES)) or self._next_says(at, _CONFIRMS, but=_DENIES)

    def _fault(self, at: int) -> Reason | None:
        """What the thread shows against an answer of somebody who is not the reporter."""
        turn = self.turns[at]
        if turn.speaker == self.reporter or len(turn.text) > LONGEST_ANSWER:
            return None
        if opening(turn.text) in self.canned:
            return "canned"
        if self._sample(at) is None:
            return None
        if self._next_says(at, _DENIES, but=_CONFIRMS):
            return "rejected"
        own = next((each for each in self.turns[at + 1 :] if each.speaker == turn.speaker), None)
        return "corrected" if own and _TAKES_BACK.search(own.text.lower()) else None

    def _since(self, at: int, better: int) -> str:
        """Since when the thread shows which answer is better, at the latest."""
        if not self._next_says(better, _CONFIRMS, but=_DENIES):
            return str(self.entry.about["updated"])  # it took the resolution
        return max(turn.known for turn in self.turns[: max(at, better) + 2])

    def _next_says(self, at: int, what: re.Pattern[str], but: re.Pattern[str] | None = None) -> bool:
        """Whether the next comment is the reporter's and says so, and does not say the contrary as well."""
        after = self.turns[at + 1] if at + 1 < len(self.turns) else None
        if after is None or after.speaker != self.reporter:
            return False
        said = after.text[:_AT_ONCE].lower().replace("’", "'")
        return what.search(said) is not None and (but is None or but.search(said) is None)

    def _sample(self, at: int) -> Sample | None:
        return self.taught.get((self.turns[at].speaker, self.turns[at].said))

    def _pair(self, at: int, better: int, reason: Reason) -> Sample | None:
        chosen, worse = self._sample(better), self.turns[at]
        assert chosen  # noqa: S101 - an answer that is right is taught
        made = Conversation([Message("user", self.reporter, [self.shown])])
        for turn in self.turns[:at]:
            made.add(turn, None, self.reporter)
        asked, last = made.messages[0].content, worse.text.strip()
        if _is_told(asked, chosen.output) or _is_told(asked, last):
            return None
        return Preferred(
            id=f"{self.entry.identity}-preference-{chosen.id.rpartition('-')[2]}-{at}",
            task_type="preference",
            example_type=reason,
            instruction="",
            input=asked,
            output=chosen.output,
            size=len(asked) + len(chosen.output) + len(last),
            value=chosen.value,
            value_reasons=chosen.value_reasons,
            speaker=chosen.speaker,
            said=self._since(at, better),
            role=chosen.role,
            rejected=last,
            reason=reason,
            rejected_speaker=worse.speaker,
        )


def _is_told(asked: str, answer: str) -> bool:
    return leaks(Example(task_type="preference", variant="", instruction="", input=asked, output=answer), "text")
