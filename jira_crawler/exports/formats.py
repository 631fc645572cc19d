"""What a record of an export looks like in each format, for writers, readers and the card."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

import pyarrow as pa

from jira_crawler.exports.compared import Triplet
from jira_crawler.exports.conversations import conversation, spoken
from jira_crawler.exports.fields import ABOUT, EXAMPLE, GROUP, SPOKEN, TEXT, TRUTH, Field
from jira_crawler.exports.format import Format, Record
from jira_crawler.exports.preference import Preferred, preferences
from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.turns import report

MESSAGE: Final = pa.struct([("role", TEXT), ("content", TEXT)])
TURN: Final = pa.struct(
    [*((name, TEXT) for name in ("speaker", "role", "created", "known")), ("loss", TRUTH), ("message", pa.int64())]
)
TASK: Final = pa.struct(
    [
        (name, TEXT)
        for name in ("id", "task_type", "example_type", "instruction", "input", "output", "speaker", "said", "role")
    ]
)


def _questions(_: Entry, samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if not sample.is_text]


def _texts(_: Entry, samples: list[Sample]) -> list[Sample]:
    return [sample for sample in samples if sample.is_text]


def _everything(_: Entry, samples: list[Sample]) -> list[Sample]:
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
    whole = next((each for each in entry.samples if each.is_text), None)
    text = whole.output if whole else max((each.input for each in entry.samples), key=len, default="")
    told = _spoken(whole) if whole else {"speaker": "", "said": "", "role": ""}
    names = [field.name for field in TASK]
    tasks = [{name: getattr(each, name) for name in names} for each in samples if not each.is_text]
    yield {"id": entry.identity, "text_content": text, "tasks": tasks} | told | entry.about | {"group": group}


def _conversing(policy: str, entry: Entry, samples: list[Sample]) -> list[Sample]:
    made = conversation(entry, samples, policy)
    return made.taught if made else []


def _threads(policy: str, entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    if made := conversation(entry, samples, policy):
        messages = [{"role": each.role, "content": each.content} for each in made.messages]
        record = {"id": entry.identity, "messages": messages, "turns": list(spoken(made)), "assistant": policy}
        yield record | entry.about | {"group": group}


def threads(policy: str) -> Format:
    """The format of whole conversations, in which those whom a policy names are the assistant."""
    fields = (
        Field("id", TEXT, "site and numeric id of the issue"),
        Field("messages", pa.list_(MESSAGE), "turns of `user` and `assistant` that alternate; the last is an answer"),
        Field("turns", pa.list_(TURN), "each comment: whose, as whom, when, its message, and if it is an answer"),
        Field("assistant", TEXT, "who is the assistant: `resolver`, `maintainers` or `all` but the reporter"),
    )
    return Format(
        "threads",
        (*fields, *_REST),
        partial(_conversing, policy),
        partial(_threads, policy),
        lambda record: iter((record["messages"][0]["content"],)),
        ("messages",),
        ("turns",),
        one_an_issue=True,
        speakers=True,
    )


def _judged(canned: frozenset[int], entry: Entry, samples: list[Sample]) -> list[Sample]:
    made: list[Sample] = [each for each in samples if isinstance(each, Preferred)]  # when asked for the second time
    return made or preferences(entry, samples, canned)


def _preferences(entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    for each in samples:
        if isinstance(each, Preferred):
            record: Record = {"id": each.id, "prompt": [{"role": "user", "content": each.input}]}
            for side, answer in (("chosen", each.output), ("rejected", each.rejected)):
                record[side] = [{"role": "assistant", "content": answer}]
            people = {"chosen_by": each.speaker, "rejected_by": each.rejected_speaker}
            yield record | {"reason": each.reason, **people, "said": each.said} | entry.about | {"group": group}


def preference(canned: frozenset[int]) -> Format:
    """The format of two answers, of which one is better; comments that open in one of these ways are canned."""
    fields = (
        EXAMPLE[0],
        Field("prompt", pa.list_(MESSAGE), "the thread up to the worse answer, as the user's turn"),
        Field("chosen", pa.list_(MESSAGE), "the better answer, as an assistant's turn"),
        Field("rejected", pa.list_(MESSAGE), "the worse one"),
        Field("reason", TEXT, "why it is worse: `rejected` by the reporter, `corrected` by its author, or `canned`"),
        Field("chosen_by", TEXT, "who gave the better answer, `user_1`"),
        Field("rejected_by", TEXT, "who gave the worse one"),
        Field("said", TEXT, "when the later of both was said, RFC 3339"),
    )
    return Format(
        "preference",
        (*fields, *_REST),
        partial(_judged, canned),
        _preferences,
        lambda record: iter((record["prompt"][0]["content"],)),
        ("prompt",),
        ("said",),
        speakers=True,
    )


def _reported(entry: Entry, samples: list[Sample]) -> list[Sample]:
    return samples if report(entry) else []


def _triplets(entry: Entry, samples: list[Sample], group: str) -> Iterator[Record]:
    for each in samples:
        if isinstance(each, Triplet):
            texts = {"anchor": each.input, "positive": each.positive, "negative": each.negative}
            keys = {"positive_key": each.positive_key, "negative_key": each.negative_key}
            yield {"id": each.id} | texts | keys | entry.about | {"group": group}


def _three(record: Record) -> Iterator[str]:
    yield from (record["anchor"], record["positive"], record["negative"])


def _question(record: Record) -> Iterator[str]:
    # An instruction is a line of its own; what follows is the input.
    yield record["messages"][0]["content"].partition("\n\n")[2]


def _issue_texts(record: Record) -> Iterator[str]:
    yield record["text_content"]
    yield from (task["input"] for task in record["tasks"])


POLICY: Final = "maintainers"
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
            ("example_type", "said"),
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
            ("example_type", "said"),
            labels=True,
        ),
        Format(
            "text",
            (EXAMPLE[0], Field("text", TEXT, "the whole thread of an issue, Markdown"), *SPOKEN, *_REST),
            _texts,
            _text,
            lambda record: iter((record["text"],)),
            ("text",),
            ("said",),
        ),
        Format(
            "issues",
            (
                Field("id", TEXT, "site and numeric id of the issue"),
                Field("text_content", TEXT, "the whole thread of the issue, Markdown"),
                Field("tasks", pa.list_(TASK), "the examples made of it"),
                *SPOKEN,
                *_REST,
            ),
            _everything,
            _issues,
            _issue_texts,
            ("text_content", "tasks"),
            ("said",),
            one_an_issue=True,
            labels=True,
        ),
        threads(POLICY),
        preference(frozenset()),
        Format(
            "triplets",
            (
                EXAMPLE[0],
                Field("anchor", TEXT, "a report: title and description as filed, Markdown"),
                Field("positive", TEXT, "the report of an issue that is linked as its duplicate"),
                Field("negative", TEXT, "a report of the same component with a title like it, which is no duplicate"),
                Field("positive_key", TEXT, "key of the duplicate"),
                Field("negative_key", TEXT, "key of the other one"),
                *_REST,
            ),
            _reported,
            _triplets,
            _three,
            ("anchor", "positive", "negative"),
            (),
            compares=True,
        ),
    )
}
