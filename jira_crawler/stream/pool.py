"""The examples that there are, as pages tell of them, and the splits that their issues are in."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from itertools import groupby
from sys import intern
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from jira_crawler.exceptions import Refused
from jira_crawler.exports.fields import about
from jira_crawler.exports.groups import SPLITS, Groups, Shares, by_hash, token, tokens
from jira_crawler.exports.source import Entry, Sample, sample
from jira_crawler.feeds import shards
from jira_crawler.feeds.pull import Choice
from jira_crawler.items import ordinal
from jira_crawler.stream.spool import Spool

UNKNOWN: Final = -1  # the split of an issue that has not been looked at


def version(example: dict[str, Any]) -> str:
    """Tells an example as it is from what it was or will be: the hash of its id and of what a model sees.

    What is only said about it, such as its quality or when it was updated, makes no new version.
    """
    return f"{_mark(example['id'], example['instruction'], example['input'], example['output']):016x}"


def _mark(*texts: str) -> int:
    return int.from_bytes(blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest())


class Waiting(NamedTuple):
    """One example of an issue: its lines are at an offset within those of the issue."""

    issue: Held
    id: str
    task: str
    mark: int
    offset: int
    length: int


class Held:
    """An issue as it came last. One that comes again is another object, and the old one `is_over`."""

    __slots__ = ("examples", "is_over", "length", "name", "number", "offset", "order", "split", "tokens")

    def __init__(self, entry: Entry, shared: Collection[int]):
        site, id_ = entry.about["site"], entry.about["issue_id"]
        self.number = ordinal(id_)
        # In which order issues are told to Groups decides between two of one number.
        self.order = (shards.feed(entry.about["project"]), self.number, site, id_)
        self.name, self.tokens = token(entry.identity), array("Q", shared)
        self.examples: list[Waiting] = []
        self.offset = self.length = 0
        self.split, self.is_over = UNKNOWN, False


class Pool:
    """Holds what passes a choice, and of that a part: one of several who share the work.

    Splits are those of an export of the same feeds. For them everything has to be pulled, whatever is chosen, as an
    issue that is not may join two that are. Without a split (None) all are in it.
    """

    def __init__(self, choice: Choice, split: str | None, shares: Shares, part: tuple[int, int]):
        self._choice, self._part, self._shares = choice, part, shares
        self._split = None if split is None else SPLITS.index(split)
        self._held: dict[str, Held] = {}
        self._spool = Spool()
        self._is_grouped = True
        self._met: set[str] | None = None  # while everything is read anew

    def __len__(self) -> int:
        return len(self._held)

    def begin(self) -> None:
        """Everything is read anew: what is not met until `end` is gone."""
        self._met = set()

    def end(self) -> None:
        if self._met is not None:
            for name in self._held.keys() - self._met:
                self._remove(name)
            self._met = None

    def take(self, lines: Iterable[bytes], gone: Iterable[str]) -> Iterator[Held]:
        """Takes a page; gives the issues that came, of which those of before are over."""
        try:
            read = [(orjson.loads(line), line) for line in lines]
            for name in gone:
                self._remove(name)
            for name, several in groupby(read, key=lambda each: _whose(each[0])):
                yield self._replace(name, list(several))
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise Refused(
                "What was pulled is no example: its server is of another version, or is none of ours."
            ) from error
        self._spool.tidy(self._held.values())

    def _remove(self, name: str) -> None:
        if held := self._held.pop(name, None):
            held.is_over, self._is_grouped = True, False
            self._spool.drop(held.length)

    def _replace(self, name: str, read: list[tuple[dict[str, Any], bytes]]) -> Held:
        told = read[0][0]["metadata"]
        samples = [sample(line, len(raw)) for line, raw in read]
        entry = Entry(about(told, told["site"], told["issue_id"]), samples)
        held = Held(entry, tokens(entry) if self._split is not None else ())
        if before := self._held.get(name):
            before.is_over = True
            self._spool.drop(before.length)
            if (before.tokens, before.order) == (held.tokens, held.order):
                held.split = before.split  # nothing that a group depends on is another
        self._is_grouped = self._is_grouped and held.split != UNKNOWN
        self._keep(held, entry, read)
        self._held[name] = held
        if self._met is not None:
            self._met.add(name)
        return held

    def _keep(self, held: Held, entry: Entry, read: list[tuple[dict[str, Any], bytes]]) -> None:
        """Lays aside those examples of an issue that are wanted and ours."""
        if self._choice.projects and entry.about["project"] not in self._choice.projects:
            return
        if entry.about["quality"] < self._choice.min_quality:
            return
        kept: list[bytes] = []
        for each, (_, raw) in zip(entry.samples, read, strict=True):
            if self._is_ours(each):
                mark = _mark(each.id, each.instruction, each.input, each.output)
                held.examples.append(Waiting(held, each.id, intern(each.task_type), mark, held.length, len(raw)))
                held.length += len(raw)
                kept.append(raw)
        held.offset = self._spool.add(b"".join(kept))

    def _is_ours(self, each: Sample) -> bool:
        if self._choice.tasks and each.task_type not in self._choice.tasks:
            return False
        index, many = self._part
        return many == 1 or token(each.id) % many == index

    def regroup(self) -> bool:
        """Says anew in which split each issue is, where one that came or went may have joined or parted others.

        Tells whether one that was looked at before is in another split now.
        """
        if self._split is None or self._is_grouped:
            return False
        ordered = sorted(self._held.values(), key=lambda held: held.order)
        groups = Groups()
        for held in ordered:
            groups.take(held.tokens, held.number, held.name)
        splits = by_hash(groups.roots(), np.frombuffer(groups.names, dtype=np.uint64), self._shares) if ordered else ()
        moved = False
        for held, split in zip(ordered, map(int, splits), strict=True):
            moved = moved or held.split not in (split, UNKNOWN)
            held.split = split
        self._is_grouped = True
        return moved

    def all(self) -> Iterator[Waiting]:
        """Gives every example of the split."""
        for held in self._held.values():
            if self.is_in_split(held):
                yield from held.examples

    def is_in_split(self, held: Held) -> bool:
        return self._split is None or held.split == self._split

    def is_wanted(self, example: Waiting) -> bool:
        """Whether an example still is what it was when it was put into a queue."""
        return not example.issue.is_over and self.is_in_split(example.issue)

    def read(self, example: Waiting) -> dict[str, Any]:
        """Reads the example as its line says it."""
        line: dict[str, Any] = orjson.loads(self._spool.read(example.issue.offset + example.offset, example.length))
        return line

    def close(self) -> None:
        self._spool.close()


def _whose(line: dict[str, Any]) -> str:
    return f"{line['metadata']['site']}-{line['metadata']['issue_id']}"
