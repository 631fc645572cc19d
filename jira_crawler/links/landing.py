"""Which pull requests landed, and how: merged is not landed, closed is not lost, and what landed may be taken back."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from jira_crawler.links import references
from jira_crawler.links.facts import Facts
from jira_crawler.links.index import Identity, Index
from jira_crawler.text.words import words

BULK: Final = "bulk_close"
_TIDY: Final = re.compile(
    r"\bclos(?:e[sd]?|ing)\b.{0,40}\b(?:old|stale|inactive|outdated|abandoned|dead|open|obsolete|unmerged|invalid)\b"
    r"|\bclos(?:e[sd]?|ing)\b.{0,30}\b(?:prs|pull requests)\b|\bclean(?:ing)? ?up\b.{0,30}\b(?:prs?|pull requests?)\b",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"\b(?:unrelated|forgot|stale|supersed|abandon|obsolete|duplicate|not merged|won'?t|inactive|old|earlier)",
    re.IGNORECASE,
)
_SAYS: Final = 12  # letters of a title, from which it tells which change it is of


class Landing(msgspec.Struct, frozen=True):
    """How a pull request came into a branch, and when (ms); `how` is "" while it did not.

    `commit` is the one that brought it, `reverted_by` the one that took it back and was not taken back itself.
    `bulk_close` says that a commit closed it without bringing it in.
    """

    site: str
    id: str
    how: str = ""
    commit: str = ""
    at: int | None = None
    reverted_by: str = ""

    @property
    def is_landed(self) -> bool:
        return self.how not in ("", BULK)


class _Claim(NamedTuple):
    commit: Facts
    how: str
    note: str


def landings(
    index: Index, backports: Iterable[Identity] = (), branches: Mapping[tuple[str, str], str] | None = None
) -> dict[Identity, Landing]:
    """Says of each pull request how it landed, before anybody asks whether it was taken back.

    `branches` are the default ones of repositories, by site and name, as far as they are told.
    """
    claims: dict[str, list[_Claim]] = defaultdict(list)
    for each in _by_time(index, "commit"):
        for refers, how, note in each.lands:
            claims[refers].append(_Claim(each, how, note))
    bases = _usual_branches(index) | dict(branches or {})
    brought = set(backports)
    return {
        (each.site, each.id): _landing(each, claims.get(each.names[0], []), index, bases, brought)
        for each in _by_time(index, "pull")
    }


def _by_time(index: Index, what: str) -> list[Facts]:
    return sorted(
        (each for each in index.facts.values() if each.what == what),
        key=lambda each: (each.ended or each.created or 0, each.site, each.id),
    )


def _usual_branches(index: Index) -> dict[tuple[str, str], str]:
    """Takes for the default branch of a repository the one that most of its pull requests are for."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for each in index.facts.values():
        if each.what == "pull" and each.base:
            counts[each.site, each.project][each.base] += 1
    return {of: min(bases, key=lambda base: (-bases[base], base)) for of, bases in counts.items()}


def _landing(
    pull: Facts, claims: list[_Claim], index: Index, bases: Mapping[tuple[str, str], str], backports: set[Identity]
) -> Landing:
    of = pull.site, pull.id
    known = index.find(f"@{pull.commit}") if pull.commit else None
    if pull.merged is not None:
        own = [each for each in claims if each.commit.commit == pull.commit] or claims
        how = _method(own, known)
        if known is None and pull.base and pull.base != bases.get((pull.site, pull.project), pull.base):
            how = "backport" if of in backports else "other_branch"
        commit = pull.commit or (own[0].commit.commit if own else "")
        return Landing(*of, how, commit, pull.merged)
    closed = pull.ended is not None
    for claim in claims:
        if (closed or claim.how in ("merge_commit", "squash")) and _brings(claim, pull, index):
            return Landing(*of, claim.how, claim.commit.commit, claim.commit.ended)
    if closed and pull.closed_by and not claims and index.find(f"@{pull.closed_by}") is None:
        return Landing(*of, "script", pull.closed_by, pull.ended)  # by a commit that was never listed
    if closed and pull.closed_beside and not claims and pull.base != bases.get((pull.site, pull.project), pull.base):
        return Landing(*of, "backport" if of in backports else "other_branch", pull.closed_beside, pull.ended)
    return Landing(*of, BULK if claims and closed else "")


def _method(claims: list[_Claim], known: Facts | None) -> str:
    if claims and claims[0].how in ("merge_commit", "squash"):
        return claims[0].how
    if known is None:
        return "merged"
    return "merge_commit" if len(known.parents) > 1 else "rebase"


def _brings(claim: _Claim, pull: Facts, index: Index) -> bool:
    """Tells whether a commit that names a pull request as its own, or closes it, is that change."""
    commit = claim.commit
    if claim.how in ("merge_commit", "squash"):
        return True
    if _OTHERWISE.search(claim.note) and claim.how != "script":
        return False
    agree = _agree(commit.title, pull.title)
    if _TIDY.search(commit.title):
        return agree
    others = [refers for refers, how, _ in commit.lands if refers != pull.names[0]]
    if not others or agree:
        return True
    if any(how in ("merge_commit", "squash") for _, how, _ in commit.lands):
        return False  # it is another one, and closes this one beside
    scripts = [refers for refers, how, _ in commit.lands if how == "script"]
    return scripts == [pull.names[0]]


def _agree(one: str, other: str) -> bool:
    """Tells whether two titles name a key in common, or say the same."""
    keys = [
        {each.refers for each in references.find(title) if references.key_of(each.refers)} for title in (one, other)
    ]
    if keys[0] and keys[1]:
        return bool(keys[0] & keys[1])
    said = sorted((words(one).strip(), words(other).strip()), key=len)
    return len(said[0]) >= _SAYS and said[0] in said[1]
