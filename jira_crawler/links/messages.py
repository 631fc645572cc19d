"""What the message of a commit says: which pull requests it brought in, and what it takes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from jira_crawler.links import references

How = Literal["merge_commit", "squash", "script", "keyword"]

_N: Final = r"(?P<number>[1-9]\d{0,11})"
_OF: Final = r"(?P<repository>[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100})?"
_URL: Final = (
    rf"(?:https?://(?P<host>[\w.-]{{3,200}})/(?P<at>[\w.-]{{1,100}}/[\w.-]{{1,100}})/pull/"
    rf"|(?:pull request |PR )?{_OF}#)"
)
# How a subject says which pull request a commit is, and how it got there. Tried on the first line, in this order.
_SUBJECTS: Final[tuple[tuple[How, re.Pattern[str]], ...]] = (
    ("merge_commit", re.compile(rf"Merge pull request {_OF}#{_N} from \S+")),
    ("merge_commit", re.compile(rf"(?:Auto|Rollup) merge of #{_N} - \S+")),
    ("merge_commit", re.compile(rf"Merge #{_N}(?::|$)")),
    ("squash", re.compile(rf".*\(#{_N}\)\.?\s*$", re.DOTALL)),
)
# How the rest says it: written by scripts that push and so close a pull request, or by hand.
_CLOSES: Final = re.compile(
    rf"^[ \t>*-]{{0,6}}(?:this |also |and )?(?:close|fixe?"
    rf"|merge)[sd]?:?[ \t]+{_URL}{_N}(?![\w-])(?P<rest>[^\n]{{0,300}})",
    re.IGNORECASE | re.MULTILINE,
)
_ALSO: Final = re.compile(
    r"[ \t]*(?:,|and|&)[ \t]*(?:(?:this )?close[sd]?[ \t]+)?#([1-9]\d{0,11})(?![\w-])", re.IGNORECASE
)
_FROM: Final = re.compile(r"[ \t]+from[ \t]+[\w.-]+[/:]\S+")
_REVERTED: Final = re.compile(r"(?i)this reverts commit ([0-9a-f]{7,40})\b")
_PICKED: Final = re.compile(r"(?i)\(cherry[- ]picked from (?:commit )?([0-9a-f]{7,40})\)")
# With what is taken back in quotes, or by its number, key or hash: `Revert hacks` speaks of something else.
_REVERT: Final = re.compile(
    r"\s*(?:\[[^\]\n]{1,40}\]\s*)?(?:Revert(?:s|ed|ing)?|Reapply)\b[\s:]*"
    r"(?:[\"“']|(?:commit |PR |pull request )?(?:#\d|[A-Z][A-Z0-9_]*-\d|[0-9a-f]{7,40}\b))",
    re.IGNORECASE,
)
_REAPPLY: Final = re.compile(r"Reapply\b[\s:]*(?=\")", re.IGNORECASE)
_QUOTED: Final = re.compile(
    r"\s*(?:\[[^\]\n]{1,40}\]\s*)?Revert\b[\s:]*[\"“'](?P<of>.*)[\"”'][^\"”']{0,60}$", re.IGNORECASE | re.DOTALL
)
# Branches that GitHub's button and programs for backports name after a pull request.
_OF_BRANCH: Final = (
    ("reverts", re.compile(r"(?:^|/)revert-([1-9]\d{0,11})-")),
    ("backport", re.compile(r"(?:^|/)mergify/bp/[^/]{1,100}/pr-([1-9]\d{0,11})$")),
    ("backport", re.compile(r"(?i)(?:^|[/_-])backport[/_-](?:of-)?(?:pr-)?([1-9]\d{0,11})[/_-](?:to|on)[/_-]")),
)
_SUFFIX: Final = re.compile(r"(?:\s*\(#\d{1,12}\)\.?)+\s*$")


@dataclass(frozen=True, slots=True)
class Landed:
    """A pull request that a commit names as its own: `refers` to it, `how`, and the `note` behind the number.

    `is_from`: the note is `from user/branch`, which only a script writes.
    """

    refers: str
    how: How
    note: str = ""
    is_from: bool = False


def landed(message: str, repository: str) -> list[Landed]:
    """Reads which pull requests a commit says that it is, or that it closes; `repository` is `host/owner/name`."""
    subject, _, rest = message.partition("\n")
    found: dict[str, Landed] = {}
    for each in (*_subject(subject, repository), *_closed(rest, repository)):
        found.setdefault(each.refers, each)
    return list(found.values())


def _subject(subject: str, repository: str) -> list[Landed]:
    matches = ((how, pattern.match(subject[:2_000])) for how, pattern in _SUBJECTS)
    return [Landed(references.number(repository, match["number"]), how) for how, match in matches if match][:1]


def _closed(rest: str, repository: str) -> Iterator[Landed]:
    host = repository.partition("/")[0]
    for match in _CLOSES.finditer(rest):
        of = match["at"] or match["repository"]
        there = f"{match['host'] or host}/{of}" if of else repository
        note = match["rest"].strip(" .")
        is_from = _FROM.match(match["rest"]) is not None
        yield Landed(references.number(there, match["number"]), "script" if is_from else "keyword", note, is_from)
        at = 0
        while more := _ALSO.match(match["rest"], at):
            yield Landed(references.number(repository, more[1]), "keyword", note)
            at = more.end()


def takes_back(message: str) -> str:
    """Gives what a commit reverts: a sha, else the first line that it quotes; "" for a commit that reverts nothing."""
    subject = message.partition("\n")[0][:2_000]
    if sha := _REVERTED.search(message):
        return sha[1]
    if _REAPPLY.match(subject):  # what git calls the revert of a revert
        return _REAPPLY.sub("Revert ", subject, count=1)
    quoted = _QUOTED.match(subject)
    return quoted["of"].strip() if quoted else ""


def is_revert(title: str) -> bool:
    """Tells whether a title quotes what is reverted, or applied again."""
    return _REVERT.match(title[:200]) is not None


def is_reapplied(title: str) -> bool:
    """Tells whether a revert is of a revert: what was fixed first is fixed again. However deep they are nested."""
    title = title[:2_000]
    deep = len(re.findall(r"(?i)\brevert\b\s*[\"“']", title)) + len(re.findall(r"(?i)\breapply\b", title)) * 2
    return deep > 0 and deep % 2 == 0


def picked(message: str) -> list[str]:
    """Gives the commits that one was picked from for another branch."""
    return _PICKED.findall(message)


def branch_joins(name: str) -> tuple[str, str]:
    """Gives kind and number of the pull request that a branch was named after to revert or backport it; "" for none."""
    for kind, pattern in _OF_BRANCH:
        if found := pattern.search(name[:300]):
            return kind, found[1]
    return "", ""


def plain(subject: str) -> str:
    """Gives a first line without the numbers of pull requests behind it, to be compared."""
    return " ".join(_SUFFIX.sub("", subject).split())
