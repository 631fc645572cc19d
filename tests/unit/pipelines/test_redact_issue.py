"""Redact on one issue: secrets and people, in text and in metadata."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any

from jira_crawler.items import Attachment, Body, Change, Comment, Issue, Link, Original, Person, RawIssue, Worklog
from jira_crawler.refine.redact import redact_issue

NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
ANN, BOB, CY = Person("aleeson", "Ann Leeson"), Person("JIRAUSER7", "Bob Quillings"), Person("cy", "Cy Marchetti")
BOT = Person("githubbot", "ASF GitHub Bot")
SAID = "Ask Ann Leeson or [~dnovotel] at ann@example.org."


def body(text: str) -> Body:
    return Body(text, "markdown")


def issue(**changed: Any) -> Issue:
    payload = json.dumps({"fields": {"description": "[~dnovotel]"}}).encode()
    whole = Issue(
        site="site",
        id="1",
        key="ABC-1",
        project="ABC",
        url="",
        title="Ann Leeson's pump fails",
        description=body(SAID),
        environment=body("/home/aleeson/x"),
        release_note=body("by Bob Quillings"),
        original=Original(
            title="Pump of Ann Leeson", description=body(SAID), labels=("ann@example.org",), components=("Leeson",)
        ),
        components=("Leeson",),
        labels=("ann@example.org",),
        versions=("aleeson-1.0",),
        fix_versions=("aleeson-2.0",),
        created=NOON,
        updated=NOON,
        reporter=ANN,
        assignee=CY,
        comments=(
            Comment(id="1", body=body("Thanks Ann, see Bob's patch. password=hunter2"), author=BOB),
            Comment(id="2", body=body("ASF GitHub Bot"), author=BOT),
            Comment(id="3", body=body("nobody"), author=None),
        ),
        changes=(
            Change(id="1", field="assignee", before="Dora Novotel", after="Cy Marchetti", author=ANN),
            Change(id="2", field="description", before="I, Bob Quillings", after="", author=BOT),
        ),
        worklogs=(Worklog(id="1", body=body("with Cy Marchetti"), author=CY), Worklog(id="2")),
        links=(Link(type="", relation="", key="ABC-2", outward=True, title="Leeson's pump"),),
        attachments=(Attachment(id="1", name="aleeson.log"),),
        raw=RawIssue(
            site="site", base_url="", dialect="", project="ABC", id="1", key="ABC-1", payload=payload, fetched_at=NOON
        ),
    )
    return replace(whole, **changed)


def strings(value: Any) -> list[str]:
    """Every string in a value, but for what the tracker sent."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for each in value for text in strings(each)]
    if is_dataclass(value) and not isinstance(value, RawIssue):
        return [text for each in fields(value) for text in strings(getattr(value, each.name))]
    return []


def test_no_name_and_no_secret_is_left_anywhere() -> None:
    redacted, _ = redact_issue(issue())
    left = " ".join(strings(redacted)).casefold()
    for secret in ("leeson", "bob", "quillings", "marchetti", "novotel", "jirauser", "example.org", "hunter2"):
        assert secret not in left
    assert redacted.raw == issue().raw


def test_people_are_numbered_as_they_appear_and_programs_are_not() -> None:
    redacted, _ = redact_issue(issue())
    assert (redacted.reporter, redacted.assignee) == (Person("user_0", "user_0"), Person("user_2", "user_2"))
    assert [comment.author for comment in redacted.comments] == [Person("user_1", "user_1"), BOT, None]
    assert redacted.comments[0].body.source == "Thanks user_0, see user_1's patch. password=<PASSWORD>"
    assert redacted.comments[1].body.source == "ASF GitHub Bot"
    assert redacted.changes[0].before == "user_3"
    assert redacted.changes[0].after == "user_2"
    assert [worklog.author for worklog in redacted.worklogs] == [Person("user_2", "user_2"), None]


def test_who_is_only_mentioned_is_known() -> None:
    redacted, _ = redact_issue(issue(changes=()))
    assert redacted.description == body("Ask user_0 or [~user_3] at <EMAIL>.")


def test_each_text_is_counted_once() -> None:
    _, counts = redact_issue(issue())
    assert counts["email"] == 2  # the description, which was filed so, and the label
    assert counts["password"] == counts["home"] == 1
    assert counts["person"] > 10


def test_redacting_twice_changes_nothing() -> None:
    once, _ = redact_issue(issue())
    assert redact_issue(once) == (once, {})


def test_an_issue_without_secrets_is_as_it_was() -> None:
    plain = issue(
        **dict.fromkeys(("description", "environment", "release_note", "original", "reporter", "assignee")),
        **dict.fromkeys(("components", "labels", "versions", "fix_versions", "comments", "changes", "worklogs"), ()),
        **dict.fromkeys(("links", "attachments"), ()),
        title="The pump fails",
    )
    assert redact_issue(plain) == (plain, {})


def test_a_key_cut_in_two_comments_takes_nothing_between_them() -> None:
    comments = tuple(
        Comment(id=str(at), body=body(text), author=BOB)
        for at, text in enumerate(
            ["-----BEGIN PRIVATE KEY-----", "between", "-----END PRIVATE KEY-----", "A\0B ann@example.org"]
        )
    )
    redacted, _ = redact_issue(issue(comments=comments))
    assert [comment.body.source for comment in redacted.comments][1] == "between"
    assert redacted.comments[3].body.source == "A\0B <EMAIL>"
