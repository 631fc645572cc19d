"""A parsed query → the condition that it means, with all that Jira would object to."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo

from fake_jira.data.corpus import Corpus
from fake_jira.data.dates import literal
from fake_jira.data.stored import FACETS, Stored
from fake_jira.jql.conditions import ALL, NONE, Condition, joined, passing, span, union, within
from fake_jira.jql.grammar import Both, Call, Clause, Either, Empty, Negation, Node, Operand, Value, WrongQuery
from fake_jira.jql.words import says

_COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_KEYS = ("key", "id", "issue", "issuekey")
_DATES = {"created": "created", "createddate": "created", "updated": "updated", "updateddate": "updated"}
_TEXTS = ("text", "summary", "description", "comment", "environment")
_ALIASES = {"type": "issuetype", "components": "component", "label": "labels"}
_CHECKED = ("status", "priority", "resolution", "issuetype", "component")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a query's meaning depends on besides its text. `now` is epoch milliseconds."""

    corpus: Corpus
    visible: frozenset[str]
    now: int
    zone: tzinfo = UTC
    honour_ms: bool = True
    missing_keys_match_nothing: bool = False
    """Cloud: a key that does not exist gives no rows; Server: 400."""


class Reader:
    """Reads a query in its circumstances; `complaints` are what Jira would answer 400 with."""

    def __init__(self, circumstances: Circumstances) -> None:
        self.at = circumstances
        self.complaints: list[str] = []

    def read(self, node: Node | None) -> Condition:
        match node:
            case None:
                return ALL
            case Both(parts):
                return joined(operator.and_, [self.read(part) for part in parts])
            case Either(parts):
                return joined(operator.or_, [self.read(part) for part in parts])
            case Negation(part):
                return ~self.read(part)
            case Clause():
                return self._clause(node)

    def _clause(self, clause: Clause) -> Condition:
        name = clause.field.lower()
        name = _ALIASES.get(name, name)
        if name == "project":
            return self._set(clause, self._project)
        if name in _KEYS:
            return self._key(clause) if clause.operator in _COMPARE else self._set(clause, self._issue)
        if name in _DATES:
            return self._date(clause, _DATES[name])
        if name in FACETS:
            return self._facet(clause, name)
        if name in _TEXTS:
            return self._text(clause, name)
        return self._complain(f"Field '{clause.field}' does not exist or you do not have permission to view it.")

    def _complain(self, *sentences: str) -> Condition:
        self.complaints += sentences
        return NONE

    def _unsupported(self, clause: Clause) -> Condition:
        return self._complain(f"The operator '{clause.operator}' is not supported by the '{clause.field}' field.")

    def _set(self, clause: Clause, meaning: Callable[[Clause, str], Condition]) -> Condition:
        """Equality and membership: the operands' meanings, joined; `is empty` holds for nothing here."""
        if clause.operator in ("is", "is not"):
            return NONE if clause.operator == "is" else ALL
        if clause.operator not in ("=", "!=", "in", "not in"):
            return self._unsupported(clause)
        found = [meaning(clause, _text_of(operand)) for operand in clause.operands]
        either = Condition(projects=union([one.projects for one in found]), ids=union([one.ids for one in found]))
        return either if clause.operator in ("=", "in") else ~either

    def _project(self, clause: Clause, text: str) -> Condition:
        visible = self.at.visible
        names = self.at.corpus.vocabulary.project_names
        wanted = text.lower()
        keys = frozenset(key for key in visible if wanted in (key.lower(), *names.get(key, ())))
        if not keys:
            self._complain(f"The value '{text}' does not exist for the field 'project'.")
        return Condition(projects=keys)

    def _found(self, clause: Clause, text: str) -> Stored | None:
        if not _KEY.fullmatch(text):
            self._complain(f"The issue key '{text}' for field '{clause.field}' is invalid.")
            return None
        issue = self.at.corpus.find(text)
        if issue is None or not issue.is_visible(self.at.visible):
            if not self.at.missing_keys_match_nothing:
                kind = "id" if text.isdigit() else "key"
                self._complain(f"An issue with {kind} '{text}' does not exist for field '{clause.field}'.")
            return None
        return issue

    def _issue(self, clause: Clause, text: str) -> Condition:
        issue = self._found(clause, text)
        return Condition(ids=frozenset({issue.id} if issue else ()))

    def _key(self, clause: Clause) -> Condition:
        """A bound is an issue that exists, and stands for the issues of its own project before or after it."""
        text = _text_of(clause.operands[0])
        bound = self._found(clause, text)
        if bound is None:
            return NONE
        if not text.isdigit() and text.upper() != bound.key:
            return self._complain(f"Operator '{clause.operator}' cannot be applied to moved issue key '{text}'.")
        number, compare = bound.number, _COMPARE[clause.operator]
        return Condition(projects=frozenset({bound.project}), tests=(lambda issue: compare(issue.number, number),))

    def _date(self, clause: Clause, date: str) -> Condition:
        if clause.operator in ("is", "is not"):
            return NONE if clause.operator == "is" else ALL
        if clause.operator in ("~", "!~"):
            return self._unsupported(clause)
        instants = [self._instant(clause, operand) for operand in clause.operands]
        if clause.operator in _COMPARE or clause.operator == "=":
            return within(date, span(clause.operator, instants[0]))
        spans = [within(date, span("=", instant)) for instant in instants]
        either = joined(operator.or_, spans)
        return either if clause.operator == "in" else ~either

    def _instant(self, clause: Clause, operand: Operand) -> int:
        if isinstance(operand, Call) and operand.name == "now":
            return self.at.now
        if isinstance(operand, Call):
            self._complain(f"Unable to find JQL function '{operand.name}()'.")
            return 0
        value = operand if isinstance(operand, Value) else Value("EMPTY")
        found = literal(value.text, value.quoted, self.at.zone, self.at.now, self.at.honour_ms)
        if found is None:
            self._complain(
                f"Date value '{value.text}' for field '{clause.field}' is invalid. Valid formats include: "
                "'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. "
                "'-5d', '4w 2d'."
            )
        return found or 0

    def _facet(self, clause: Clause, name: str) -> Condition:
        at = FACETS.index(name)
        if clause.operator not in ("=", "!=", "in", "not in", "is", "is not"):
            return self._unsupported(clause)
        wanted = {_text_of(operand).lower() for operand in clause.operands if isinstance(operand, Value)}
        for_empty = any(isinstance(operand, Empty) for operand in clause.operands)
        if name == "resolution" and "unresolved" in wanted:
            wanted, for_empty = wanted - {"unresolved"}, True
        known = self.at.corpus.vocabulary.values.get(name, set()) if name in _CHECKED else wanted
        for value in sorted(wanted - known):
            self._complain(f"The value '{value}' does not exist for the field '{clause.field}'.")
        if clause.operator in ("=", "in", "is"):
            return passing(lambda issue: _meets(issue.facets[at], wanted, for_empty))
        return passing(lambda issue: bool(issue.facets[at]) and not _meets(issue.facets[at], wanted, for_empty))

    def _text(self, clause: Clause, name: str) -> Condition:
        if clause.operator not in ("~", "!~"):
            return self._unsupported(clause)
        wanted = _text_of(clause.operands[0])
        matches = clause.operator == "~"
        return passing(lambda issue: says(issue, name, wanted) is matches)


def condition(node: Node | None, circumstances: Circumstances, validate: bool = True) -> tuple[Condition, list[str]]:
    """What the query asks for, and warnings; raises WrongQuery instead of warning where it is validated."""
    reader = Reader(circumstances)
    found = reader.read(node)
    if reader.complaints and validate:
        raise WrongQuery(*reader.complaints)
    return found, reader.complaints


def _text_of(operand: Operand) -> str:
    match operand:
        case Value(text):
            return text
        case Call(name):
            return f"{name}()"
    return "EMPTY"


def _meets(values: tuple[str, ...], wanted: set[str], for_empty: bool) -> bool:
    return any(value in wanted for value in values) if values else for_empty
