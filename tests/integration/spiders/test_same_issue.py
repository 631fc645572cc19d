"""An issue that is read from its page and one that REST gives: the same, field by field, but for what no page shows."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from jira_crawler import tasks
from jira_crawler.converters import to_markdown
from jira_crawler.items import Body, Comment, Issue, Person, RawIssue
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import redact_issue
from jira_crawler.refine.step import DropIssue
from jira_crawler.refine.validate import validate
from jira_crawler.trackers.contract import Query
from jira_crawler.trackers.jira_html.page import JiraPage

ISSUES = 30
FIRST = 20  # worklogs that REST gives with an issue
SAME = (
    *("id", "key", "project", "title", "issue_type", "status", "priority", "resolution", "components", "labels"),
    *("versions", "fix_versions", "parent", "subtasks"),
)


def got(question: Query) -> bytes:
    with urlopen(Request(question.address, headers=dict(question.headers))) as answer:
        return answer.read()


def by_page(sandbox: Sandbox, key: str) -> Issue:
    """Reads a page, and every panel that it wants."""
    reader = JiraPage(sandbox.url)
    shown = reader.read(got(reader.ask(key)), key)
    while shown.wants:
        shown = reader.join(shown, shown.wants[0], got(reader.panel(key, shown.wants[0])))
    assert not shown.needs_browser
    return validate(raw(sandbox, "page", shown.id, key, shown.payload))


def by_rest(sandbox: Sandbox, key: str) -> Issue:
    address = f"{sandbox.url}/rest/api/2/issue/{key}?fields=*all&expand=changelog,names"
    payload = got(Query(address))
    whole = json.loads(payload)
    assert len(whole["fields"]["comment"]["comments"]) == whole["fields"]["comment"]["total"]
    return validate(raw(sandbox, "server", whole["id"], key, payload))


def raw(sandbox: Sandbox, dialect: str, id_: str, key: str, payload: bytes) -> RawIssue:
    return RawIssue(
        site="s",
        base_url=sandbox.url,
        dialect=dialect,
        project=key.split("-")[0],
        id=id_,
        key=key,
        payload=payload,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture(scope="module", params=["new", "old"])
def pairs(request: pytest.FixtureRequest) -> Iterator[list[tuple[Issue, Issue]]]:
    with running(issues=ISSUES, pages=request.param, page_comments="script") as sandbox:
        keys = [each["key"] for project in sandbox.manifest()["projects"].values() for each in project["issues"]]
        yield [(by_page(sandbox, key), by_rest(sandbox, key)) for key in keys]


def seconds(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None


def who(person: Person | None) -> tuple[str, str] | None:
    return (person.name, person.login) if person else None


def words(body: Body | None) -> list[str]:
    """A page mentions people by their names, and the source of a text by their logins: they are left out."""
    text = to_markdown(body.source, body.format) if body else ""
    return re.sub(r"@\w+(?: [A-Z]\w+)?", "@", text).split()


def said(comment: Comment) -> tuple[Any, ...]:
    return comment.id, who(comment.author), seconds(comment.created)


def test_what_a_page_shows_is_what_rest_gives(pairs):
    assert len(pairs) == ISSUES
    wrong: Counter[str] = Counter()
    for page, rest in pairs:
        for name in SAME:
            wrong[name] += getattr(page, name) != getattr(rest, name)
        for name in ("created", "updated", "resolved"):
            wrong[name] += getattr(page, name) != seconds(getattr(rest, name))
        for name in ("reporter", "assignee"):
            wrong[name] += who(getattr(page, name)) != who(getattr(rest, name))
        wrong["comments"] += [*map(said, page.comments)] != [*map(said, rest.comments)]
        wrong["links"] += {(each.relation, each.key) for each in page.links} != {
            (each.relation, each.key) for each in rest.links
        }
        wrong["attachments"] += {(each.id, each.name) for each in page.attachments} != {
            (each.id, each.name) for each in rest.attachments
        }
        wrong["changes"] += len(page.changes) != len(rest.changes)
        wrong["worklogs"] += len(page.worklogs[:FIRST]) != len(rest.worklogs)
        wrong["cut"] += bool(page.cut)
    assert {name: n for name, n in wrong.items() if n} == {}


def test_the_texts_say_the_same(pairs):
    """Word by word, once both are Markdown."""
    wrong = [
        page.key
        for page, rest in pairs
        for mine, other in (
            (page.description, rest.description),
            (page.environment, rest.environment),
            *((mine.body, other.body) for mine, other in zip(page.comments, rest.comments, strict=True)),
        )
        if words(mine) != words(other)
    ]
    assert wrong == []


def made(issue: Issue) -> list[tuple[str, ...]]:
    """The examples of an issue, less what a text's markup leaves of blanks."""
    try:
        safe, _ = redact_issue(clean(issue, DEFAULTS))
    except DropIssue:
        return []
    made_, _ = tasks.made(safe)
    return [
        (each.task_type, each.variant, " ".join(each.input.split()), " ".join(each.output.split())) for each in made_
    ]


def test_the_examples_are_the_same(pairs):
    differ = Counter()
    total = 0
    for page, rest in pairs:
        mine, other = Counter(made(page)), Counter(made(rest))
        total += other.total()
        for task, variant, *_ in ((mine - other) + (other - mine)).elements():
            differ[task, variant] += 1
    assert total > 10 * ISSUES
    assert differ == {}
