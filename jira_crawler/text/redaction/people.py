"""People of one issue become `user_0`, `user_1`, … wherever they are named, token by token.

Only people whom the metadata names are known. Whoever else a text names stays: a name alone cannot be told from a
product's. In code only full names and logins go, as whole tokens, so that code and traces can still be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from jira_crawler.items import Person
from jira_crawler.text.bots import is_bot
from jira_crawler.text.redaction.names import Kind, fold, forms, words_of
from jira_crawler.text.redaction.naming import is_handle, is_name, is_token
from jira_crawler.text.redaction.prose import Code

_LABEL: Final = re.compile(r"user_\d+")


class _Found(NamedTuple):
    start: int
    end: int
    kind: Kind
    label: str


class People:
    """The people of an issue in order of appearance; `texts` are all that may name them."""

    def __init__(self, persons: Iterable[Person], texts: str):
        self._labels: dict[tuple[str, str], str] = {}
        self._named: dict[str, Person] = {}
        self._met: dict[Person, str] = {}
        self._known: set[str] = set()
        self._needles: dict[tuple[str, Kind], str] = {}
        folded = fold(texts)
        seen = {("", "")}
        for person in persons:
            if (key := _identity(person)) not in seen:
                seen.add(key)
                if not _is_program(person) and not _LABEL.fullmatch(person.id or person.name):
                    self._meet(key, person, folded)

    def _meet(self, key: tuple[str, str], person: Person, folded: str) -> None:
        label = self._labels[key] = self._same(person) or f"user_{len(self._named)}"
        self._named.setdefault(label, Person(label, label))
        self._met.setdefault(person, label)
        words = words_of(person)
        self._known.update(words)
        if around := _around(folded, words, len(person.name) + len(person.id) + len(person.login) + 4):
            for needle, kind in forms(person):
                if needle in around:
                    self._needles.setdefault((needle, kind), label)

    def _same(self, person: Person) -> str:
        """The label of someone whose login a mention shows, where only a name or another id is known."""
        if person.name and person.id:
            return ""
        said = fold(person.id or person.name)
        return next((label for other, label in self._met.items() if said in _logins(other)), "")

    def named(self, person: Person | None) -> Person | None:
        """What stands for this person in the metadata; programs keep their names."""
        label = self._labels.get(_identity(person)) if person else None
        return self._named[label] if label else person

    def redact(self, text: str, counts: Counter[str]) -> str:
        """The text with `user_0`, … for the people it names; adds their number to `counts`."""
        if not self._needles or not text:
            return text
        found = sorted(self._find(text), key=lambda each: (each.start, -each.end))
        parts: list[str] = []
        done, code = 0, None
        for each in found:
            if each.start < done:
                continue
            if each.kind in ("given", "family", "doubtful"):
                code = code or Code(text)
                if each.start in code or not is_name(each.kind, text, each.start, each.end, self._known):
                    continue
            if parts and parts[-1] == each.label and text[done : each.start] == " ":  # a whole name in an unknown way
                done = each.end
                continue
            parts += [text[done : each.start], each.label]
            done = each.end
        if parts:
            counts["person"] += len(parts) // 2
        return "".join(parts) + text[done:] if parts else text

    def _find(self, text: str) -> Iterable[_Found]:
        folded = fold(text)
        for (needle, kind), label in self._needles.items():
            start = folded.find(needle)
            while start >= 0:
                end = start + len(needle)
                if is_token(folded, start, end) and is_handle(kind, text, start, end):
                    yield _Found(start, end, kind, label)
                start = folded.find(needle, end)


@lru_cache(maxsize=8192)
def _is_program(person: Person) -> bool:
    return is_bot(person)


def _around(folded: str, words: tuple[str, ...], width: int) -> str:
    """What stands so many characters around each of the words."""
    stretches = []
    for word in words:
        at = folded.find(word)
        while at >= 0:
            start = last = at
            while 0 <= (at := folded.find(word, last + len(word))) <= last + width:
                last = at
            stretches.append(folded[max(start - width, 0) : last + len(word) + width])
    return "\n".join(stretches)


def _identity(person: Person) -> tuple[str, str]:
    return (person.id, "") if person.id else ("", person.name)


@lru_cache(maxsize=8192)
def _logins(person: Person) -> frozenset[str]:
    return frozenset(form.needle for form in forms(person) if form.kind in ("handle", "full", "words", "mention"))
