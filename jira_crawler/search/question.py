"""A question as somebody writes it becomes a tree, or a sentence that says what is wrong with it, and where."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.search.fields import FIELDS, Wrong, between, equal
from jira_crawler.search.query import And, Everything, Not, Or, Query, Words
from jira_crawler.search.tokens import words

if TYPE_CHECKING:
    from lark import Lark, Token

LONGEST: Final = 1_000  # characters of a question
DEEPEST: Final = 20  # things inside of one another
MOST: Final = 50  # words, phrases and fields
_QUOTE: Final = "put it in quotes to look for the text itself"
_BETWEEN: Final = "{} stands between two things; to look for the word, write {}"
_SOFT: Final = re.compile(r"[~^][0-9.]*$")  # what other languages say with signs behind a word


class WrongQuestion(BadArgument):
    """A question that cannot be read; `at` is the character, counted from 1, at which that shows."""

    def __init__(self, sentence: str, at: int = 1):
        super().__init__(f"The question cannot be read at character {at:,}: {sentence}.")
        self.at = at


def read(text: str) -> Query:
    """Reads a question; raises WrongQuestion. One that is long, deep or of many parts is refused like any wrong one."""
    if not text.strip():
        raise WrongQuestion("it is empty; * stands for everything")
    if len(text) > LONGEST:
        raise WrongQuestion(f"it goes on behind the {LONGEST:,} characters that one may have", LONGEST + 1)
    if wrong := re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text):
        raise WrongQuestion("this is no character of a text", wrong.start() + 1)
    query = _parsed(text)
    many, deep = _size(query)
    if many > MOST:
        raise WrongQuestion(f"it asks for {many} things, and may ask for {MOST}", len(text))
    if deep > DEEPEST:
        raise WrongQuestion(f"more than {DEEPEST} things are inside of one another", len(text))
    return query


def _parsed(text: str) -> Query:
    from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

    try:
        query: Query = _parser().parse(text)  # type: ignore[assignment]  # the transformer makes one of the tree
    except UnexpectedCharacters as error:
        raise WrongQuestion(_stray(text, error.pos_in_stream or 0), (error.pos_in_stream or 0) + 1) from None
    except UnexpectedToken as error:
        raise _unexpected(text, error.token, error.accepts or error.expected) from None
    except UnexpectedEOF:
        raise WrongQuestion("it ends too early", len(text)) from None
    except VisitError as error:
        raise error.orig_exc from None
    return query


def _stray(text: str, at: int) -> str:
    if text[at] == '"':
        return "the quotes that begin here never end"
    if text[at] in "<>=":
        return f"{text[at]} stands behind a field and its colon, as in quality:>=0.7; else {_QUOTE}"
    return f"{text[at]} has no meaning here; {_QUOTE}"


def _unexpected(text: str, token: Token, expected: Any) -> WrongQuestion:
    kind, at = token.type, (token.start_pos or 0) + 1
    if kind == "$END":
        opened = text.count("(") > text.count(")") and "RPAR" in expected
        return WrongQuestion("a parenthesis is open" if opened else "something is missing behind this", len(text))
    if kind == "RPAR":
        said = "there is nothing to close" if "FIELD" not in expected else "something is missing in front of this"
        return WrongQuestion(said, at)
    if kind in ("_AND", "_OR", "_NOT"):
        return WrongQuestion(_BETWEEN.format(token, token.lower()), at)
    if kind == "LPAR":
        return WrongQuestion("a value stands behind a field, and no parenthesis: status:open OR status:new", at)
    if kind == "COMPARED":
        return WrongQuestion(_stray(text, at - 1), at)
    if "_TO" in expected or "CLOSE" in expected or kind in ("OPEN", "CLOSE"):
        return WrongQuestion(
            f"a range is written [0.5 TO 0.7] or {{0.5 TO *}}, behind a field and its colon; {_QUOTE}", at
        )
    return WrongQuestion(f"{str(token)[:40]!r} cannot stand here; {_QUOTE}", at)


def _size(query: Query) -> tuple[int, int]:
    """Counts the leaves of a tree, and how deep it is, without going down into it."""
    many = deepest = 0
    waiting = [(query, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        match node:
            case And(parts) | Or(parts):
                waiting += [(part, depth + 1) for part in parts]
            case Not(part):
                waiting.append((part, depth + 1))
            case Words(found):
                many += len(found)
            case _:
                many += 1
    return many, deepest


@cache
def _parser() -> Lark:
    from lark import Lark, Transformer, v_args

    @v_args(inline=True)
    class Tree(Transformer):  # type: ignore[type-arg]
        """Every method is named by its rule in question.lark."""

        def either(self, *parts: Query) -> Query:
            return Or(parts) if len(parts) > 1 else parts[0]

        def all(self, *parts: Query) -> Query:
            return And(parts) if len(parts) > 1 else parts[0]

        def negated(self, part: Query) -> Query:
            return Not(part)

        def everything(self, _: Token) -> Query:
            return Everything()

        def word(self, token: Token) -> Query:
            if token in ("AND", "OR"):
                raise WrongQuestion(_BETWEEN.format(token, token.lower()), _at(token))
            return _words(token, _plain(token))

        def phrase(self, token: Token) -> Query:
            return _words(token, _unquoted(token))

        def equal(self, field: Token, value: Token) -> Query:
            text = _unquoted(value) if value.type == "QUOTED" else _plain(value)
            return _of_field(field, value, lambda name: equal(name, text))

        def compared(self, field: Token, compared: Token) -> Query:
            sign = "".join(each for each in compared[:2] if each in "<>=")
            value = str(compared)[len(sign) :]
            low, high = (value, None) if sign[0] == ">" else (None, value)
            whole = sign.endswith("=")
            return _of_field(field, compared, lambda name: between(name, low, high, with_low=whole, with_high=whole))

        def ranged(self, field: Token, first: Token, low: Token, high: Token, last: Token) -> Query:
            ends = [None if end.type == "STAR" else str(end) for end in (low, high)]
            inside = {"with_low": first == "[", "with_high": last == "]"}
            return _of_field(field, low, lambda name: between(name, *ends, **inside))

    grammar = files("jira_crawler.search").joinpath("question.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", transformer=Tree())


def _words(token: Token, text: str) -> Query:
    if not (found := tuple(words(text))):
        raise WrongQuestion(f"there is no word in {text[:40]!r}", _at(token))
    return Words(found)


def _plain(token: Token) -> str:
    """Gives a word that stands without quotes; what means something elsewhere is not passed over in silence."""
    text = str(token)
    if text.startswith("-") and len(text) > 1:
        raise WrongQuestion(f"say NOT {text[1:41]} to leave it out; else {_QUOTE}", _at(token))
    if "*" in text or "?" in text[:-1]:
        raise WrongQuestion(f"parts of words cannot be looked for, only whole ones; {_QUOTE}", _at(token))
    if _SOFT.search(text):
        raise WrongQuestion(f"the signs ~ and ^ mean nothing here; {_QUOTE}", _at(token))
    if text.endswith(":") and text[:-1].lower() in FIELDS:
        raise WrongQuestion(f"{text} has no value; it stands right behind the colon", _at(token))
    return text


def _unquoted(token: Token) -> str:
    return re.sub(r"\\(.)", r"\1", str(token)[1:-1], flags=re.DOTALL)


def _of_field(field: Token, value: Token, make: Callable[[str], Query]) -> Query:
    name = str(field)[:-1].lower()
    if name not in FIELDS:
        near = get_close_matches(name, FIELDS, 1)
        meant = f"{near[0]} is one" if near else f"there are {', '.join(FIELDS)}"
        raise WrongQuestion(f"there is no field {name[:40]!r}; {meant}, or {_QUOTE}", _at(field))
    try:
        return make(name)
    except Wrong as error:
        raise WrongQuestion(str(error), _at(value)) from None


def _at(token: Token) -> int:
    return (token.start_pos or 0) + 1
