"""The front matter of a card: what `datasets` and the Hub read to load and to list a dataset.

Scalars are written as JSON, which is YAML.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from jira_crawler.exports.made import Made

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


def front(made: Made) -> str:
    """The front matter, with its rules."""
    tasks = {task for _, _, task in made.examples}
    rows = made.rows.total()
    lines = [
        f"pretty_name: {json.dumps(title(made))}",
        *_listed("language", sorted(filter(None, made.languages))),
        "license: other",
        "license_name: terms-of-the-trackers",
        *_listed("task_categories", sorted({_CATEGORIES.get(task, "text-generation") for task in tasks})),
        *_listed("size_categories", [next((name for most, name in _SIZES if rows < most), "10M<n<100M")]),
        *_listed("tags", ["jira", "issue-tracker", "software-engineering", f"format-{made.order.format}"]),
        "configs:",
        "- config_name: default",
        "  data_files:",
    ]
    for split in made.files:
        lines += [f"  - split: {split}", f"    path: {json.dumps(made.order.layout.pattern(split))}"]
    lines += ["dataset_info:", "  features:"]
    for field in made.order.kind.fields:
        lines += [f"  {line}" for line in _feature(field.name, field.type)]
    return "\n".join(["---", *lines, "---"])


def title(made: Made) -> str:
    """The projects, as far as a line holds them."""
    projects = sorted({project for _, project, _ in made.examples})
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
