"""All that was said becomes links, landings, and pairs of an issue and the change that fixed it, with a grade."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

import msgspec

from jira_crawler.links import landing as landing_
from jira_crawler.links.changes import Changes, by_message, taken_back
from jira_crawler.links.facts import Facts, Read, Sign
from jira_crawler.links.groups import Groups
from jira_crawler.links.index import Identity, Index
from jira_crawler.links.kinds import KINDS
from jira_crawler.links.landing import Landing
from jira_crawler.links.messages import is_reapplied, is_revert

Grade = Literal["A", "B"]
_JOINS: Final = frozenset({"backport", "follow_up", "reverts"})
_TAGS: Final = frozenset({"title_tag", "landing_tag"})  # which no denial elsewhere in the text outdoes
# A commit that came with a pull request, and did not bring it in by itself, speaks as its commits do.
_AS_PART: Final = {
    "landing_tag": "commit_tag",
    "landing_key": "commit_mention",
    "landing_closes": "commit_closes",
    "landing_mention": "commit_mention",
}


class Link(msgspec.Struct, frozen=True, order=True):
    """One sign that a change fixed an issue; `other` is the pull request, "" where a commit came alone."""

    site: str
    id: str
    other_site: str
    other_id: str
    commit: str
    kind: str
    place: str
    source_id: str
    quoted: str
    actor: str
    at: int | None
    weight: float

    @property
    def change(self) -> tuple[str, str, str]:
        return self.other_site, self.other_id, "" if self.other_id else self.commit


class Pair(msgspec.Struct, frozen=True, order=True):
    """An issue and a change that fixed it. `kinds` are those of its signs, `confidence` what these weigh together."""

    site: str
    id: str
    other_site: str
    other_id: str
    commit: str
    grade: Grade
    landed_how: str
    landed_commit: str
    landed_at: int | None
    fix_group: str
    reverted_by: str
    kinds: tuple[str, ...]
    confidence: float


class Join(msgspec.Struct, frozen=True, order=True):
    """A change that says that it goes with an earlier one: a `backport`, a `follow_up`, or what `reverts` it.

    `fix_group` is that of the earlier one.
    """

    kind: str
    change: Identity
    earlier: Identity
    fix_group: str


class Judged(msgspec.Struct):
    """All links, pairs and landings, each in a fixed order, and what changes say of one another."""

    links: list[Link]
    pairs: list[Pair]
    landings: list[Landing]
    joins: list[Join] = []


Branches = Mapping[tuple[str, str], str]


def judge(objects: Iterable[Read], former: Mapping[str, str] | None = None, branches: Branches | None = None) -> Judged:
    """Judges all that is known together; the same objects give the same, in whatever order they come.

    `former` are names that repositories had once, with those of today; `branches` the default ones, by site and name.
    """
    return _Judge(objects, former, branches).run()


class _Judge:
    def __init__(self, objects: Iterable[Read], former: Mapping[str, str] | None, branches: Branches | None):
        self.objects = sorted(objects, key=lambda each: (each.facts.site, each.facts.id))
        self.index = Index((each.facts for each in self.objects), former)
        backports = {
            (each.facts.site, each.facts.id) for each in self.objects for sign in each.signs if sign.kind == "backport"
        }
        landed = landing_.landings(self.index, backports, branches)
        self.changes = Changes(self.index, landed)
        self.links: dict[tuple[str, ...], Link] = {}
        self.joined: list[tuple[str, Identity, Identity]] = []

    def run(self) -> Judged:
        for each in self.objects:
            for sign in each.signs:
                self._take(each.facts, sign)
        reverted = [(one, other) for kind, one, other in self.joined if kind == "reverts"]
        reverted += by_message(self.changes)
        backs = taken_back(self.changes, reverted)
        links = sorted(self.links.values())
        groups = Groups()
        pairs = self._pairs(links, backs, groups)
        told = [
            msgspec.structs.replace(each, reverted_by=self.changes.commit(backs[identity]) if identity in backs else "")
            for identity, each in sorted(self.changes.landings.items())
        ]
        return Judged(links, sorted(pairs), told, sorted(self._joins(reverted, groups)))

    def _joins(self, reverted: Iterable[tuple[Identity, Identity]], groups: Groups) -> Iterator[Join]:
        """Gives what changes say of earlier ones, each once; what says that it takes itself back says nothing."""
        said = [*self.joined, *(("reverts", one, other) for one, other in reverted)]
        for kind, one, other in dict.fromkeys(said):
            if one != other:
                yield Join(kind, one, other, groups.name(other))

    # --- links

    def _take(self, facts: Facts, sign: Sign) -> None:
        """Puts a sign between the two that it is about, whichever of them gave it."""
        named = self.index.find(sign.refers)
        if facts.what == "issue":
            if named and named.what == "pull":
                self._add(facts, (named.site, named.id), "", sign, sign.kind)
            elif sign.refers.startswith("@"):
                self._add_commit(facts, named, sign)
            return
        if named is None or named is facts:
            return
        change = self.changes.of(facts) if facts.what == "commit" else (facts.site, facts.id)
        if named.what == "issue":
            kind = sign.kind
            if facts.what == "commit":
                if facts.commit in self.changes.told:  # its pull request has said it already
                    return
                if change != (facts.site, facts.id) and facts.commit not in self.changes.landed:
                    kind = _AS_PART.get(kind, kind)
            self._add(named, change, facts.commit if facts.what == "commit" else "", sign, kind)
        elif sign.kind in _JOINS and (sign.kind != "reverts" or is_revert(facts.title)):
            other = self.changes.of(named) if named.what == "commit" else (named.site, named.id)
            if other != change:
                self.joined.append((sign.kind, change, other))

    def _add_commit(self, issue: Facts, named: Facts | None, sign: Sign) -> None:
        """A commit that closed an issue counts even where nobody has listed it."""
        sha = sign.refers[1:]
        if named is not None:
            self._add(issue, self.changes.of(named), named.commit, sign, sign.kind)
        elif change := self.changes.by(sha):
            self._add(issue, change, sha, sign, sign.kind)
        elif sign.kind == "closer":
            self._add(issue, (issue.site, f"{issue.place.partition('/')[2]}@{sha}"), sha, sign, sign.kind)

    def _add(self, issue: Facts, change: Identity, commit: str, sign: Sign, kind: str) -> None:
        is_alone = "@" in change[1]
        link = Link(
            issue.site,
            issue.id,
            change[0],
            "" if is_alone else change[1],
            change[1].rpartition("@")[2] if is_alone else commit,
            kind,
            sign.place,
            sign.source,
            sign.quoted,
            sign.actor,
            sign.at,
            KINDS[kind].weight,
        )
        of = (link.site, link.id, link.other_site, link.other_id, link.commit, kind, sign.place, sign.source)
        before = self.links.get(of)
        self.links[of] = link if before is None else min(before, link)

    # --- pairs

    def _pairs(self, links: list[Link], backs: dict[Identity, Identity], groups: Groups) -> list[Pair]:
        signs: dict[tuple[Identity, Identity], list[Link]] = defaultdict(list)
        for link in links:
            signs[(link.site, link.id), self._change(link)].append(link)
        graded = {of: grade for of, these in signs.items() if (grade := _grade(these)) and not self._takes_back(of[1])}
        for issue, change in graded:
            groups.join(issue, change)
        for _, one, other in self.joined:
            groups.join(one, other)
        return [
            self._pair(issue, change, signs[issue, change], grade, groups, backs)
            for (issue, change), grade in graded.items()
        ]

    def _change(self, link: Link) -> Identity:
        if link.other_id:
            return link.other_site, link.other_id
        known = self.index.find(f"@{link.commit}")
        place = self.index.facts[link.site, link.id].place
        return (known.site, known.id) if known else (link.other_site, f"{place.partition('/')[2]}@{link.commit}")

    def _takes_back(self, change: Identity) -> bool:
        title = self.index.facts[change].title if change in self.index.facts else ""
        return is_revert(title) and not is_reapplied(title)

    def _pair(
        self,
        issue: Identity,
        change: Identity,
        links: list[Link],
        grade: Grade,
        groups: Groups,
        backs: dict[Identity, Identity],
    ) -> Pair:
        kinds = sorted({link.kind for link in links})
        doubt = 1.0
        for kind in kinds:
            doubt *= 1 - KINDS[kind].weight
        landing = self.changes.landings.get(change)
        facts = self.index.facts.get(change)
        is_alone = "@" in change[1]
        sha = change[1].rpartition("@")[2] if is_alone else ""
        how, commit, at = (
            (landing.how, landing.commit, landing.at)
            if landing
            else ("commit", sha, (facts.ended if facts else None) or self.index.facts[issue].ended)
        )
        is_landed = how not in ("", landing_.BULK)
        return Pair(
            *issue,
            change[0],
            "" if is_alone else change[1],
            sha,
            grade,
            how if is_landed else "",
            commit if is_landed else "",
            at if is_landed else None,
            groups.name(issue),
            self.changes.commit(backs[change]) if change in backs else "",
            tuple(kinds),
            round(1 - doubt, 4),
        )


def _grade(links: Iterable[Link]) -> Grade | None:
    """A: both sides, or the tracker's closer and a text of the change; B: one strong sign; None: named at most."""
    kinds = {link.kind for link in links}
    if "reverts" in kinds or ("denies" in kinds and not kinds & _TAGS):
        return None
    sides = {KINDS[kind].side for kind in kinds if KINDS[kind].is_strong}
    says = {KINDS[kind].side for kind in kinds}
    if {"change", "issue"} <= sides or ("closer" in kinds and "change" in says):
        return "A"
    return "B" if sides - {""} else None
