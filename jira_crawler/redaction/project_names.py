"""People whom other issues know: their names and logins as digests, and where a text may hold one of them.

Of an issue two sketches are kept, neither of which can be read: the digests of what its people are called, and those
of everything in its texts that could be a name. Beside all other issues the two tell who is named. A name is two words
or more that are not all words of the language or of software, in whatever order and case they stand; a login counts
only where logins stand: behind an @, as the owner of a repository or a space in a URL, in `dev="…"`. In small letters a
name counts only behind a word such as `from`, and only if it holds no other word of the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

import re2  # type: ignore[import-untyped]

from jira_crawler.items import Person
from jira_crawler.redaction.names import BESIDE, ORDINARY, fold, is_ideographic, logins_of, name_parts, spelled
from jira_crawler.redaction.nicknames import NICKNAMES, WHOLE
from jira_crawler.text.bots import is_bot

SIZE: Final = 8  # bytes of a digest

_PARTS: Final = 5  # more words are a sentence
_SHORTEST_LOGIN: Final = 5
_LONGEST: Final = 40  # characters of a word
_SHORT_RUN: Final = 120  # bytes, up to which what came of it is remembered
_PLAIN_LOGIN: Final = re.compile(r"[a-z][\w-]*(?:\.[\w-]+)*", re.ASCII)

# With one of these words an account is that of a role, a firm or a product.
_OF_NOBODY: Final = """
    account admin administrator alert android anonymous apache app apps archive automation backlog beta boot bot bug
    bugs build ci cloud code commit committer committers community company config contributor contributors core corp
    customer customers data default demo deploy deprecated desk dev developer developers development docs
    documentation engineer engineering error example feedback former gmbh google group guest help import inactive inc
    info integration internal issue issues java jira lab labs lead limited list ltd mail manager master microsoft
    mobile monitor nightly null office ops owner platform portal product production project qa quality query queue
    release releases reply report reporter request review reviewer robot sample script security server service
    services software solution solutions studio support sync system systems task team teams tech technologies
    technology temp test tester testing tests titanium tool tools triage unassigned university unknown update user
    users version web webhook
    """
_NOBODY: Final = frozenset(_OF_NOBODY.split())

_PARTICLES: Final = "van|von|de|der|den|del|della|da|di|dos|du|la|le|el|al|bin|ben|ter|te|zu"
_WORD: Final = r"(?:\p{Lu}['’])?\p{Lu}[\pL\pM]+(?:['’-][\pL\pM]{2,})*"
_BETWEEN: Final = rf"(?: |\n|, )(?:(?:{_PARTICLES}|\p{{Lu}}\.?) ){{0,2}}"
_RUN: Final = re2.compile(rf"{_WORD}(?:{_BETWEEN}{_WORD})+".encode())
_BLANK: Final = re.compile("[ \n]")
_LOGIN: Final = re2.compile(
    rb"(?i)(?:(@)|\b(?:github|gitlab|bitbucket)(?:usercontent)?\.(?:com|org)/|/display/~"
    rb"|\b(?:author|reviewer|assignee|reporter|committer|dev|due-to)[=:] ?[\"']?)"
    rb"([a-z][\w-]*(?:\.[\w-]+)*)"
)
_SMALL: Final = re2.compile(
    r"\b(?:[Ff]rom|[Bb]y|[Ww]ith|[Tt]hanks(?: to)?|[Aa]sk|[Vv]ia|[Cc][Cc]|[Hh]i|[Hh]ey|[Hh]ello)[:,]? "
    r"\p{L}\p{Ll}{2,}(?:['’-]\p{L}+)* \p{Ll}{3,}(?:['’-]\p{L}+)*".encode()
)
_NO_NAME_BEFORE: Final = frozenset("./\\#$@%&=+-")
_NO_NAME_BEHIND: Final = frozenset("(\\/=$")


class Mention(NamedTuple):
    """Bytes of a text in UTF-8 that may name somebody: what `taught` says of whom they would name.

    `in_prose`: it counts only there; in code an @ begins other things, and small letters are words.
    """

    start: int
    end: int
    digest: bytes
    in_prose: bool


class _Word(NamedTuple):
    start: int
    word: str
    behind_comma: bool


def taught(persons: Iterable[Person]) -> bytes:
    """The digests of the names and logins of people that are unlike words, each once, in order, joined."""
    return b"".join(sorted({digest for person in persons for digest in _of_person(person)}))


def possible(text: str) -> bytes:
    """The digests of everything in a text that may name somebody, each once, in order, joined.

    What stands around it is not looked at: there are a few among them that `mentions` leaves out.
    """
    data = text.encode("utf-8", "replace")
    found = {digest for run in set(_RUN.findall(data)) for digest in (_of_run if len(run) < _SHORT_RUN else _each)(run)}
    found.update(map(_of_small, set(_SMALL.findall(data))))
    found.update(_of_login(login.lower()) for _, login in set(_LOGIN.findall(data)) if len(login) <= _LONGEST)
    return b"".join(sorted(found))


@lru_cache(maxsize=65536)
def _of_small(told: bytes) -> bytes:
    """The digest of a name at the end of what `_SMALL` finds, whose last word, or both, are in small letters."""
    given, family = told.decode().split(" ")[-2:]
    if max(len(given), len(family)) > _LONGEST or fold(given) in ORDINARY:
        return b""
    return b"" if given.islower() and fold(family) in ORDINARY else _of_name(given, family)


def mentions(text: bytes) -> Iterator[Mention]:
    """Everything in a text that may name somebody; some of it may overlap."""
    for run in _RUN.finditer(text):
        yield from _pairs(text, *run.span())
    for small in _SMALL.finditer(text):
        digest, end = _of_small(small[0]), small.end()
        if digest and _ends(text, end):
            yield Mention(end - len(b" ".join(small[0].split(b" ")[-2:])), end, digest, in_prose=True)
    for found in _LOGIN.finditer(text):
        is_handle, (start, end) = found[1] is not None, found.span(2)
        digest = _of_login(found[2].lower()) if end - start <= _LONGEST else b""
        if digest and (not is_handle or _is_mention(text, found.start(), end)):
            yield Mention(start, end, digest, in_prose=is_handle)


def _pairs(text: bytes, start: int, end: int) -> Iterator[Mention]:
    """The names in a run of capitalised words that stand apart from what is around it."""
    run = text[start:end].decode()
    words = _words(run)
    first, last = int(not _begins(text, start)), len(words) - int(not _ends(text, end))
    begins: list[int] = []  # of each word, in bytes
    done, place = 0, start
    for word in words:
        done, place = word.start, place + len(run[done : word.start].encode())
        begins.append(place)
    for at, to, digest in _named(words):
        if first <= at and to < last:
            yield Mention(begins[at], begins[to] + len(words[to].word.encode()), digest, in_prose=False)


def _each(run: bytes) -> tuple[bytes, ...]:
    return tuple([digest for _, _, digest in _named(_words(run.decode()))])


_of_run = lru_cache(maxsize=65536)(_each)


def _words(run: str) -> list[_Word]:
    """The words of a run, without the particles and initials between them."""
    found, at = [], 0
    for word in _BLANK.split(run):
        bare = word.rstrip(",")
        if len(bare) > 1 and bare[0].isupper() and not bare.endswith("."):
            found.append(_Word(at, bare, run.startswith(", ", at - 2)))
        at += len(word) + 1
    return found


def _named(words: list[_Word]) -> Iterator[tuple[int, int, bytes]]:
    """Which two of the words, side by side or with one between them, may be somebody's first and last name."""
    for at, first in enumerate(words):
        for to in range(at + 1, min(at + 3, len(words))):
            turned = words[to].behind_comma or words[at + 1].behind_comma
            if turned and not _is_turned_round(words, at, to):
                continue
            last = words[to].word
            if max(len(first.word), len(last)) <= _LONGEST and (digest := _of_name(first.word, last)):
                yield at, to, digest


