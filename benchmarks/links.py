"""How often links are right, and how many there are of those that should be: each kind of sign, all, known rules.

python -m benchmarks.links [--made-up N] [--recorded FOLDER]

FOLDER holds recorded histories as `github/links/*.jsonl.gz`, and issues as `github/rust-issues`, `github/ietf`,
`titanium` and `commons-html`. Without it only made-up repositories of N items each are judged. Exit status 1 if all
signs together are below what is aimed at: precision .97 and recall .95 on made-up repositories, .97 and .90 on
recorded ones.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.links_closing import A_DAY, AT_ONCE, drafts, rust
from benchmarks.links_recorded import FORMER, Recorded, histories
from benchmarks.links_rules import RULES, Known, Pairs
from jira_crawler.items import Commit, Issue
from jira_crawler.links.judging import Judged, judge
from jira_crawler.links.kinds import KINDS
from jira_crawler.links.reading import read_commit, read_issue

AIMS: Final = {"made up": (0.97, 0.95), "recorded": (0.97, 0.90)}
MADE_UP: Final = ("acme/rocket:keyword", "acme/kettle:apache")


@dataclass(slots=True)
class Measured:
    """Pairs that were found, of those that can be judged, and those of them that are right, of all that there are."""

    found: int = 0
    right: int = 0
    true: int = 0

    def add(self, found: Pairs, true: Pairs) -> None:
        self.found += len(found)
        self.right += len(found & true)
        self.true += len(true)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0


@dataclass(slots=True)
class Verdict:
    """What came of one group of repositories."""

    all: Measured = field(default_factory=Measured)
    kinds: dict[str, Measured] = field(default_factory=lambda: defaultdict(Measured))
    rules: dict[str, Measured] = field(default_factory=lambda: defaultdict(Measured))
    grades: dict[str, Measured] = field(default_factory=lambda: defaultdict(Measured))

    def judge(
        self, issues: list[tuple[Issue, bytes]], commits: list[tuple[Commit, str, str]], true: Pairs, judged: set[str]
    ) -> None:
        """Adds a repository; only pairs with changes that are `judged` count, all where that is empty."""
        reads = [read_issue(issue, links) for issue, links in issues]
        reads += [read_commit(commit, "github", place, project) for commit, place, project in commits]
        keys = {(each.facts.site, each.facts.id): each.facts.key for each in reads}
        found = judge(reads, FORMER)

        def judgeable(pairs: Iterable[tuple[str, str]]) -> Pairs:
            return {pair for pair in pairs if not judged or pair[1] in judged}

        self.all.add(judgeable(_standing(found, keys)), true)
        for grade in ("A", "B"):
            self.grades[grade].add(judgeable(_standing(found, keys, grade)), true)
        by_kind: dict[str, Pairs] = defaultdict(set)
        landed = {(each.site, each.id) for each in found.landings if each.is_landed and not each.reverted_by}
        for link in found.links:
            if link.other_id and (link.other_site, link.other_id) not in landed:
                continue  # what it says may be right, and nothing came of it
            other = keys.get((link.other_site, link.other_id)) or link.commit
            by_kind[link.kind].add((keys[link.site, link.id], other))
        for kind in KINDS:
            if pairs := judgeable(by_kind.get(kind, ())):
                self.kinds[kind].add(pairs, true)
        known = Known([issue for issue, _ in issues], [commit for commit, _, _ in commits])
        for name, rule in RULES.items():
            self.rules[name].add(judgeable(rule(known)), true)


def _standing(found: Judged, keys: dict[tuple[str, str], str], grade: str = "") -> Pairs:
    return {
        (keys[pair.site, pair.id], keys.get((pair.other_site, pair.other_id)) or pair.commit)
        for pair in found.pairs
        if pair.landed_how and not pair.reverted_by and grade in ("", pair.grade)
    }


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--made-up", type=int, default=4_000, metavar="N")
    parser.add_argument("--seeds", type=int, default=3, metavar="N")
    parser.add_argument("--recorded", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    console, met = Console(), True
    for name in MADE_UP if options.made_up else ():
        verdict = Verdict()
        for seed in range(1, options.seeds + 1):
            _made_up(verdict, name, options.made_up, seed)
        _show(console, name, verdict)
        met &= _is_met(verdict, "made up")
    if options.recorded:
        together = Verdict()
        for made in histories(options.recorded / "github" / "links", options.recorded):
            own = Verdict()
            for verdict in (own, together):
                verdict.judge([(issue, b"[]") for issue in made.issues], made.commits, made.strong, made.judged)
            console.print(f"{made.name}: {own.all.precision:.3f} {own.all.recall:.3f} of {own.all.true:,}")
        _show(console, "recorded histories", together)
        met &= _is_met(together, "recorded")
        github = options.recorded / "github"
        for name, within in {"closed at once": AT_ONCE, "closed within a day": A_DAY}.items():
            _show(console, f"rust, {name}", _by_closing([rust(github / "rust-issues", within)]))
            paths = sorted((github / "ietf").glob("*/archive.json.gz"))
            _show(console, f"two drafts of the IETF, {name}", _by_closing([drafts(path, within) for path in paths]))
    return 0 if met else 1


def _made_up(verdict: Verdict, name: str, items: int, seed: int) -> None:
    from benchmarks.links_made_up import made_up

    made = made_up((name,), items, seed)
    verdict.judge(made.issues, made.commits, made.fixes, set())


def _by_closing(recorded: list[Recorded]) -> Verdict:
    """Many are merged at one time, so an issue has many changes that may have closed it: one of them is enough."""
    verdict = Verdict()
    for made in recorded:
        verdict.judge([(issue, b"[]") for issue in made.issues], [], made.strong, made.judged)
    issues = sum(len({issue for issue, _ in made.strong}) for made in recorded)
    for each in (verdict.all, *verdict.grades.values()):
        each.true = issues
    return verdict


def _is_met(verdict: Verdict, aim: str) -> bool:
    precision, recall = AIMS[aim]
    return verdict.all.precision >= precision and verdict.all.recall >= recall


def _show(console: Console, name: str, verdict: Verdict) -> None:
    for each in (*verdict.kinds.values(), *verdict.rules.values()):
        each.true = verdict.all.true
    table = Table(title=name, title_justify="left")
    for heading in ("", "precision", "recall", "right", "found", "of"):
        table.add_column(heading, justify="left" if not heading else "right")
    parts = {"all signs": verdict.all} | {f"grade {grade}": each for grade, each in sorted(verdict.grades.items())}
    for rows in (parts, verdict.kinds, verdict.rules):
        for label, each in rows.items():
            if each.found:
                share = f"{each.precision:.3f}", f"{each.recall:.3f}"
                table.add_row(label, *share, f"{each.right:,}", f"{each.found:,}", f"{each.true:,}")
        table.add_section()
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
