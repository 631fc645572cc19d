"""Names that come from a tracker, hostile ones among them, never lead out of the folder nor take a page with them."""

from __future__ import annotations

import json

import pytest

from jira_crawler.exceptions import Malformed
from jira_crawler.trackers.jira.decode import read_issue
from tests.unit.trackers.jira.test_decode import GOOD, raw

LEADS_OUT = (
    *("../../escaped", "..\\escaped", "/tmp/escaped", "ACME/../../escaped", "~/escaped", "file:///tmp/escaped", "."),
    *("..", "CON", "escaped\0", "escaped\n", "-escaped", "", " ", "$(escaped)", "%2e%2e%2fescaped", "a" * 300),
    *("escaped.jsonl", "C:escaped", "\u2024\u2024/escaped", "ｅｓｃａｐｅｄ", "ÀCME", "ACME²", "\u202eACME", "\ud800"),
)


@pytest.mark.parametrize("name", LEADS_OUT)
def test_a_name_that_leads_out_is_no_key_and_no_project(name):
    with pytest.raises(Malformed):
        read_issue(raw(json.dumps(GOOD | {"key": f"{name}-1"} if name != "CON" else {}).encode()))
    if name not in ("", "CON"):
        with pytest.raises(Malformed):
            read_issue(raw(json.dumps(GOOD | {"fields": GOOD["fields"] | {"project": {"key": name}}}).encode()))
