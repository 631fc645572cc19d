"""The card of an exported dataset: what it is, where it is from, what was left out and what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from jira_crawler.exports import card_people, card_training
from jira_crawler.exports.destination import MARK
from jira_crawler.exports.markdown import table
from jira_crawler.exports.result import ExportResult

_HASH = "by a hash of the group's name: the same group goes to the same split in every export"
_TIME = "by time: groups in the order of their newest issue, the oldest to `train`"
_HOW = {"hash": _HASH, "time": _TIME, "none": "not at all: everything is in `train`"}
_CATEGORIES: Final = {
    "summarization": "summarization",
    "classification": "text-classification",
    "multi_label_classification": "text-classification",
    "status_prediction": "text-classification",
    "time_to_resolution": "text-classification",
    "question_answering": "question-answering",
    "duplicate_detection": "sentence-similarity",
}
_SIZES: Final = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def card(result: ExportResult) -> str:
    """README.md of a dataset folder; it says nothing of the clock, so that equal feeds give equal cards."""
    sections = (
        _about,
        _source,
        card_people.licence,
        card_people.leaving,
        _counts,
        card_training.trained,
        _filters,
        card_training.diet,
        _splits,
        card_people.redaction,
        _fields,
        _limits,
    )
    parts = [front(result), f"{MARK}\n\n# {title(result)}", *(section(result) for section in sections)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _about(result: ExportResult) -> str:
    kinds = {
        "alpaca": "one training example a row: instruction, input, output",
        "chat": "one conversation a row, in `messages` of `role` and `content`",
        "text": "one document a row, for pretraining",
        "preference": "two answers a row, one better than the other: `prompt`, `chosen`, `rejected`",
        "triplets": "one report a row, with a duplicate of it and a report that only looks like it",
        "threads": "one conversation an issue, in `messages` of `role` and `content`",
        "issues": "one issue a row, with its text and the examples made of it",
    }
    counted = f"{result.rows.total():,} rows of {result.issues.total():,} issues, {result.characters:,} characters."
    return f"""Issues of a tracker as training data for language models: {kinds[result.options.format]}. {counted}
Markup is converted to Markdown, secrets are replaced by marks, and no answer stands inside its own question.

```python
from datasets import load_dataset

dataset = load_dataset("path/to/this/folder")
print(dataset["train"][0])
```{_packed(result)}"""


def _packed(result: ExportResult) -> str:
    """What else is needed to read the files."""
    if result.options.layout.files != "jsonl.zst":
        return ""
    return "\n\nThe files are JSON lines packed with Zstandard: `datasets` needs the package `zstandard` to read them."


def _source(result: ExportResult) -> str:
    fetched = f"{result.fetched:%Y-%m-%d}" if result.fetched else "unknown"
    sites = table(("site", "address"), sorted(result.sites.items()))
    return f"## Source\n\nCrawled with jira_crawler; the last issue was fetched on {fetched}.\n\n{sites}"


def _counts(result: ExportResult) -> str:
    splits = list(result.files)
    parts = [
        "## Counts",
        table(
            ("split", "rows", "issues", "filed from", "to", "files"),
            [
                (s, result.rows[s], result.issues[s], *(date[:10] for date in result.span[s]), len(result.files[s]))
                for s in splits
            ],
        ),
        "Examples by task:",
        _crossed("task", splits, {(split, task): n for (split, _, task), n in _summed(result, 2)}),
        "Examples by project:",
        _crossed("project", splits, {(split, project): n for (split, project, _), n in _summed(result, 1)}),
        "Issues by language of their prose: "
        + ", ".join(f"{code or 'too short to tell'} {n:,}" for code, n in result.languages.most_common())
        + ".",
    ]
    return "\n\n".join(parts)


def _summed(result: ExportResult, at: int) -> list[tuple[tuple[str, str, str], int]]:
    totals: dict[tuple[str, str], int] = {}
    for key, number in result.examples.items():
        totals[key[0], key[at]] = totals.get((key[0], key[at]), 0) + number
    return [((split, name, name), number) for (split, name), number in totals.items()]


def _crossed(heading: str, splits: Sequence[str], cells: dict[tuple[str, str], int]) -> str:
    names = sorted({name for _, name in cells})
    rows = [(f"`{name}`", *(cells.get((split, name), 0) for split in splits)) for name in names]
    return table((heading, *splits), rows)


def _filters(result: ExportResult) -> str:
    rows = []
    before = result.passed[0]
    for passed in result.passed:
        dropped = (before.issues - passed.issues, before.examples - passed.examples)
        rows.append((passed.filter, passed.issues, dropped[0], passed.examples, dropped[1]))
        before = passed
    heads = ("filter", "issues kept", "dropped", "examples kept", "dropped")
    return f"## Filters\n\nApplied one after the other.\n\n{table(heads, rows)}"


def _splits(result: ExportResult) -> str:
    shares = (
        ""
        if result.options.split_by == "none"
        else f" Shares asked for: {' / '.join(f'{s:g}' for s in result.options.shares)}."
    )
    overlap = result.overlap
    assert overlap  # noqa: S101
    return f"""## Splits

