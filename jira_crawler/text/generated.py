"""Finds what programs write into an issue under whatever name: commits, builds, mirrored reviews."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from jira_crawler.text.fences import blocks

_URL = re.compile(r"[\[(<]? ?(?:URL: )?(?:\[[^\]]*\]\()?https?://\S+(?: ?[\])>])?$")


@dataclass(frozen=True, slots=True)
class Notice:
    """What a program writes: `begin` is its first line, `below` what the next full line must be, and goes too.

    It reaches to the line `end`, or to the end of the text where no such line comes; without `end` it is one line.
    `trigger` is text that must be there: a quick look.
    """

    trigger: str
    begin: re.Pattern[str]
    below: re.Pattern[str] | None = None
    end: re.Pattern[str] | None = None


_NEVER = re.compile(r"(?!)")
_QA_END = re.compile(r"This message (?:is|was) automatically generated\.?")
_MARK = r"(?:\| ?)?(?:\S{1,3} )?\**"  # a table's edge, a sign, bold

NOTICES: Final = (
    # Jenkins and Hudson
    Notice("Integrated in ", re.compile(r"\**(?:[A-Z]{5,9}:\**:? )?Integrated in .{1,200}#\d+ \(See "), end=_NEVER),
    # Apache: pre-commit builds of Hadoop, Hive and Yetus, patches tested by Jenkins
    Notice(
        "ere are the results of testing the latest",
        re.compile(rf"{_MARK}(?:(?:Overall: )?[+-]1 overall\W+)?Here are the results of testing the latest "),
        end=_QA_END,
    ),
    Notice("ATTACHMENT ID: ", re.compile(r"ATTACHMENT ID: \d+\b")),
    Notice("| Vote ", re.compile(rf"{_MARK}[+-]1 overall\** ?\|?$|\| *Vote *\| *Subsystem *\| *Runtime"), end=_QA_END),
    # Apache: commits, from svn and git
    Notice(
        "Commit ",
        re.compile(r"Commit (?:[0-9a-f]{7,40}|r?\d{3,8}) (?:from .{1,60} )?(?:in|to) (?:\S{1,80}'s )?(?:branch )?\S"),
        below=_URL,
        end=_NEVER,
    ),
    Notice("New Revision: ", re.compile(r"Author: \S+$"), below=re.compile(r"Date: "), end=_NEVER),
    Notice("SVN commit ", re.compile(r"SVN commit \d+ by \S+:?$"), end=_NEVER),
    # GitHub and GitLab, mirrored
    Notice(
        "ub user ",
        re.compile(r"Git[Hh]ub user \S+ (?:(?:re)?opened|closed|commented on|edited) .{1,200}:$"),
        below=_URL,
    ),
    Notice(
        "URL: http",
        re.compile(r"\S+ (?:opened|closed|merged|commented|edited|removed|reviewed|pushed)\b.{1,100}#\d+.{0,99}:$"),
        below=_URL,
    ),
    Notice(
        "You can merge this pull request", re.compile(r"You can merge this pull request into a Git rep"), end=_NEVER
    ),
    Notice(
        "If your project is set up for it",
        re.compile(r"If your project is set up for it, you can reply to this email"),
        end=re.compile(r".*with INFRA\.$|-{3,}$"),
    ),
    Notice("automated message from", re.compile(r"This is an automated message from the \S+ Git S"), end=_NEVER),
    Notice(
        " has created a pull request for this issue", re.compile(r"User '.{1,60}' has created a pull re"), below=_URL
    ),
    Notice(" mentioned this issue in ", re.compile(r"\[.{1,80}\]\(http\S{1,200}\) mentioned this issue in \[?a ")),
    Notice("overage", re.compile(r"\[?!\[Coverage Status\]|\W*Coverage (?:in|de)creased .{1,80} when pulling \S")),
    Notice("odecov", re.compile(r"#+ \[Codecov\]\("), end=_NEVER),
    # Review Board, and programs that say what they are
    Notice("utomatically generated e", re.compile(r"This is an automatically generated e-?mail"), below=_URL),
    Notice("utomatically generated", re.compile(r"This (?:e-?mail|message) (?:is|was) automatically generated\b")),
    Notice(
        " automatically ",
        re.compile(
            r"This (?:issue|bug|ticket|pull request|PR) (?:has been|was|is being) automatically "
            r"(?:marked as stale|closed (?:due to|because)|unassigned)"
        ),
    ),
    # Bugzilla
    Notice("Created an attachment (id=", re.compile(r"Created an attachment \(id=\d+\)$")),
)

_BEGIN = re.compile("|".join(f"(?:{notice.begin.pattern})" for notice in NOTICES))  # one look for most lines
_SENT = re.compile(r"(?:Sending|Adding|Deleting|Replacing) +(?:\(bin\) +)?\S+$")
_SENT_ALL = re.compile(r"Transmitting file data ?\.*(?: ?done)?$|Committ(?:ed revision \d+|ing transaction\.*)\.*$")


def without_generated(text: str) -> str:
    """The text without what programs are known to write, and all of it where they wrote nothing."""
    notices = [notice for notice in NOTICES if notice.trigger in text]
    console = "ransmitting file data" in text
    if not notices and not console:
        return text
    lines = text.split("\n")
    prose = _prose(text)
    gone = _noticed(lines, prose, notices) | (_committed(lines, prose) if console else set())
    return "\n".join(line for at, line in enumerate(lines) if at not in gone) if gone else text


def _prose(text: str) -> list[int]:
    """Where the lines are that no fence holds."""
    prose: list[int] = []
    at = 0
    for code, lines in blocks(text):
        if not code:
            prose += range(at, at + len(lines))
        at += len(lines)
    return prose


def _noticed(lines: list[str], prose: list[int], notices: list[Notice]) -> set[int]:
    gone: set[int] = set()
    reach = 0
    for at in prose:
        if at >= reach:
            reach = _reach(lines, at, notices)
            gone.update(range(at, reach))
    return gone


def _reach(lines: list[str], at: int, notices: list[Notice]) -> int:
    """The line behind the notice that begins at line `at`; 0 if none does."""
    line = lines[at].strip()
    if not line or not _BEGIN.match(line):
        return 0
    for notice in notices:
        if not notice.begin.match(line):
            continue
        below = next((n for n in range(at + 1, min(at + 3, len(lines))) if lines[n].strip()), at)
        if notice.below and not notice.below.match(lines[below].strip()):
            continue
        if notice.end:
            return next((n + 1 for n in range(at, len(lines)) if notice.end.match(lines[n].strip())), len(lines))
        return below + 1 if notice.below else at + 1
    return 0


def _committed(lines: list[str], prose: list[int]) -> set[int]:
    """What svn prints when it commits: files, `Transmitting file data`, the revision."""
    gone: set[int] = set()
    files: list[int] = []
    for at in prose:
        if not lines[at]:
            continue
        if _SENT.match(lines[at]):
            files.append(at)
        elif _SENT_ALL.match(lines[at]) and (files or at - 1 in gone):
            gone.update([*files, at])
            files = []
        else:
            files = []
    return gone
