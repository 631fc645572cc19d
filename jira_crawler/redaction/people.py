"""People of one issue become `user_0`, `user_1`, … wherever they are named, token by token.

Only people whom the metadata names are known. Whoever else a text names stays: a name alone cannot be told from a
product's. In code only full names and logins go, as whole tokens, so that code and traces can still be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache
from html import unescape
from typing import Final, NamedTuple

from jira_crawler.items import Person
from jira_crawler.redaction.name_context import is_handle, is_name, is_token, token_starts
from jira_crawler.redaction.names import Form, Kind, fold, forms, words_of
from jira_crawler.redaction.string_search import FEW, Strings, head, heads_of
from jira_crawler.text.bots import is_bot
from jira_crawler.text.fences import Code

_LABEL: Final = re.compile(r"user_\d+")

# Mentions in the tracker's own words: Markdown no longer tells one from a handle.
_WIKI: Final = re.compile(rb"\[~(?:accountid:)?([^\]\\\"|\s\[]{1,128})\]")
_ADF: Final = re.compile(rb'"type"\s{0,3}:\s{0,3}"mention"\s{0,3},\s{0,3}"attrs"\s{0,3}:\s{0,3}(\{[^{}]{0,2000}\})')
_ADF_BACKWARDS: Final = re.compile(
    rb'"attrs"\s{0,3}:\s{0,3}(\{[^{}]{0,2000}\})\s{0,3},\s{0,3}"type"\s{0,3}:\s{0,3}"mention"'
)
# A page's HTML stands in JSON, and some of it in a script's string in that, so that it is escaped twice or more.
_ESCAPED: Final = re.compile(rb"\\+(?:u([0-9a-fA-F]{4}))?")
_HTML: Final = re.compile(rb"<a\b([^<>]{0,1000}user-hover[^<>]{0,1000})>\s{0,9}@?([^<>]{1,128})<")
_LOGIN: Final = re.compile(rb"\brel=[\"']([^\"'\s]{1,128})")
# As GitHub links it: behind a blank or a bracket, and not `@Test` before a call or `@types/node`.
_LOGIN_OF_GITHUB: Final = re.compile(r"(?<![\w/`.@])@([A-Za-z0-9](?:[A-Za-z0-9-]{0,38}))(?![\w/(@]|\.\w)")
_ACCOUNT: Final = re.compile(rb'"id"\s{0,3}:\s{0,3}"([^"\\]{1,128})"')
_SHOWN: Final = re.compile(rb'"text"\s{0,3}:\s{0,3}"@?([^"\\]{1,128})"')

_OF_LOGINS: Final = ("handle", "full", "words", "mention")
_Holder = Callable[["_Face"], list[Form]]


class _Face(NamedTuple):
    """What is known of a person in whatever issue: their names, and all ways to write them around one of these.

    `width` is how many characters to either side of a name are looked at; programs are no persons.
    """

    is_person: bool
    words: tuple[str, ...]
    forms: tuple[Form, ...]
    logins: frozenset[str]
    width: int


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
        self._met: list[tuple[_Face, str]] = []
        self._by_login: dict[str, str] = {}
        self._known: set[str] = set()
        self._needles: dict[str, dict[Kind, str]] = {}
        self._strings: Strings | None = None
        people: dict[tuple[str, str], Person] = {}
        for person in persons:
            people.setdefault(_identity(person), person)
        people.pop(("", ""), None)
        there = _holder(fold(texts), len(people))
        for key, person in people.items():
            face = _face(person)
            if face.is_person:
                self._meet(key, person, face, there)
        if len(people) > FEW:
            self._strings = Strings(self._needles)

    def _meet(self, key: tuple[str, str], person: Person, face: _Face, there: _Holder) -> None:
        same = "" if person.name and person.id else self._same(person)
        label = self._labels[key] = same or f"user_{len(self._named)}"
        if label not in self._named:
            self._named[label] = _numbered(label)
        self._met.append((face, label))
        self._known.update(face.words)
        for needle, kind in there(face):
            self._needles.setdefault(needle, {}).setdefault(kind, label)

    def _same(self, person: Person) -> str:
        """The label of someone whose login a mention shows, where only a name or another id is known."""
        for face, label in self._met:  # only now, for most people are never asked for
            for login in face.logins:
                self._by_login.setdefault(login, label)
        self._met.clear()
        return self._by_login.get(fold(person.id or person.name), "")

    @property
    def labels(self) -> Collection[str]:
        """Every number that somebody has, `user_0` and so on."""
        return self._named.keys()

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

    def _find(self, text: str) -> Iterator[_Found]:
        folded = fold(text)
        for start, needle in self._places(folded):
            end = start + len(needle)
            if is_token(folded, start, end):
                for kind, label in self._needles[needle].items():
                    if is_handle(kind, text, start, end):
                        yield _Found(start, end, kind, label)

    def _places(self, folded: str) -> Iterator[tuple[int, str]]:
        """Where a needle stands, of the same one no two that overlap."""
        if self._strings is not None:
            ends: dict[str, int] = {}
            for start, needle in self._strings.places(folded, token_starts(folded)):
                if start >= ends.get(needle, 0):
                    ends[needle] = start + len(needle)
                    yield start, needle
            return
        for needle in self._needles:
            start = folded.find(needle)
            while start >= 0:
                yield start, needle
                start = folded.find(needle, start + len(needle))


def _holder(folded: str, people: int) -> _Holder:
    """Gives what tells the forms of a person that may be in the text; which way is faster depends on the people."""
    if people > FEW:
        heads = heads_of(folded)
        return lambda face: [form for form in face.forms if head(form.needle) in heads]
    return lambda face: _forms_around(folded, face)


def _forms_around(folded: str, face: _Face) -> list[Form]:
    """The forms that stand around one of the words that each of them holds."""
    words = [word for word in face.words if word in folded]
    if not words:
        return []
    around = _around(folded, words, face.width)
    return [form for form in face.forms if form.needle in around]


@lru_cache(maxsize=8192)
def _face(person: Person) -> _Face:
    width = len(person.name) + len(person.id) + len(person.login) + 4
    is_person = not is_bot(person) and not _LABEL.fullmatch(person.id or person.name)
    ways = forms(person)
    logins = frozenset(form.needle for form in ways if form.kind in _OF_LOGINS)
    return _Face(is_person, words_of(person), ways, logins, width)


@lru_cache(maxsize=1024)
def _numbered(label: str) -> Person:
    return Person(label, label)


def _around(folded: str, words: list[str], width: int) -> str:
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


def mentioned(payload: bytes) -> tuple[Person, ...]:
    """Everyone whom the texts of a payload mention, each once, in order; on Server only their login is known."""
    people: dict[Person, None] = {}
    if b"~" in payload:  # a single byte is found ten times as fast as anything else, and this one is rare
        for match in _WIKI.finditer(payload):
            people[Person(id=match[1].decode("utf-8", "replace"))] = None
    if b'"mention"' in payload:
        for pattern in (_ADF, _ADF_BACKWARDS):
            for match in pattern.finditer(payload):
                people[Person(id=_first(_ACCOUNT, match[1]), name=_first(_SHOWN, match[1]))] = None
    if b"user-hover" in payload:
        for match in _HTML.finditer(_ESCAPED.sub(_plain, payload)):
            name = unescape(match[2].decode("utf-8", "replace")).strip()
            people[Person(id=_first(_LOGIN, match[1]), name=name)] = None
    return tuple(people)


def mentioned_on_github(texts: Iterable[str]) -> tuple[Person, ...]:
    """Everyone whom texts of a GitHub mention outside of code, each once, in order: only their logins are known."""
    people: dict[Person, None] = {}
    for text in texts:
        if "@" not in text:
            continue
        code = Code(text)
        for match in _LOGIN_OF_GITHUB.finditer(text):
            if match.start() not in code:
                people[Person(match[1], "", match[1])] = None
    return tuple(people)


def _plain(escaped: re.Match[bytes]) -> bytes:
    return chr(int(escaped[1], 16)).encode("utf-8", "replace") if escaped[1] else b""


def _first(pattern: re.Pattern[bytes], attributes: bytes) -> str:
    found = pattern.search(attributes)
    return found[1].decode("utf-8", "replace") if found else ""
