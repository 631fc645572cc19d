"""Pairs become examples: does a change fix an issue, which files does it take, was it kept or brought on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from jira_crawler.exports.pairs.negatives import Negatives
from jira_crawler.exports.pairs.texts import began, change_text, utc
from jira_crawler.exports.swe.choosing import ELSEWHERE
from jira_crawler.exports.swe.patches import is_test
from jira_crawler.exports.swe.statement import Unknown, statement
from jira_crawler.items import Example, Issue
from jira_crawler.links.facts import Facts
from jira_crawler.links.index import Identity
from jira_crawler.links.judging import Pair
from jira_crawler.store.linking import read_row
from jira_crawler.store.store import Store
from jira_crawler.tasks.leak import leaks

Record = dict[str, Any]
TASKS: Final[Mapping[str, str]] = {
    "link_prediction": "Does this change fix this issue? Answer yes or no.",
    "fix_localisation": "Which files have to be changed to fix this issue? Name each on a line of its own.",
    "revert_prediction": "Will this change be taken back later? Answer yes or no.",
    "backport_prediction": "Will this change be brought to another branch, too? Answer yes or no.",
}
NEGATIVES: Final = 2  # for each pair
_FILES: Final = 20  # a change of more is no place


@dataclass(slots=True)
class Families:
    """Makes examples of pairs; `left` counts by reason what made none.

    `backported` are groups with a backport, `projects` those of Jiras, whose keys give an issue away.
    """

    store: Store
    facts: Mapping[Identity, Facts]
    negatives: Negatives
    backported: frozenset[str]
    projects: frozenset[str]
    left: Counter[str] = field(default_factory=Counter)
    _told: set[Identity] = field(default_factory=set)

    def of(self, pair: Pair, others: dict[Identity, str], split: str) -> Iterator[Record]:
        """Gives the examples of a pair; `others` are the splits of issues that were shown.

        A negative is of the same split, or becomes so.
        """
        change = self._issue(pair.other_site, pair.other_id)
        issue = self._issue(pair.site, pair.id)
        if change is None or issue is None:
            self.left["cannot be read"] += 1
            return
        shown = change_text(change, self.projects)
        if not shown:
            self.left["a change whose text is not known"] += 1
            return
        about = _about(pair, change)
        if (change.site, change.id) not in self._told:  # once a change, however many issues it fixed
            self._told.add((change.site, change.id))
            yield about | _example("revert_prediction", shown, "yes" if pair.reverted_by else "no")
            if pair.landed_how not in ELSEWHERE:  # which is a backport by itself, and mostly says so
                answer = "yes" if pair.fix_group in self.backported else "no"
                yield about | _example("backport_prediction", shown, answer)
        moment = began(change)
        try:
            said = statement(issue, moment).problem
        except Unknown as reason:
            self.left[str(reason)] += 1
            return
        told = about | {"issue_key": issue.key}
        if not pair.reverted_by:
            yield from self._files(told, said, change)
        yield told | _example("link_prediction", _both(said, shown), "yes")
        facts = self.facts[pair.site, pair.id]
        made = 0
        for other in self.negatives.of(facts, (pair.other_site, pair.other_id), 4 * NEGATIVES):
            if made == NEGATIVES or others.setdefault((other.site, other.id), split) != split:
                continue
            if record := self._negative(about, other, moment, shown):
                made += 1
                yield record

    def _negative(self, about: Record, other: Facts, moment: datetime, shown: str) -> Record | None:
        issue = self._issue(other.site, other.id)
        if issue is None:
            return None
        try:
            said = statement(issue, moment).problem
        except Unknown:
            return None
        return about | {"issue_key": issue.key} | _example("link_prediction", _both(said, shown), "no")

    def _files(self, told: Record, said: str, change: Issue) -> Iterator[Record]:
        files = [path for path in (change.pull.files if change.pull else ()) if not is_test(path)]
        if not files or len(files) > _FILES:
            return
        answer = "\n".join(sorted(files))
        told_of = {"task_type": "fix_localisation", "variant": "files", "instruction": TASKS["fix_localisation"]}
        example = Example(**told_of, input=said, output=answer)
        if not leaks(example, "text"):
            yield told | _example("fix_localisation", said, answer)

    def _issue(self, site: str, id_: str) -> Issue | None:
        row = self.store.row(site, id_)
        return read_row(row) if row and row.payload else None


def _both(said: str, shown: str) -> str:
    return f"## Issue\n\n{said}\n\n## Change\n\n{shown}"


def _about(pair: Pair, change: Issue) -> Record:
    return {
        "repo": change.project,
        "issue_key": "",
        "change": change.key,
        "grade": pair.grade,
        "evidence": list(pair.kinds),
        "landed_how": pair.landed_how,
        "landed_at": utc(pair.landed_at),
        "fix_group": pair.fix_group,
    }


def _example(task: str, shown: str, answer: str) -> Record:
    return {"task_type": task, "instruction": TASKS[task], "input": shown, "output": answer}
