"""A GraphQL document, read into fields: one operation, variables, aliases, arguments and fragments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_BLANK = r"[\s,]*(?:#[^\n]*[\s,]*)*"
_TOKEN = re.compile(_BLANK + r'(\.\.\.|"(?:[^"\\]|\\.)*"|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|[{}()\[\]:!$=@|&])')
_NAMED = {"true": True, "false": False, "null": None}


class Garbled(Exception):
    """What is no document, in a few words."""


@dataclass(slots=True)
class Field:
    """`name` is what is asked for, `alias` what it is to be called; `on` restricts it to a type."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    selection: list[Field] = field(default_factory=list)
    on: str = ""


def read(text: str, variables: Mapping[str, Any]) -> list[Field]:
    """Reads the selection of the only operation, with its variables put in; raises Garbled."""
    return _Reader(_tokens(text), variables).document()


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if not found:
            if text[at:].strip(" \t\r\n,"):
                raise Garbled(f"Parse error at character {at}")
            break
        tokens.append(found[1])
        at = found.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[str], variables: Mapping[str, Any]) -> None:
        self.tokens, self.at, self.variables = tokens, 0, variables
        self.fragments: dict[str, list[Field]] = {}
        self.spreads: list[tuple[list[Field], int, str, str]] = []

    def document(self) -> list[Field]:
        operation: list[Field] = []
        while self.at < len(self.tokens):
            if self._peek() == "fragment":
                self._take("fragment")
                name = self._next()
                self._take("on")
                kind = self._next()
                self.fragments[name] = self._selection(kind)
            else:
                operation = self._operation()
        if not operation:
            raise Garbled("A query attribute must be specified and must be a string.")
        return self._spread(operation)

    def _operation(self) -> list[Field]:
        if self._peek() in ("query", "mutation"):
            self._next()
            if self._peek() not in ("{", "("):
                self._next()
            if self._peek() == "(":
                while self._next() != ")":
                    pass
        return self._selection("")

    def _selection(self, on: str) -> list[Field]:
        fields: list[Field] = []
        self._take("{")
        while self._peek() != "}":
            if self._peek() == "...":
                self._next()
                if self._peek() == "on":
                    self._next()
                    fields += self._selection(self._next())
                else:
                    fields.append(Field("...", self._next(), on=on))
                continue
            fields.append(self._field(on))
        self._take("}")
        return fields

    def _field(self, on: str) -> Field:
        alias = name = self._next()
        if self._peek() == ":":
            self._next()
            name = self._next()
        made = Field(name, alias, on=on)
        if self._peek() == "(":
            self._next()
            while self._peek() != ")":
                argument = self._next()
                self._take(":")
                made.arguments[argument] = self._value()
            self._next()
        if self._peek() == "{":
            made.selection = self._selection("")
        return made

    def _value(self) -> Any:
        said = self._next()
        if said == "$":
            name = self._next()
            return self.variables.get(name)
        if said == "[":
            listed = []
            while self._peek() != "]":
                listed.append(self._value())
            self._next()
            return listed
        if said == "{":
            made = {}
            while self._peek() != "}":
                name = self._next()
                self._take(":")
                made[name] = self._value()
            self._next()
            return made
        if said.startswith('"'):
            return said[1:-1].encode().decode("unicode_escape")
        if said in _NAMED:
            return _NAMED[said]
        return int(said) if re.fullmatch(r"-?\d+", said) else said

    def _spread(self, fields: list[Field]) -> list[Field]:
        """Puts fragments where they are named."""
        spread: list[Field] = []
        for each in fields:
            if each.name == "...":
                if each.alias not in self.fragments:
                    raise Garbled(f"Fragment {each.alias} was used, but not defined")
                spread += self._spread(self.fragments[each.alias])
            else:
                each.selection = self._spread(each.selection)
                spread.append(each)
        return spread

    def _peek(self) -> str:
        if self.at >= len(self.tokens):
            raise Garbled("Unexpected end of document")
        return self.tokens[self.at]

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _take(self, wanted: str) -> None:
        if (token := self._next()) != wanted:
            raise Garbled(f"Expected {wanted}, actual: {token}")
