"""What is shown of an issue is what stood there before anybody began."""

from __future__ import annotations

import pytest

from jira_crawler.exports.swe.statement import LEFT_OUT, Unknown, statement
from jira_crawler.items import Body, Change, Comment, Person, replace
from tests.unit.links.made import ANN, comment, day, jira, numbered

BEGAN = day(5)


def changed(field: str, before: str, after: str, at: float) -> Change:
    return Change(id=str(at), field=field, before=before, after=after, author=ANN, created=day(at))


def test_title_and_text_are_as_of_the_moment():
    issue = jira(
        "K-1",
        "Third title",
        description=Body("Third text", "wiki"),
        changes=(
            changed("summary", "First title", "Second title", 2),
            changed("description", "First text", "Second text", 3),
            changed("summary", "Second title", "Third title", 6),
            changed("description", "Second text", "Third text", 7),
        ),
    )
    assert statement(issue, BEGAN).problem == "Second title\n\nSecond text"
    assert statement(issue, day(1)).problem == "First title\n\nFirst text"
    assert statement(issue, day(9)).problem == "Third title\n\nThird text"


def test_only_comments_that_stood_there_and_were_not_edited_since_are_hints():
    said = (
        comment("Early words", ANN, "1", 2),
        comment("Late words", ANN, "2", 6),
        Comment(id="3", body=Body("Edited words", "wiki"), author=ANN, created=day(1), updated=day(8)),
        comment("ann opened a new pull request: https://github.com/a/b/pull/1", id_="4", at=3),
        comment("At that very moment", ANN, "5", 5),
    )
    assert statement(jira("K-1", said=said), BEGAN).hints == "Early words"


def test_what_leads_to_the_change_is_left_out():
    said = (comment("See https://github.com/a/b/pull/12/files and K-1.patch, or https://example.org/a", ANN, at=2),)
    shown = statement(jira("K-1", said=said), BEGAN).hints
    assert shown == f"See {LEFT_OUT} and {LEFT_OUT}, or <https://example.org/a>".replace("<", "").replace(">", "")


def test_names_and_secrets_are_replaced():
    issue = jira("K-1", "Ann Example cannot log in", description=Body("I am ann@example.org", "wiki"), reporter=ANN)
    shown = statement(issue, BEGAN).problem
    assert "Ann" not in shown
    assert "example.org" not in shown


def test_what_nobody_knows_is_no_statement():
    with pytest.raises(Unknown, match="filed after"):
        statement(jira("K-1", created=day(5)), BEGAN)
    edited = numbered(1, body="Text", changes=(Change(id="edited", field="description", created=day(6)),))
    with pytest.raises(Unknown, match="edited after"):
        statement(edited, BEGAN)
    before = replace(edited, changes=(Change(id="edited", field="description", created=day(4)),))
    assert statement(before, BEGAN).problem == "It breaks\n\nText"
    with pytest.raises(Unknown, match="without a text"):
        statement(jira("K-1", ""), BEGAN)


def test_people_who_only_changed_something_are_known_by_name():
    late = replace(changed("summary", "a", "It breaks", 7), author=Person("ben", "Ben Sample", "bsample"))
    issue = jira("K-1", "It breaks", description=Body("Ben Sample said so", "wiki"), changes=(late,))
    assert "Sample" not in statement(issue, day(9)).problem
