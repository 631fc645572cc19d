"""What examples are made of: pairs of an issue and a change, changes that speak of earlier ones, and releases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jira_crawler.exports.groups import SPLITS
from jira_crawler.exports.pairs.earlier import Earlier
from jira_crawler.exports.pairs.families import Families
from jira_crawler.exports.pairs.joined import Joined, wanted
from jira_crawler.exports.pairs.negatives import Negatives
from jira_crawler.exports.pairs.notes import Notes, Released
from jira_crawler.exports.pairs.texts import utc
from jira_crawler.links.index import Identity
from jira_crawler.links.judging import Join, Pair, judge
from jira_crawler.store.store import Store

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sources:
    """All of them, in a fixed order, with what makes examples of each; `names` are the repositories of changes."""

    pairs: Sequence[Pair]
    joins: Sequence[Join]
    releases: Sequence[Released]
    families: Families
    joined: Joined
    notes: Notes
    names: dict[Identity, str]

    @classmethod
    def of(cls, store: Store, grades: frozenset[str]) -> Sources:
        """Reads what was linked, and judges once more what changes say of one another."""
        objects = list(store.links.objects())
        judged = judge(objects, store.links.former_names(), store.links.default_branches())
        facts = {(each.facts.site, each.facts.id): each.facts for each in objects}
        issues = {identity: each for identity, each in facts.items() if each.what == "issue"}
        pulls = {identity: each for identity, each in facts.items() if each.what == "pull"}
        projects = frozenset(each.project.upper() for each in issues.values() if "/" not in each.project)
        pairs = [each for each in store.links.all_pairs() if each.landed_how and each.other_id]
        links = (((each.site, each.id), (each.other_site, each.other_id)) for each in store.links.all_links())
        backported = frozenset(pair.fix_group for pair in pairs if pair.landed_how == "backport")
        earlier = Earlier(pulls.values(), judged.landings, judged.joins)
        notes = Notes(store, pulls, projects)
        known = store.links.names({(each.other_site, each.other_id) for each in pairs})
        return cls(
            pairs=[each for each in pairs if each.grade in grades],
            joins=wanted(judged.joins, earlier),
            releases=notes.released(),
            families=Families(store, issues, Negatives(issues.values(), links), backported, projects),
            joined=Joined(store, earlier, projects),
            notes=notes,
            names={identity: name.project for identity, name in known.items()},
        )

    def about(self) -> list[dict[str, str]]:
        """Says of each by what it goes into a split."""
        return [
            *map(self._about, self.pairs),
            *map(self.joined.about, self.joins),
            *(each.about for each in self.releases),
        ]

    def _about(self, pair: Pair) -> dict[str, str]:
        repository = self.names.get((pair.other_site, pair.other_id), "")
        return {"fix_group": pair.fix_group, "repo": repository, "landed_at": utc(pair.landed_at)}

    def records(self, splits: Sequence[str]) -> Iterator[tuple[str, Iterable[Record]]]:
        """Gives of each its split, and its examples, which are made when they are asked for.

        Nothing is shown in two splits: a wrong answer is of the split that shows it first, and a release goes to the
        last one that shows a change of it.
        """
        others: dict[Identity, str] = {}
        joins = splits[len(self.pairs) :]
        for pair, name in zip(self.pairs, splits, strict=False):
            others.setdefault((pair.site, pair.id), name)
            others.setdefault((pair.other_site, pair.other_id), name)
        for join, name in zip(self.joins, joins, strict=False):
            others.setdefault(join.change, name)
            others.setdefault(join.earlier, name)
        for pair, name in zip(self.pairs, splits, strict=False):
            yield name, self.families.of(pair, others, name)
        for join, name in zip(self.joins, joins, strict=False):
            yield name, self.joined.of(join, others, name)
        for release, name in zip(self.releases, joins[len(self.joins) :], strict=True):
            shown = [name, *(others[each] for each in release.changes if each in others)]
            yield max(shown, key=SPLITS.index), self.notes.of(release)

    def left(self) -> Counter[str]:
        """Counts by reason what made no example."""
        return +(self.families.left + self.joined.left + self.notes.left)
