"""What a format is: its columns, the examples that it can hold, and the records that it makes of them.

A record is a dict whose keys are the columns in their order; dates are RFC 3339 texts until they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jira_crawler.exports.fields import Field
from jira_crawler.exports.source import Entry, Sample

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Format:
    """`suited` picks the examples of an issue that it can hold; `inputs` finds in a record what a model is shown."""

    name: str
    fields: tuple[Field, ...]
    suited: Callable[[Entry, list[Sample]], list[Sample]]
    records: Callable[[Entry, list[Sample], str], Iterator[Record]]
    inputs: Callable[[Record], Iterator[str]]
    inputs_from: tuple[str, ...]  # the columns that `inputs` reads
    dates_from: tuple[str, ...]  # those that tell since when a record could be known, beside the dates of the issue
    one_an_issue: bool = False
    labels: bool = False  # whether it holds examples that ask for a label
    compares: bool = False  # whether it holds nothing but issues compared with others
    speakers: bool = False  # whether it needs to know whose comments examples are

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(field.name, field.type, nullable=False) for field in self.fields])

    @property
    def asks(self) -> bool:
        """Whether each of its records is a question with its answer."""
        return self.labels and not self.one_an_issue

    def rows(self, samples: list[Sample]) -> int:
        """Counts the records that come of the examples of one issue."""
        return 1 if self.one_an_issue else len(samples)
