"""What an export came to, counted from what was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jira_crawler.exports.audit import Overlap
from jira_crawler.exports.diet import Diet
from jira_crawler.exports.options import ExportOptions, Passed
from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.tokens import TokenCounter
from jira_crawler.redaction.placeholders import count_marks
from jira_crawler.text.words import each_word


@dataclass(slots=True)
class Counts:
    """What was written, by split, project or task; those of several stretches are added up."""

    sites: dict[str, str] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    examples: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # split, project, task
    languages: Counter[str] = field(default_factory=Counter)  # issues
    marks: Counter[str] = field(default_factory=Counter)
    span: dict[str, tuple[str, str]] = field(default_factory=dict)  # split → first and last `created`
    characters: int = 0
    taught: Counter[str] = field(default_factory=Counter)  # examples by task
    words: Counter[str] = field(default_factory=Counter)  # that are trained on, by task
    tokens: Counter[str] = field(default_factory=Counter)  # the same in tokens, where somebody counts them
    all_tokens: int = 0
    counted_by: str = ""

    def count(self, split: str, entry: Entry, samples: list[Sample], counter: TokenCounter | None) -> None:
        """Notes that the records of an issue were written."""
        about = entry.about
        self.sites.setdefault(about["site"], about["url"].rpartition("/browse/")[0])
        self.issues[split] += 1
        self.languages[about["language"]] += 1
        self._widen(split, about["created"], about["created"])
        for sample in samples:
            self.examples[split, about["project"], sample.task_type] += 1
            for text in (sample.instruction, sample.input, sample.output):
                self.marks.update(count_marks(text))
                self.characters += len(text)
            self._count_trained(sample, counter)

    def _widen(self, split: str, first: str, last: str) -> None:
        known = self.span.get(split, (first, last))
        self.span[split] = min(known[0], first), max(known[1], last)

    def _count_trained(self, sample: Sample, counter: TokenCounter | None) -> None:
        self.taught[sample.task_type] += 1
        self.words[sample.task_type] += len(each_word(sample.output.lower()))
        if counter:
            tokens = counter.count(sample.output)
            self.counted_by = counter.name
            self.tokens[sample.task_type] += tokens
            self.all_tokens += tokens + counter.count(sample.instruction) + counter.count(sample.input)

    def add(self, more: Counts) -> None:
        """Adds what was written behind it; what was met first stays first, as that shows where figures are equal."""
        self.sites = {**self.sites, **{site: url for site, url in more.sites.items() if site not in self.sites}}
        for name in ("rows", "issues", "examples", "languages", "marks", "taught", "words", "tokens"):
            getattr(self, name).update(getattr(more, name))
        for split, ends in more.span.items():
            self._widen(split, *ends)
        self.characters += more.characters
        self.all_tokens += more.all_tokens
        self.counted_by = self.counted_by or more.counted_by


@dataclass(slots=True, kw_only=True)
class ExportResult(Counts):
    """What an export came to."""

    options: ExportOptions
    fetched: datetime | None
    passed: list[Passed]
    groups: int
    largest: int
    diet: Diet | None = None
    files: dict[str, list[Path]] = field(default_factory=dict)
    parts: dict[str, list[str]] = field(default_factory=dict)  # task → its splits, where each has files of its own
    weights: dict[str, int] = field(default_factory=dict)  # task → how many of a hundred rows to show
    overlap: Overlap | None = None
    until: dict[str, str] = field(default_factory=dict)  # split → up to when it may know anything
    pairs: int = 0  # duplicates that are compared as whole reports, each beside one that is none
    later: int = 0  # rows that came after that
