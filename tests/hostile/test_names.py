"""Names that come from a tracker, hostile ones among them, never lead out of the folder nor take a page with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.exceptions import Malformed
from jira_crawler.trackers.jira.decode import read_issue
from tests.servers.hostile import Answer, Asked, hostile, issue
from tests.trackers.test_decode import GOOD, raw

LEADS_OUT = (
    *("../../escaped", "..\\escaped", "/tmp/escaped", "ACME/../../escaped", "~/escaped", "file:///tmp/escaped", "."),
    *("..", "CON", "escaped\0", "escaped\n", "-escaped", "", " ", "$(escaped)", "%2e%2e%2fescaped", "a" * 300),
    *("escaped.jsonl", "C:escaped", "\u2024\u2024/escaped", "ｅｓｃａｐｅｄ", "ÀCME", "ACME²", "\u202eACME", "\ud800"),
)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def hostile_issues() -> list[dict]:
    """An issue for each name in each place that could become a file's: project, key, attachment."""
    found = []
    for name in LEADS_OUT:
        found += [
            issue(100 + len(found), project={"key": name}),
            issue(100 + len(found) + 1) | {"key": f"{name}-1"},
            issue(100 + len(found) + 2, attachment=[{"id": "1", "filename": name, "content": f"file://{name}"}]),
        ]
    return found


def test_nothing_is_written_outside_of_the_folder(crawl, tmp_path):
    bad = hostile_issues()
    good = [issue(n) for n in range(1, 6)]

    def rule(asked: Asked) -> Answer | None:
        if not asked.is_page:
            return None
        found = [*jira.found(asked.jql), *bad]
        return Answer(json.dumps({"total": len(good), "issues": found}).encode())

    with hostile(good, rule) as jira:
        done = crawl(jira.url, projects="ACME", folder="two/deep", LOG_FILE=tmp_path / "log")
    assert done.ids >= {each["id"] for each in good}
    assert {name.partition("/")[0] for name in files(tmp_path)} <= {"two", "state", "log"}
    assert not [name for name in files(tmp_path) if "escaped" in name.lower()]
    assert not [*Path("/tmp").glob("escaped*"), *Path("/tmp").glob("ESCAPED*")]
    assert all("/" not in name and name.isascii() and name.isprintable() for name in files(done.folder))


@pytest.mark.parametrize("name", LEADS_OUT)
def test_a_name_that_leads_out_is_no_key_and_no_project(name):
    with pytest.raises(Malformed):
        read_issue(raw(json.dumps(GOOD | {"key": f"{name}-1"} if name != "CON" else {}).encode()))
    if name not in ("", "CON"):
        with pytest.raises(Malformed):
            read_issue(raw(json.dumps(GOOD | {"fields": GOOD["fields"] | {"project": {"key": name}}}).encode()))


IDS = ("0", "00017", "9" * 18, "2147483648", "-1", "+1", "1.0", "1e3", " 1", "0x10", "a1", "1\n", "../1", "")
KEYS = ("ACME-0", "ACME-007", "acme-31", "A_C_2-3", f"ACME-{'9' * 18}", f"{'A' * 90}-1")


def keyed(number: int, key: str) -> dict[str, Any]:
    """An issue whose project is that of its key."""
    return issue(number, project=key.rpartition("-")[0]) | {"key": key}


def test_ids_and_keys_of_all_kinds_are_issues_or_rejects(crawl):
    """Whatever is odd about one of them, it is told of, and those beside it on its page come."""
    odd = [issue(100 + n) | {"id": id_} for n, id_ in enumerate(IDS)]
    odd += [keyed(200 + n, key) for n, key in enumerate((*KEYS, f"ACME-{'9' * 300}"))]
    good = [issue(n) for n in range(1, 6)]
    with hostile([*good, *odd]) as jira:
        jira.found = lambda jql: jira.issues
        done = crawl(jira.url, projects="ACME", limit=100)
    told = " ".join([*map(json.dumps, done.examples), *map(json.dumps, done.rejects)])
    assert done.ids >= {each["id"] for each in good}
    assert [each["key"] for each in odd if done.status == 0 and each["key"] not in told] == []


def test_odd_keys_that_jira_allows_are_issues(crawl):
    found = [keyed(n, key) for n, key in enumerate(KEYS)]
    with hostile(found) as jira:
        jira.found = lambda jql: jira.issues
        done = crawl(jira.url, projects="ACME", limit=100)
    assert {each["metadata"]["issue_key"] for each in done.examples} == set(KEYS)
