"""What is noted of a stretch before anything is decided: how comments open, what labels say, and who is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from jira_crawler.exports.diet import LABELS_AN_ISSUE, Gathering, few
from jira_crawler.exports.duplicates import Reports
from jira_crawler.exports.groups import Groups
from jira_crawler.exports.options import UNDETERMINED, Filter, Funnel
from jira_crawler.exports.preference import Openings
from jira_crawler.exports.reading import Decided, Issue, Wanted
from jira_crawler.exports.source import Entry, Sample


@dataclass(slots=True)
class Surveyed:
    """What a survey keeps of a stretch, with a number of each issue in most lists."""

    passed: list[tuple[int, int]] = field(default_factory=list)  # issues and examples, through one filter after another
    groups: Groups = field(default_factory=Groups)
    reports: Reports = field(default_factory=Reports)
    rows: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    created: list[int] = field(default_factory=list)
    tasks: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    judged: bool = False
    spoken: bool = False

    def add(self, entry: Entry, chosen: list[Sample], rows: int) -> None:
        """Notes an issue, and those of its examples that are wanted."""
        self.created.append(int(datetime.fromisoformat(entry.about["created"]).timestamp() * 1000))
        self.languages[entry.about["language"] or UNDETERMINED] += 1
        self.tasks.update(sample.task_type for sample in entry.samples)
        self.judged = self.judged or any(sample.value is not None for sample in entry.samples)
        self.spoken = self.spoken or any(sample.speaker for sample in entry.samples)
        self.rows.append(rows)
        self.sizes.append(sum(sample.size for sample in chosen))


def opened(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> Openings:
    """Takes how comments open."""
    openings = Openings()
    for issue in issues:
        openings.add(issue.entry)
    return openings


def gathered(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> Gathering:
    """Takes the labels of what all other filters let through."""
    funnel, gathering = Funnel(list(wanted.options.choice.filters())), Gathering()
    for _, number, entry in issues:
        gathering.add(entry, funnel.take(entry), number)
    return gathering


def surveyed(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> Surveyed:
    """Notes who belongs together, what passes the filters, and what is looked for in other issues."""
    kind, compares, funnel, found = wanted.options.kind, wanted.options.compares, Funnel(filters(wanted)), Surveyed()
    for _, number, entry in issues:
        found.groups.add(entry, number)
        chosen = funnel.take(entry)
        found.add(entry, chosen, kind.rows(chosen) if chosen else 0)
        if compares:
            found.reports.add(entry, number, wanted=bool(chosen))
    found.passed = [(each.issues, each.examples) for each in funnel.passed]
    return found


def filters(wanted: Wanted) -> list[tuple[str, Filter]]:
    """Gives all filters of an export, the one of its format last."""
    made = list(wanted.options.choice.filters())
    if wanted.diet:
        made += [("labels that can be learned", wanted.diet.learnable), (f"{LABELS_AN_ISSUE} label rows an issue", few)]
    return [*made, (f"examples for the format {wanted.options.format}", wanted.options.kind.suited)]
