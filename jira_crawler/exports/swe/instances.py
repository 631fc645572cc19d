"""Pairs become instances: the issue of the store, and the change of a clone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import Clone
from jira_crawler.exports.swe.choosing import Chosen
from jira_crawler.exports.swe.patches import leaked_share, parted
from jira_crawler.exports.swe.statement import Statement, Unknown, statement
from jira_crawler.items import Commit, Issue
from jira_crawler.links.judging import Pair
from jira_crawler.store.linking import read_row
from jira_crawler.store.store import Store

Record = dict[str, Any]
_LONGEST: Final = 1_000_000  # characters of a diff that somebody may have written


class LeftOut(Exception):
    """A change makes no instance; its text is the reason."""


@dataclass(slots=True)
class Instances:
    """Makes instances, and counts by reason what makes none. `excluded` are ids that are not to be made."""

    store: Store
    clones: Mapping[str, Clone]
    excluded: frozenset[str] = frozenset()
    needs_tests: bool = False
    left: Counter[str] = field(default_factory=Counter)

    def of(self, chosen: list[Chosen], progress: Callable[[int], None] = lambda _: None) -> Iterator[Record]:
        """Gives the instances of some changes, in their order."""
        self._refuse_others(chosen)
        for each in chosen:
            try:
                yield self._instance(each)
            except (LeftOut, Unknown) as reason:
                self.left[str(reason)] += len(each.pairs)
            progress(1)

    def _refuse_others(self, chosen: list[Chosen]) -> None:
        """Raises BadArgument for a clone that has none of the commits that landed in its repository."""
        changes = {(each.first.other_site, each.first.other_id) for each in chosen if each.first.other_id}
        names = self.store.links.names(changes)
        landed: dict[str, set[str]] = defaultdict(set)
        for each in chosen:
            if name := names.get((each.first.other_site, each.first.other_id)):
                landed[name.project.lower()].add(each.first.landed_commit)
        for repository, clone in sorted(self.clones.items()):
            commits = landed[repository]
            if commits and not any(map(clone.holds, sorted(commits))):
                raise BadArgument(
                    f"{clone.folder} has none of the {len(commits):,} commits that landed in {repository}: it is a "
                    "clone of another repository, or has to be fetched."
                )

    def _instance(self, chosen: Chosen) -> Record:
        pair = chosen.first
        change = self._issue(pair.other_site, pair.other_id) if pair.other_id else None
        repository, clone = self._place(pair, change)
        id_ = f"{repository.replace('/', '__')}-{change.key.rpartition('#')[2] if change else pair.commit[:12]}"
        if id_.lower() in self.excluded:
            raise LeftOut("excluded by the list")
        if not clone.holds(pair.landed_commit):
            raise LeftOut("its commit is not in the clone")
        commits = change.pull.commits if change and change.pull else ()
        base = _base(clone, pair, commits)
        moment = _began(clone, base, pair, change, commits)
        issues = [self._issue(each.site, each.id) for each in chosen.pairs]
        said = [statement(issue, moment) for issue in issues]
        diff = clone.diff(base, pair.landed_commit)
        parts = parted(_readable(diff))
        if not parts.patch:
            raise LeftOut("nothing but tests")
        if self.needs_tests and not parts.test_patch:
            raise LeftOut("without tests")
        together = _together(said)
        best = min(chosen.pairs, key=lambda each: (each.grade, -each.confidence))
        return {
            "instance_id": id_,
            "repo": repository,
            "base_commit": base,
            "patch": parts.patch,
            "test_patch": parts.test_patch,
            "problem_statement": together.problem,
            "hints_text": together.hints,
            "created_at": _stamp(change.created if change else _time(pair.landed_at)),
            "version": "",
            "environment_setup_commit": base,
            "FAIL_TO_PASS": "[]",
            "PASS_TO_PASS": "[]",
            "tracker": "github" if all("#" in issue.key for issue in issues) else "jira",
            "issue_keys": [issue.key for issue in issues],
            "change": change.key if change else pair.commit,
            "evidence": sorted({kind for each in chosen.pairs for kind in each.kinds}),
            "grade": best.grade,
            "confidence": best.confidence,
            "landed_how": pair.landed_how,
            "landed_commit": pair.landed_commit,
            "landed_at": _stamp(_time(pair.landed_at)),
            "fix_group": pair.fix_group,
            "leaked_share": leaked_share(parts.patch, f"{together.problem}\n{together.hints}"),
            "files": list(parts.files),
            "test_files": list(parts.test_files),
        }

    def _place(self, pair: Pair, change: Issue | None) -> tuple[str, Clone]:
        if change:
            clone = self.clones.get(change.project.lower())
            if clone is None:
                raise LeftOut("without a clone")
            return change.project, clone
        for name, clone in sorted(self.clones.items()):
            if clone.holds(pair.commit):
                return name, clone
        raise LeftOut("without a clone")

    def _issue(self, site: str, id_: str) -> Issue:
        row = self.store.row(site, id_)
        if row is None or not row.payload:
            raise LeftOut("not in the store any more")
        issue = read_row(row)
        if issue is None:
            raise LeftOut("cannot be read")
        return issue


def _base(clone: Clone, pair: Pair, commits: tuple[Commit, ...]) -> str:
    """Finds what a change was made to. Of one whose commits were put on the branch one by one, that is below all."""
    base = clone.parent(pair.landed_commit)
    if pair.landed_how == "rebase":
        subjects = {commit.message.partition("\n")[0] for commit in commits[:-1]}
        for _ in commits[1:]:
            if base and clone.subject(base) in subjects:
                base = clone.parent(base)
    if not base:
        raise LeftOut("the first commit of all")
    return base


def _began(clone: Clone, base: str, pair: Pair, change: Issue | None, commits: tuple[Commit, ...]) -> datetime:
    """Says when the first commit of a change was written, as far as anybody knows, and not after it was proposed."""
    known = [commit.authored for commit in commits] + [change.created if change else None]
    known.append(clone.first_authored(base, pair.landed_commit))
    return min(filter(None, known), default=_time(pair.landed_at))


def _together(said: list[Statement]) -> Statement:
    return Statement("\n\n".join(each.problem for each in said), "\n\n".join(filter(None, (e.hints for e in said))))


def _readable(diff: str) -> str:
    if len(diff) > _LONGEST:
        raise LeftOut("a diff of more than a million characters")
    try:
        diff.encode()
    except UnicodeEncodeError:
        raise LeftOut("a diff that is not UTF-8") from None
    return diff


def _time(ms: int | None) -> datetime:
    return datetime.fromtimestamp((ms or 0) / 1000, UTC)


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
