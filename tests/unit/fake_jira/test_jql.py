"""Queries are read as Jira reads them, and refused in its words."""

from __future__ import annotations

import pytest

from fake_jira.jql.grammar import EMPTY, Both, Clause, Either, Negation, Sort, Value, WrongQuery, parse


def test_and_binds_tighter_than_or():
    where = parse("a = 1 or b = 2 and c = 3").where
    assert isinstance(where, Either)
    assert isinstance(where.parts[1], Both)


def test_parentheses_and_not():
    where = parse('NOT (project = "DO" OR status is not EMPTY) and labels not in (a, "b c")').where
    assert isinstance(where, Both)
    assert isinstance(where.parts[0], Negation)
    assert where.parts[1] == Clause("labels", "not in", (Value("a"), Value("b c", quoted=True)))


def test_order_alone_and_case():
    query = parse("ORDER by created ASC, Key desc, updated")
    assert query.where is None
    assert query.order == (Sort("created", False), Sort("Key", True), Sort("updated", False))


def test_words_that_begin_like_keywords():
    assert parse("assignee = andy and status = notable").where == Both(
        (Clause("assignee", "=", (Value("andy"),)), Clause("status", "=", (Value("notable"),)))
    )


def test_quotes_escapes_and_empty():
    assert parse(r'summary ~ "say \"hi\""').where == Clause("summary", "~", (Value('say "hi"', quoted=True),))
    assert parse("assignee = null").where == Clause("assignee", "=", (EMPTY,))
    assert parse("").where is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("(project = A", "Expecting ')' before the end of the query."),
        ("project", "Expecting operator before the end of the query."),
        ("project = ", "Expecting either a value, list or function before the end of the query."),
        ("project = A B", "Expecting either 'OR' or 'AND' but got 'B'."),
        ("project = A and", "Expecting a field name before the end of the query."),
        ("project = a@b", "The character '@' is a reserved JQL character."),
        ('project = "A', "The quoted string 'A' has not been completed."),
    ],
)
def test_wrong_queries(text, sentence):
    with pytest.raises(WrongQuery) as refused:
        parse(text)
    assert sentence in str(refused.value)
