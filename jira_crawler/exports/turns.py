"""The line of a whole thread taken apart: the report and every comment, with who said it, when and as whom.

The text is that of `pretraining` lines (see `tasks.thread`), whose marks stand in no body. What a line of an older feed
does not tell of its comments stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from jira_crawler.exports.source import Entry, Sample
from jira_crawler.tasks import turns as parts
from jira_crawler.tasks.speakers import EDITED, SEPARATOR
from jira_crawler.tasks.thread import CLOSED, COMMENT, START

_COMMENT: Final = f"\n\n{COMMENT}\n"
_CLOSED: Final = f"\n\n{CLOSED}\n"
_ANSWERS: Final = frozenset(("question_answering", "next_comment"))
# Variants whose input is the report as filed and nothing else.
_REPORTS: Final = frozenset(
    ("priority", "issue_type", "project", "components", "labels", "status", "resolution", "bucket")
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One comment. `said` is as a line tells it: a date, or a date, `/` and that of the last edit."""

    speaker: str
    said: str
    role: str
    text: str

    @property
    def created(self) -> str:
        return self.said.partition(EDITED)[0]

    @property
    def known(self) -> str:
        """Since when it reads as it does; "" where nobody knows."""
        return self.said.rpartition(EDITED)[2]


@dataclass(frozen=True, slots=True)
class Thread:
    """An issue as people talked about it; `ending` is the mark of its end with the resolution, or empty."""

    opening: str
    turns: tuple[Turn, ...]
    ending: str

    def text(self) -> str:
        """The text again, as a line holds it."""
        comments = (f"{_COMMENT}## {turn.speaker}\n\n{turn.text}" for turn in self.turns)
        return f"{START}\n{self.opening}{''.join(comments)}{self.ending}"


def answers(samples: Iterable[Sample]) -> list[Sample]:
    """The examples that teach a comment whole, of which it is known who made it."""
    return [sample for sample in samples if sample.task_type in _ANSWERS and sample.speaker]


def line_of(entry: Entry) -> Sample | None:
    """The example that is the whole thread of an issue."""
    return next((sample for sample in entry.samples if sample.is_text and sample.output.startswith(START)), None)


def thread(sample: Sample) -> Thread:
    """Takes the text of a whole thread apart, by the comments in their order."""
    opening, *comments = sample.output.removeprefix(f"{START}\n").split(_COMMENT)
    last, mark, resolution = (comments[-1] if comments else opening).rpartition(_CLOSED)
    if mark and comments:
        comments[-1] = last
    elif mark:
        opening = last
    told = [getattr(sample, name).split(SEPARATOR) for name in ("speaker", "said", "role")]
    if any(len(each) != len(comments) for each in told):  # an older feed, or no comments
        told = [[""] * len(comments)] * 3
    turns = (_turn(comment, said, role) for comment, said, role in zip(comments, told[1], told[2], strict=True))
    return Thread(opening, tuple(turns), f"{mark}{resolution}" if mark else "")


def _turn(comment: str, said: str, role: str) -> Turn:
    head, _, text = comment.partition("\n\n")
    return Turn(head.removeprefix("## "), said, role, text)


def without(sample: Sample, kept: Iterable[Turn], *, filed: str = "") -> Sample:
    """The line of a thread with some of its comments only; with a report as `filed` it opens with that, and is open."""
    whole, turns = thread(sample), tuple(kept)
    rest = Thread(_opening(whole.opening, filed), turns, "") if filed else Thread(whole.opening, turns, whole.ending)
    speaker, said, role = (
        SEPARATOR.join(getattr(turn, name) for turn in turns) for name in ("speaker", "said", "role")
    )
    return replace(sample, output=rest.text(), speaker=speaker, said=said, role=role)


def _opening(now: str, filed: str) -> str:
    """The report as filed under the head that it has in a thread."""
    title, _, text = filed.partition("\n\n")
    head = next((f"## {speaker}" for speaker, _ in parts(now) if speaker), "## user")
    return f"{title}\n\n{head}\n\n{text}" if text else title


def report(entry: Entry) -> str:
    """The report as filed, `# Title` and the text, wherever an example shows it; "" where none does."""
    alone = next((each.input for each in entry.samples if each.example_type in _REPORTS and each.input), "")
    return alone or _shown(entry)


def _shown(entry: Entry) -> str:
    """The report at the head of the shortest conversation that an answer is asked for."""
    asked = [each.input for each in answers(entry.samples)]
    if not asked:
        return ""
    title, *spoken = parts(min(asked, key=len))
    line = line_of(entry)
    comments = {_bare(turn.text) for turn in thread(line).turns} if line else set()
    if spoken and spoken[0][0] == entry.about["reporter"] and _bare(spoken[0][1]) not in comments:
        return f"{title[1]}\n\n{spoken[0][1]}"
    return title[1] if not title[0] else ""


def _bare(text: str) -> str:
    return "".join(text.split())
