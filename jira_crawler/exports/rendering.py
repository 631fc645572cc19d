"""What is written of a stretch: rows of each split as files hold them, and what they add to the card."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jira_crawler.exports.as_of import as_of
from jira_crawler.exports.compared import questions, triplets
from jira_crawler.exports.format import Record
from jira_crawler.exports.groups import SPLITS
from jira_crawler.exports.options import Funnel
from jira_crawler.exports.reading import Decided, Issue, Wanted
from jira_crawler.exports.result import Counts
from jira_crawler.exports.shards import Rows, columns, line
from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.surveying import filters

Part = tuple[str, str]  # split, and task where each has files of its own


@dataclass(slots=True)
class Rendered:
    """The rows of a stretch, and what was counted of them."""

    rows: list[tuple[str, str, Rows]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


@dataclass(slots=True)
class Totals:
    """How many rows and bytes of feed each split and task gets of a stretch."""

    rows: Counter[Part] = field(default_factory=Counter)
    sizes: Counter[Part] = field(default_factory=Counter)


def recounted(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> list[tuple[int, int, int]]:
    """Counts for each place of a stretch the rows, and bytes of feed, that its split may know."""
    kind, funnel = wanted.options.kind, Funnel(filters(wanted))
    found = []
    for at, _, entry in issues:
        _, samples = _cut(wanted, decided, at, entry, funnel.take(entry))
        found.append((at, kind.rows(samples) if samples else 0, sum(sample.size for sample in samples)))
    return found


def totalled(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> Totals:
    """Counts what each split and task gets."""
    found = Totals()
    for at, _, samples in _exported(wanted, issues, decided):
        for sample in samples:
            part = SPLITS[decided.splits[at]], sample.task_type
            found.rows[part] += 1
            found.sizes[part] += sample.size
    return found


def rendered(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> Rendered:
    """Makes the rows of a stretch."""
    options, kind, found = wanted.options, wanted.options.kind, Rendered()
    written: dict[Part, tuple[list[Record], list[int]]] = defaultdict(lambda: ([], []))
    for at, entry, samples in _exported(wanted, issues, decided):
        name = SPLITS[decided.splits[at]]
        size = sum(sample.size for sample in samples) // kind.rows(samples)
        for record in kind.records(entry, samples, decided.groups[at]):
            records, sizes = written[name, record["task_type"] if options.by_task else ""]
            records.append(record)
            sizes.append(size)
            found.counts.rows[name] += 1
        found.counts.count(name, entry, samples, options.tokenizer)
    schema, as_columns = kind.schema, options.layout.files == "parquet"
    for (name, task), (records, sizes) in written.items():
        made = Rows(sizes, columns=columns(records, schema)) if as_columns else Rows(sizes, list(map(line, records)))
        found.rows.append((name, task, made))
    return found


def _exported(wanted: Wanted, issues: Iterable[Issue], decided: Decided) -> Iterator[tuple[int, Entry, list[Sample]]]:
    """Gives the examples that are exported of each issue, those that compare it included."""
    kind, funnel = wanted.options.kind, Funnel(filters(wanted))
    for at, _, entry in issues:
        cut, samples = _cut(wanted, decided, at, entry, funnel.take(entry))
        pairs = decided.pairs.get(at, ())
        # A format that compares holds nothing else.
        yield at, cut, triplets(cut, pairs) if kind.compares else [*samples, *questions(cut, pairs)]


def _cut(wanted: Wanted, decided: Decided, at: int, entry: Entry, samples: list[Sample]) -> tuple[Entry, list[Sample]]:
    """What the split of an issue may know of it, of the examples that passed all filters."""
    until = wanted.until.get(SPLITS[decided.splits[at]])
    if until is None:
        return entry, samples
    entry, samples = as_of(entry, samples, until)
    return entry, wanted.options.kind.suited(entry, samples)
