"""Text of a query → what it asks for; wrong text → the sentence that Jira answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedToken


class WrongQuery(ValueError):
    """A query Jira would refuse with 400; its arguments are the error messages."""


@dataclass(frozen=True, slots=True)
class Value:
    """One operand; a bare number is a number to Jira and a quoted one is not."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    name: str


class Empty:
    """The operand EMPTY (or NULL)."""


EMPTY = Empty()
Operand = Value | Call | Empty


@dataclass(frozen=True, slots=True)
class Clause:
    """`operator` is one of = != < <= > >= ~ !~ in, not in, is, is not; lower case."""

    field: str
    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    part: Node


Node = Clause | Both | Either | Negation


@dataclass(frozen=True, slots=True)
class Sort:
    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    where: Node | None
    order: tuple[Sort, ...]


class _Tree(Transformer[Token, Any]):
    """lark's tree → Query. Every method is named by its rule in jql.lark."""

    def start(self, parts: list[Any]) -> Query:
        return Query(parts[0], parts[1] or ())

    def either(self, parts: list[Any]) -> Either:
        return Either(tuple(parts))

    def both(self, parts: list[Any]) -> Both:
        return Both(tuple(parts))

    def negation(self, parts: list[Any]) -> Negation:
        return Negation(parts[0])

    def comparison(self, parts: list[Any]) -> Clause:
        return Clause(parts[0], str(parts[1]), (parts[2],))

    def member(self, parts: list[Any]) -> Clause:
        return Clause(parts[0], "in", parts[1])

    def stranger(self, parts: list[Any]) -> Clause:
        return Clause(parts[0], "not in", parts[1])

    def empty(self, parts: list[Any]) -> Clause:
        return Clause(parts[0], "is", (EMPTY,))

    def filled(self, parts: list[Any]) -> Clause:
        return Clause(parts[0], "is not", (EMPTY,))

    def field(self, parts: list[Any]) -> str:
        return _unquote(parts[0])

    def operands(self, parts: list[Any]) -> tuple[Operand, ...]:
        return tuple(parts)

    def bare(self, parts: list[Any]) -> Value:
        return Value(str(parts[0]))

    def quoted(self, parts: list[Any]) -> Value:
        return Value(_unquote(parts[0]), quoted=True)

    def call(self, parts: list[Any]) -> Call:
        return Call(str(parts[0]).lower())

    def nothing(self, parts: list[Any]) -> Empty:
        return EMPTY

    def order(self, parts: list[Any]) -> tuple[Sort, ...]:
        return tuple(parts)

    def sort(self, parts: list[Any]) -> Sort:
        return Sort(parts[0], bool(parts[1]) and parts[1].lower() == "desc")


def _unquote(token: Token) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token.type == "QUOTED" else str(token)


_GRAMMAR = Lark(files("fake_jira.jql").joinpath("jql.lark").read_text("utf-8"), parser="lalr", transformer=_Tree())
_OPERATORS = "'=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'"


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """A crawler asks much the same again and again, so the last queries are remembered."""
    try:
        return _GRAMMAR.parse(text)  # type: ignore[return-value]  # the transformer makes a Query of the tree
    except UnexpectedCharacters as error:
        raise WrongQuery("Error in the JQL Query: " + _reserved(text, error)) from None
    except UnexpectedToken as error:
        raise WrongQuery("Error in the JQL Query: " + _unexpected(error)) from None


def _reserved(text: str, error: UnexpectedCharacters) -> str:
    where = f"(line {error.line}, character {error.column})"
    place = error.pos_in_stream or 0
    character = text[place]
    if character in "'\"":
        rest = text[place + 1 :]
        return f"The quoted string '{rest}' has not been completed. {where}"
    return (
        f"The character '{character}' is a reserved JQL character. You must enclose it in a string or use the "
        f"escape '\\u{ord(character):04x}' instead. {where}"
    )


def _unexpected(error: UnexpectedToken) -> str:
    expected = set(error.accepts or error.expected)
    at_end = error.token.type == "$END"
    got = "before the end of the query." if at_end else f"but got '{error.token}'."
    where = "" if at_end else f" (line {error.line}, character {error.column})"
    if "RPAR" in expected and "WORD" not in expected:
        return f"Expecting ')' {got}{where}"
    if "OPERATOR" in expected:
        return f"Expecting operator {got} The valid operators are {_OPERATORS}.{where}"
    if "EMPTY" in expected:
        return f"Expecting either a value, list or function {got}{where}"
    if "_AND" in expected:
        return f"Expecting either 'OR' or 'AND' {got}{where}"
    return f"Expecting a field name {got}{where}"
