"""From the names of a page to the release note of an issue, and nothing kept that nobody reads."""

from __future__ import annotations

import json
from urllib.request import urlopen

from fake_jira import running
from jira_crawler.trackers import tracker
from jira_crawler.trackers.contract import Cursor, Window
from tests.unit.trackers.jira.test_names import DIALECTS, NOTE, note


@DIALECTS
def test_release_notes_of_a_whole_tracker(dialect):
    with running(issues=150, dialect=dialect) as sandbox:
        speaks = tracker(dialect, sandbox.url)
        with urlopen(speaks.search(Window("DEMO"), Cursor(), 100).address) as answer:
            found = speaks.read_page(answer.read()).issues
        told = {each.id: note(each.payload, dialect) for each in found}
        noted = [each for each in found if told[each.id]]
        assert {b'"names":' in each.payload for each in noted} == {True}
        assert sum(b'"names":' in each.payload for each in found) == len(noted) > 0
        with urlopen(speaks.issue(noted[0].id, "*all").address) as answer:
            alone = speaks.read_one(answer.read())
    assert note(alone.payload, dialect) == told[alone.id]
    assert json.loads(alone.payload)["names"] == {NOTE: "Release Note"}
    assert {each.format for each in told.values() if each} == {"wiki" if dialect == "server" else "adf"}
