"""What was asked for by itself, in the rows of its issue."""

from __future__ import annotations

import json
from typing import Any

from jira_crawler.tables.hanging import StoredFile
from tests.unit.tables import made

LINK = {
    "id": 5,
    "globalId": "github=7",
    "relationship": "links to",
    "application": {"name": "GitHub"},
    "object": {"url": "https://github.com/apache/kafka/pull/7", "title": "GitHub Pull Request #7"},
}
KEPT = StoredFile("41", "stored", 14, "abc", "attachments/ACME-42/41_shot.png", "image/png")


def attachment(**chosen: Any) -> dict[str, Any]:
    (row,) = made.rows(**chosen)["attachments"]
    return row


def test_links_that_were_asked_for_are_rows_and_count_more_than_those_that_came_along():
    (before,) = made.rows()["remote_links"]
    (row,) = made.rows(links=json.dumps([LINK]).encode())["remote_links"]
    assert before["link_id"] == "71"
    assert (row["link_id"], row["pr_repo"], row["pr_number"]) == ("5", "apache/kafka", 7)
    assert row["issue_key"] == "ACME-42"
    assert "remote_links" not in made.rows(links=b"[]")


def test_files_say_what_became_of_them():
    plain = attachment()
    assert plain["state"] == "not_asked" and "path" not in plain
    row = attachment(files=(KEPT,))
    assert (row["state"], row["size"], row["sha256"], row["path"]) == ("stored", 14, "abc", KEPT.path)
    assert row["sniffed_mime"] == "image/png"
    row = attachment(files=(StoredFile("41", "too_big", 99, "", "", ""), StoredFile("42", "stored", 1, "x", "y", "")))
    assert (row["state"], row["size"], row["sha256"], row["path"]) == ("too_big", 12, None, None)


def test_rows_that_are_passed_on_say_no_path():
    row = attachment(known=made.context(redacted=True), files=(KEPT,))
    assert (row["path"], row["sha256"]) == (None, "abc")


def test_what_is_gone_has_neither():
    rows = made.rows(b"", is_removed=True, links=json.dumps([LINK]).encode(), files=(KEPT,))
    assert "remote_links" not in rows and "attachments" not in rows
