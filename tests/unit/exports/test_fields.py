"""No metadata of a line is lost on the way into an export."""

from __future__ import annotations

from datetime import UTC, datetime

from jira_crawler import tasks
from jira_crawler.exports.fields import ABOUT, EXAMPLE
from jira_crawler.items import Example, Issue, RawIssue


def test_every_metadata_key_of_a_line_is_a_column():
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    raw = RawIssue(
        site="x", base_url="u", dialect="server", project="P", id="1", key="P-1", payload=b"{}", fetched_at=moment
    )
    made = Issue(site="x", id="1", key="P-1", project="P", url="u", title="t", created=moment, updated=moment, raw=raw)
    example = Example(task_type="t", variant="v", instruction="i", input="a", output="b")
    metadata = tasks.line(made, example)["metadata"]
    columns = {field.name: field for field in (*ABOUT, *EXAMPLE)}
    assert set(metadata) <= set(columns)
    for name, value in metadata.items():
        assert type(value) is type(columns[name].missing), name
