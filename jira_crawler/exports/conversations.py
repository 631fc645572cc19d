"""One conversation an issue: the report and other people as the user, those whom a policy names as the assistant.

What an assistant says is what there is to learn: the comments that an example teaches, and nothing else. A comment of
the same person that no example teaches (routine, a thank-you, what filters left out) is shown as a named speaker's. So
a trainer that takes its loss of the assistant's turns takes it of nothing else, and needs no flag. Turns alternate,
which many chat templates ask for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.turns import Turn, answers, line_of, report, thread
from jira_crawler.tasks.prompts import cut

POLICIES: Final = {
    "resolver": frozenset(("resolver",)),
    "maintainers": frozenset(("resolver", "assignee", "maintainer")),
    "all": frozenset(("resolver", "assignee", "maintainer", "participant", "")),
}
LONGEST: Final = 48_000  # characters of a conversation; about 12,000 tokens
LONGEST_TURN: Final = 12_000
_ROOM: Final = 60  # characters for a head and what stands around it


@dataclass(slots=True)
class Message:
    """What one side says in a row: several named speakers, or one assistant."""

    role: str
    speaker: str
    parts: list[str] = field(default_factory=list)

    @property
    def content(self) -> str:
        return "\n\n".join(self.parts)


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment and the message that it went to; the loss is taken of it or not."""

    turn: Turn
    message: int
    loss: bool


@dataclass(slots=True)
class Conversation:
    """Messages that alternate, beginning with the user's and ending with an assistant's."""

    messages: list[Message]
    placed: list[Placed] = field(default_factory=list)
    taught: list[Sample] = field(default_factory=list)

    def add(self, turn: Turn, answer: Sample | None, reporter: str) -> None:
        """Puts the next comment behind what was said; one that is taught is the assistant's."""
        last = self.messages[-1]
        if answer is None:
            if last.role == "assistant":
                self.messages.append(last := Message("user", turn.speaker))
            plain = turn.speaker == reporter and not last.parts
            text = cut(turn.text, LONGEST_TURN)
            last.parts.append(text if plain else f"## {turn.speaker}\n\n{text}")
        else:
            if last.role == "assistant" and last.speaker != turn.speaker:
                # Who goes on is told, as the words of two people are not one answer.
                self.messages.append(Message("user", turn.speaker, [f"## {turn.speaker}"]))
            if self.messages[-1].role == "user":
                self.messages.append(Message("assistant", turn.speaker))
            self.messages[-1].parts.append(answer.output)
            self.taught.append(answer)
        self.placed.append(Placed(turn, len(self.messages) - 1, answer is not None))

    def end(self) -> None:
        """Takes off what stands behind the last answer: nothing is learned of it."""
        while self.messages and self.messages[-1].role == "user":
            self.messages.pop()
        self.placed = [each for each in self.placed if each.message < len(self.messages)]


def conversation(entry: Entry, samples: list[Sample], policy: str) -> Conversation | None:
    """The conversation of an issue, in which `samples` are taught; None where the policy finds nobody to learn from.

    Comments come in the order in which they came to read as they do, so that nothing answers what was not said yet. Of
    a long one the oldest comments are left out.
    """
    line, shown = line_of(entry), report(entry)
    known = {_key(each): each for each in answers(samples)}
    if line is None or not shown or not known:
        return None
    turns = sorted(thread(line).turns, key=lambda turn: turn.known)
    moments = [turn.known for turn in turns]
    taught = [None if _interrupted(turn, moments) else _answer(turn, known, policy) for turn in turns]
    begin = _first(turns, LONGEST - len(shown))
    made = Conversation([Message("user", entry.about["reporter"], [shown])])
    if begin:
        made.messages[0].parts.append(f"[… {begin:,} comments left out …]")
    for turn, answer in zip(turns[begin:], taught[begin:], strict=True):
        made.add(turn, answer, entry.about["reporter"])
    made.end()
    return made if made.messages else None


def _answer(turn: Turn, known: dict[tuple[str, str, str], Sample], policy: str) -> Sample | None:
    if turn.role not in POLICIES[policy]:
        return None
    return known.get((turn.speaker, turn.said, _bare(turn.text)))


def _interrupted(turn: Turn, moments: list[str]) -> bool:
    """Whether others said something between a comment and its last edit: they may have quoted what it said before."""
    return turn.known != turn.created and bisect_left(moments, turn.known) > bisect_right(moments, turn.created)


def _first(turns: list[Turn], room: int) -> int:
    """Where the comments begin for which there is room; the newest ones stay."""
    for at in range(len(turns) - 1, -1, -1):
        room -= min(len(turns[at].text), LONGEST_TURN) + _ROOM
        if room < 0:
            return at + 1
    return 0


def _key(sample: Sample) -> tuple[str, str, str]:
    return sample.speaker, sample.said, _bare(sample.output)


def _bare(text: str) -> str:
    """The text without blanks: a line that looks like a head is moved in where it stands in a thread."""
    return "".join(text.split())


def spoken(made: Conversation) -> Iterator[dict[str, object]]:
    """Each comment of a conversation as a record tells it."""
    for each in made.placed:
        turn = each.turn
        yield {
            "speaker": turn.speaker,
            "role": turn.role,
            "created": turn.created,
            "known": turn.known,
            "loss": each.loss,
            "message": each.message,
        }