def _is_turned_round(words: list[_Word], at: int, to: int) -> bool:
    """`Lee, Ann`, and no list of names."""
    if to != at + 1 or to + 1 < len(words):
        return False
    return at == 0 or (not words[at].behind_comma and words[at - 1].word.lower() in BESIDE)


def _begins(text: bytes, start: int) -> bool:
    before = text[max(start - 8, 0) : start].decode("utf-8", "ignore")[-2:]
    if before.endswith("_"):  # emphasis, unless a word goes on
        return not before[:-1].isalnum()
    return not before[-1:].isalnum() and before[-1:] not in _NO_NAME_BEFORE


def _ends(text: bytes, end: int) -> bool:
    behind = text[end : end + 8].decode("utf-8", "ignore")[:2]
    if behind[:1] in ("_", ".", "-"):
        return not behind[1:].isalnum()
    return not behind[:1].isalnum() and behind[:1] not in _NO_NAME_BEHIND


def _is_mention(text: bytes, start: int, end: int) -> bool:
    """Whether an @ addresses somebody: no mailbox, no package, no call."""
    before, behind = text[max(start - 1, 0) : start], text[end : end + 1]
    return not (before.isalnum() or before in (b"_", b".", b"/", b"@", b"`")) and behind not in (b"/", b"(", b"@")


@lru_cache(maxsize=8192)
def _of_person(person: Person) -> tuple[bytes, ...]:
    if is_bot(person):
        return ()
    parts = name_parts(person.name)
    spellings = {tuple(map(fold, parts)), tuple(map(spelled, parts))}
    named = [each for each in spellings if 2 <= len(each) <= _PARTS and max(map(len, each)) <= _LONGEST]
    names = [_of_name(first, each[-1]) for each in named for first in (each[0], *_short(each[0]))]
    logins = [_of_login(login.lower().encode("utf-8", "replace")) for login in logins_of(person)]
    return tuple(filter(None, (*names, *logins)))


def _short(name: str) -> tuple[str, ...]:
    return NICKNAMES[name] if name in WHOLE else ()


@lru_cache(maxsize=65536)
def _of_name(first: str, last: str) -> bytes:
    """The digest of a full name, b"" for what is hardly one."""
    pair = sorted((fold(first), fold(last)))
    for word in pair:
        letters = word.replace("-", "").replace("'", "")
        if len(letters) < 2 or not letters.isalpha() or is_ideographic(word[0]) or word in BESIDE or word in _NOBODY:
            return b""
    is_ordinary = pair[0] == pair[1] or all(word in ORDINARY for word in pair)
    return b"" if is_ordinary else _digest("name", *pair)


@lru_cache(maxsize=65536)
def _of_login(name: bytes) -> bytes:
    """The digest of a login in lower case, b"" for one that is a word or a number."""
    login = name.decode("utf-8", "replace")
    if not _SHORTEST_LOGIN <= len(login) <= _LONGEST or not _PLAIN_LOGIN.fullmatch(login):
        return b""
    if login in ORDINARY or login in BESIDE or login in _NOBODY or login in NICKNAMES or login.startswith("jirauser"):
        return b""
    return _digest("login", login)


def _digest(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=SIZE).digest()
