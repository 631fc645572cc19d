"""The ways in which one person is written: in full, by login, by one of the names; and where each of them is safe."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from unicodedata import normalize

from jira_crawler.items import Person
from jira_crawler.text.redaction.ordinary import ORDINARY

# Where a form is safe as a token of its own: `full` and `handle` anywhere; `words` (Will Mark) and `initial` (A. Lee)
# where they are capitalised; `given` and `family` as names in prose; `doubtful` only where somebody is addressed,
# `mention` only behind an @, in [~…] and where logins are told.
Kind = Literal["full", "words", "initial", "handle", "given", "family", "doubtful", "mention"]

_LETTERS: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_ASIDE: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|<[^<>]*>| [-–|/] .*")
_TITLES: Final = frozenset({"mr", "mrs", "ms", "dr", "prof", "jr", "sr", "phd", "ii", "iii"})
_PLAIN: Final = {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H"}
_NUMBERED: Final = re.compile(r"JIRAUSER\d+", re.IGNORECASE)
_SPELLED: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"}
IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"  # scripts that set no blanks between words
_SHORTEST: Final = 3
_LONGEST: Final = 100


class Form(NamedTuple):
    """`needle` is folded: lower case, without accents."""

    needle: str
    kind: Kind


def fold(text: str) -> str:
    """The text in lower case and without accents on Latin letters, character for character."""
    if not text.isascii():
        text = _LETTERS.sub(lambda match: _bare(match[0]), text)
        text = text.replace("’", "'")
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=1024)
def _bare(letter: str) -> str:
    return _PLAIN.get(letter) or normalize("NFD", letter)[0]


def is_ideographic(character: str) -> bool:
    """True for a character of a script that sets no blanks between words."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7a3"


@lru_cache(maxsize=8192)
def words_of(person: Person) -> tuple[str, ...]:
    """The names and logins that a person has, folded; any way to write them holds at least one."""
    parts = _parts(person.name)
    words = (*map(fold, parts), *map(_spelled, parts), *map(fold, _logins(person)))
    pieces = (piece for word in words for piece in (word.split("-") if "-" in word else (word,)))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


@lru_cache(maxsize=8192)
def forms(person: Person) -> tuple[Form, ...]:
    """Every way to write this person, each once, the safest kind first."""
    found: dict[str, Kind] = {}
    for login in _logins(person):
        found.setdefault(fold(login), _kind_of_handle(login))
    for parts in dict.fromkeys((tuple(map(fold, _parts(person.name))), tuple(map(_spelled, _parts(person.name))))):
        if len(parts) > 1:
            found.update({form: kind for form, kind in _whole(parts) if form not in found})
        for at, part in enumerate(parts):
            for piece in (part, *(part.split("-") if "-" in part else ())):
                found.setdefault(piece, _kind_of_part(piece, first=at == 0 and len(parts) > 1))
    return tuple(Form(needle, kind) for needle, kind in found.items() if len(needle) > 1 or kind == "mention")


def _logins(person: Person) -> list[str]:
    """Their login and id, the name before the @ of one that is an address, and a display name that is one word."""
    name = person.name.strip()
    logins = [person.login.strip(), person.id.strip(), "" if " " in name else name]
    logins += [login.partition("@")[0] for login in logins if "@" in login]
    return [login for login in logins if login and "@" not in login and len(login) <= _LONGEST]


def _spelled(part: str) -> str:
    """`Müller` as a keyboard without umlauts writes it: mueller."""
    return fold("".join(_SPELLED.get(character, character) for character in part.lower()))


def _parts(name: str) -> list[str]:
    """`Dr. Lee, Ann (Acme)` → Ann, Lee."""
    name = _ASIDE.sub(" ", name[:_LONGEST])
    family, comma, given = name.partition(",")
    if comma and given.strip():
        name = f"{given} {family}"
    parts = (part.strip(".,;:\"'`*") for part in name.split())
    return [part for part in parts if len(part) > 1 and part.casefold() not in _TITLES and "@" not in part]


def _whole(parts: tuple[str, ...]) -> list[tuple[str, Kind]]:
    """Full names in either order, without what stands in the middle, with an initial, and made into logins."""
    first, last = parts[0], parts[-1]
    kind: Kind = "words" if all(part in ORDINARY for part in parts) else "full"
    names = [" ".join(parts), f"{first} {last}", f"{last} {first}"]
    names += [f"{last}, {first}", f"{last}, {' '.join(parts[:-1])}", f"{first}\n{last}"]
    names += [f"{first}{mark}{last}" for mark in "._-"]
    if min(len(first), len(last)) >= _SHORTEST or is_ideographic(first[0]):
        names += [first + last, last + first] if is_ideographic(first[0]) else []
    initials = [f"{first[0]}. {last}", f"{first[0]} {last}", f"{last}, {first[0]}."]
    initials += [f"{last} {first[0]}.", f"{first} {last[0]}."]
    logins = (first[0] + last, last + first[0], f"{first[0]}.{last}", f"{first[0]}_{last}", first + last, last + first)
    made_up = [login for login in logins if len(login) > 5 and login not in ORDINARY]
    return [
        *((name, kind) for name in names),
        *((name, "initial") for name in initials if name[0].isalpha()),
        *((login, "handle") for login in made_up),
        (first + last[0], "mention"),
    ]


def _kind_of_handle(name: str) -> Kind:
    folded = fold(name)
    if is_ideographic(folded[0]) and len(folded) > 1:
        return "full"
    plain = folded.isalpha() and (folded in ORDINARY or len(folded) <= _SHORTEST)
    return "mention" if plain or len(folded) < _SHORTEST or folded.isdigit() or _NUMBERED.fullmatch(name) else "handle"


def _kind_of_part(part: str, *, first: bool) -> Kind:
    if len(part) < _SHORTEST or part in ORDINARY or not part.replace("-", "").replace("'", "").isalpha():
        return "doubtful"
    return "given" if first else "family"