Made {_HOW[result.options.split_by]}.{shares}

What belongs together is one group and in one split: near-duplicates (`cluster`), duplicates and clones, parents and
sub-tasks (`related`), two issues that an example compares, and issues that have an input in common. There are
{result.groups:,} groups; the largest holds {result.largest:,} issues.

Counted from the files as they were written: **{overlap.groups} groups and {overlap.inputs} inputs are in more than one
split** ({overlap.rows:,} rows read).{_dates(result)}"""


def _dates(result: ExportResult) -> str:
    """Up to when each split may know anything, where splits are by time."""
    if not result.until:
        return ""
    ends = ", ".join(f"`{split}` up to {date[:10]}" for split, date in result.until.items())
    return f"""

A split knows nothing of what came after its newest issue ({ends}): later comments are cut, and so are labels, titles
and threads of issues that were changed later, as nobody can tell what was changed; {result.later:,} rows were left out
for that. {result.overlap.late if result.overlap else 0} rows know more than they may. The columns with an issue's
fields (`status`, `updated` and so on) say what was so at the time of the crawl: do not train on them."""


def _fields(result: ExportResult) -> str:
    kinds = {"timestamp[ms, tz=UTC]": "timestamp", "double": "float"}
    rows = [
        (
            f"`{each.name}`",
            "list" if str(each.type).startswith("list") else kinds.get(str(each.type), str(each.type)),
            each.meaning,
        )
        for each in result.options.kind.fields
    ]
    return f"## Fields\n\nNothing is null; what is missing is empty.\n\n{table(('field', 'type', 'meaning'), rows)}"


def _limits(result: ExportResult) -> str:
    return """## Known limits

- Redaction goes by rules. It misses secrets of shapes it does not know, and names of people stay where they stand in a
  text.
- Status, priority and resolution are as they were when the issue was fetched. Who labelled them did so by habit, not by
  a guideline.
- Quality and language are estimates.
- Groups follow links that people made and texts that look alike. Two reports of one fault in other words, which nobody
  linked, may be in different splits.
- The issues are what a visitor of the tracker sees; what is hidden from visitors is missing."""


def front(result: ExportResult) -> str:
    """The front matter, with its rules."""
    tasks = {task for _, _, task in result.examples}
    rows = result.rows.total()
    lines = [
        f"pretty_name: {json.dumps(title(result))}",
        *_listed("language", sorted(filter(None, result.languages))),
        "license: other",
        "license_name: terms-of-the-trackers",
        *_listed("task_categories", sorted({_CATEGORIES.get(task, "text-generation") for task in tasks})),
        *_listed("size_categories", [next((name for most, name in _SIZES if rows < most), "10M<n<100M")]),
        *_listed("tags", ["jira", "issue-tracker", "software-engineering", f"format-{result.options.format}"]),
        "configs:",
        "- config_name: default",
        *_data_files(result),
    ]
    for task in sorted(result.parts):
        lines += [f"- config_name: {task}", *_data_files(result, task)]
    lines += ["dataset_info:", "  features:"]
    for field in result.options.kind.fields:
        lines += [f"  {line}" for line in _feature(field.name, field.type)]
    return "\n".join(["---", *lines, "---"])


def _data_files(result: ExportResult, task: str = "") -> Iterator[str]:
    """The files of each split, of one task or of all."""
    yield "  data_files:"
    for split in result.files if not task else result.parts[task]:
        name = f"{split}-{task}" if task else split
        yield f"  - split: {split}"
        yield f"    path: {json.dumps(result.options.layout.pattern(name))}"


def title(result: ExportResult) -> str:
    """The projects, as far as a line holds them."""
    projects = sorted({project for _, project, _ in result.examples})
    more = f" and {len(projects) - 5} more" if len(projects) > 5 else ""
    return f"Issues of {', '.join(projects[:5])}{more}"


def _listed(name: str, values: list[str]) -> Iterator[str]:
    if values:
        yield f"{name}:"
        yield from (f"- {json.dumps(value)}" for value in values)


def _feature(name: str, kind: pa.DataType) -> Iterator[str]:
    """A column as `datasets` wants it told, so that JSONL and Parquet load with the same types."""
    yield f"- name: {name}"
    if pa.types.is_list(kind):
        yield "  list:"
        for field in kind.value_type:
            yield from (f"  {line}" for line in _feature(field.name, field.type))
    else:
        yield f"  dtype: {json.dumps(str(kind).replace('double', 'float64'))}"
