"""Items are made fast, and are what they were to whoever takes them for dataclasses."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from itemadapter import ItemAdapter

from jira_crawler.items import Body as Text
from jira_crawler.items import Comment, Issue, Person, RawIssue, replace

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def issue() -> Issue:
    raw = RawIssue(
        site="example",
        base_url="",
        dialect="server",
        project="A",
        id="1",
        key="A-1",
        payload=b"a secret",
        fetched_at=NOW,
    )
    comment = Comment(id="1", body=Text("yes", "markdown"), author=Person("user_0"), created=NOW)
    return Issue(
        site="example",
        id="1",
        key="A-1",
        project="A",
        url="",
        title="t",
        created=NOW,
        updated=NOW,
        comments=(comment,),
        raw=raw,
    )


def test_dataclasses_know_them(issue):
    assert dataclasses.is_dataclass(issue)
    assert dataclasses.replace(issue, title="other") == replace(issue, title="other") != issue
    assert [each.name for each in dataclasses.fields(issue.raw)] == list(RawIssue.__struct_fields__)
    assert dataclasses.asdict(issue)["comments"][0]["body"] == {"source": "yes", "format": "markdown"}


def test_scrapys_adapter_knows_them(issue):
    assert ItemAdapter.is_item(issue) and ItemAdapter.is_item(issue.raw)
    assert ItemAdapter(issue)["title"] == "t"
    assert "raw" in ItemAdapter(issue).field_names()


def test_they_cannot_be_changed_and_can_be_keys(issue):
    with pytest.raises(AttributeError):
        issue.title = "other"
    assert {issue.comments[0].author: 1}[Person("user_0")] == 1
    with pytest.raises(TypeError):
        replace(issue, nothing=1)


def test_no_payload_is_printed(issue):
    assert "secret" not in f"{issue!r} {issue.raw!r}"
