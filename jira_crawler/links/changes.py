"""Which change a commit is a part of, and which changes were taken back by others, however often that went on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from jira_crawler.links.facts import Facts
from jira_crawler.links.index import Identity, Index
from jira_crawler.links.landing import Landing
from jira_crawler.links.messages import plain


class Changes:
    """Knows of each commit the pull request that it came with; a commit that came alone is a change by itself."""

    def __init__(self, index: Index, landings: Mapping[Identity, Landing]):
        self.index, self.landings = index, landings
        self._of: dict[str, Identity] = {}
        self.landed: dict[str, Identity] = {}  # by the commit that brought them in
        for identity, landing in sorted(landings.items()):
            if landing.commit:
                self.landed.setdefault(landing.commit, identity)
        self._of |= self.landed
        for identity in sorted(landings):
            for sha in index.facts[identity].commits:
                self._of.setdefault(sha, identity)
        self.told = frozenset(sha for identity in landings for sha in index.facts[identity].commits)
        self._merged()

    def _merged(self) -> None:
        """Finds what a merge brought in: what can be reached from its second parent, and from no commit before it."""
        commits = {each.commit: each for each in self.index.facts.values() if each.what == "commit"}
        below = {parent for each in commits.values() for parent in each.parents}
        heads = sorted((each for sha, each in commits.items() if sha not in below), key=_age, reverse=True)
        known: set[str] = set()
        for head in heads:
            line, at = [], head.commit
            while at in commits and at not in known:
                line.append(at)
                known.add(at)
                at = next(iter(commits[at].parents), "")
            for sha in reversed(line):
                self._bring(sha, commits, known)

    def _bring(self, sha: str, commits: Mapping[str, Facts], known: set[str]) -> None:
        """Gives what a merge brought in to the pull request that it landed; `known` is what was there before it."""
        waiting = list(commits[sha].parents[1:])
        while waiting:
            one = waiting.pop()
            if one in known or one not in commits:
                continue
            known.add(one)
            if sha in self.landed:
                self._of.setdefault(one, self.landed[sha])
            waiting.extend(commits[one].parents)

    def of(self, commit: Facts) -> Identity:
        """Gives the pull request that a commit came with, or the commit itself."""
        return self._of.get(commit.commit, (commit.site, commit.id))

    def by(self, sha: str) -> Identity | None:
        """Gives the pull request that a commit came with or landed by, also where nobody has listed the commit."""
        return self._of.get(sha)

    def at(self, change: Identity) -> int:
        """Gives when a change landed (ms), or was written, or 0."""
        landing = self.landings.get(change)
        facts = self.index.facts.get(change)
        return (landing.at if landing else None) or ((facts.ended or facts.created) if facts else None) or 0

    def commit(self, change: Identity) -> str:
        """Gives the commit that brought a change in."""
        landing = self.landings.get(change)
        return landing.commit if landing else self.index.facts[change].commit if change in self.index.facts else ""


def _age(commit: Facts) -> tuple[int, str]:
    return commit.ended or 0, commit.commit


def taken_back(changes: Changes, said: Iterable[tuple[Identity, Identity]]) -> dict[Identity, Identity]:
    """Gives, for each change that is taken back for good, the change that did it.

    `said` are pairs of a change and what it says to revert, those of by_message, too. What a revert takes back stands
    again once that revert is taken back itself.
    """
    backs: dict[Identity, set[Identity]] = defaultdict(set)
    for taker, taken in said:
        landing = changes.landings.get(taker)
        if (landing is None or landing.is_landed) and changes.at(taker) > changes.at(taken):
            backs[taken].add(taker)
    order = sorted(backs, key=lambda change: (changes.at(change), change), reverse=True)  # the newest is judged first
    found: dict[Identity, Identity] = {}
    for change in order:
        standing = [taker for taker in backs[change] if taker not in found]
        if standing:
            found[change] = min(standing, key=lambda taker: (changes.at(taker), taker))
    return found


def by_message(changes: Changes) -> list[tuple[Identity, Identity]]:
    """Finds what commits revert: by sha, or by the first line that they quote, the last commit before that has it."""
    commits = sorted(
        (each for each in changes.index.facts.values() if each.what == "commit"),
        key=lambda each: (each.ended or 0, each.commit),
    )
    exact: dict[tuple[str, str, str], Facts] = {}
    bare: dict[tuple[str, str, str], Facts] = {}
    found: list[tuple[Identity, Identity]] = []
    for each in commits:
        if each.takes_back:
            where = each.site, each.place
            taken = (
                changes.index.find(f"@{each.takes_back}")
                or exact.get((*where, each.takes_back))
                or bare.get((*where, plain(each.takes_back)))
            )
            if taken and taken.what == "commit":
                found.append((changes.of(each), changes.of(taken)))
        exact[each.site, each.place, each.title] = each
        bare[each.site, each.place, plain(each.title)] = each
    return found
