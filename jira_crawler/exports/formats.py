"""What a record of an export looks like: one module that says it all, for writers, readers and the card.

A record is a dict whose keys are the columns in their order; dates are RFC 3339 texts until they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from jira_crawler.exports.fields import ABOUT, EXAMPLE, GROUP, SPOKEN, TEXT, Field
from jira_crawler.exports.source import Entry, Sample

Record = dict[str, Any]

MESSAGE: Final = pa.struct([("role", TEXT), ("content", TEXT)])
TASK: Final = pa.struct(
    [(name, TEXT) for name in ("id", "task_type", "example_type", "instruction", "input", "output")]
)


@dataclass(frozen=True, slots=True)
class Format:
    """`suited` picks the examples that it can hold; `inputs` finds in a record what a model is shown."""

    name: str
    fields: tuple[Field, ...]
    suited: Callable[[list[Sample]], list[Sample]]
    records: Callable[[Entry, list[Sample], str], Iterator[Record]]
    inputs: Callable[[Record], Iterator[str]]
    inputs_from: tuple[str, ...]  # the columns that `inputs` reads
    one_an_issue: bool = False
    labels: bool = False  # whether it holds examples that ask for a label

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(field.name, field.type, nullable=False) for field in self.fields])

    def rows(self, samples: list[Sample]) -> int:
        """Counts the records that come of the examples of one issue."""
        return 1 if self.one_an_issue else len(samples)


def _questions(samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if not sample.is_text]


def _texts(samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.is_text]


def _everything(samples: list[Sample]) -> list[Sample]:
    return samples


def _head(sample: Sample) -> Record:
    known = {"id": sample.id, "task_type": sample.task_type, "example_type": sample.example_type}
    return known | {"value": sample.value or 0.0, "value_reasons": sample.value_reasons} | _spoken(sample)


def _spoken(sample: Sample) -> Record:
    return {"speaker": sample.speaker, "said": sample.said, "role": sample.role}


def _alpaca(entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    for each in samples:
        texts = {"instruction": each.instruction, "input": each.input, "output": each.output}
        yield _head(each) | texts | entry.about | {"group": group}


def _chat(entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    for each in samples:
        question = "\n\n".join(filter(None, (each.instruction, each.input)))
        turns = [{"role": "user", "content": question}, {"role": "assistant", "content": each.output}]
        yield _head(each) | {"messages": turns} | entry.about | {"group": group}


def _text(entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    for each in samples:
        yield {"id": each.id, "text": each.output} | _spoken(each) | entry.about | {"group": group}


def _issues(entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    # The whole thread, or what comes closest where an older feed holds none.
    threads = [each.output for each in entry.samples if each.is_text]
    text = threads[0] if threads else max((each.input for each in entry.samples), key=len, default="")
    names = [field.name for field in TASK]
    tasks = [{name: getattr(each, name) for name in names} for each in samples if not each.is_text]
    yield {"id": entry.identity, "text_content": text, "tasks": tasks} | entry.about | {"group": group}


def _question(record: Record) -> Iterator[str]:
    # An instruction is a line of its own; what follows is the input.
    yield record["messages"][0]["content"].partition("\n\n")[2]


def _issue_texts(record: Record) -> Iterator[str]:
    yield record["text_content"]
    yield from (task["input"] for task in record["tasks"])


_REST: Final = (*ABOUT, GROUP)
FORMATS: Final = {
    each.name: each
    for each in (
        Format(
            "alpaca",
            (
                *EXAMPLE,
                Field("instruction", TEXT, "what to do, in one sentence"),
                Field("input", TEXT, "Markdown to do it with"),
                Field("output", TEXT, "the answer; never inside the input"),
                *_REST,
            ),
            _questions,
            _alpaca,
            lambda record: iter((record["input"],)),
            ("input",),
            labels=True,
        ),
        Format(
            "chat",
            (
                *EXAMPLE,
                Field("messages", pa.list_(MESSAGE), "turns of `user` (instruction and input) and `assistant`"),
                *_REST,
            ),
            _questions,
            _chat,
            _question,
            ("messages",),
            labels=True,
        ),
        Format(
            "text",
            (EXAMPLE[0], Field("text", TEXT, "the whole thread of an issue, Markdown"), *SPOKEN, *_REST),
            _texts,
            _text,
            lambda record: iter((record["text"],)),
            ("text",),
        ),
        Format(
            "issues",
            (
                Field("id", TEXT, "site and numeric id of the issue"),
                Field("text_content", TEXT, "the whole thread of the issue, Markdown"),
                Field("tasks", pa.list_(TASK), "the examples made of it"),
                *_REST,
            ),
            _everything,
            _issues,
            _issue_texts,
            ("text_content", "tasks"),
            one_an_issue=True,
            labels=True,
        ),
    )
}
