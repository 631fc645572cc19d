"""What a crawl of repositories left, held against what the sandbox says there is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from fake_github.server.serving import Sandbox
from jira_crawler.items import Issue, RawIssue
from jira_crawler.trackers import reader
from tests.conftest import QUICK, Crawled, command

TOKEN = "a-token-of-the-sandbox"
SMALL = {"COMMIT_SECONDS": "0.05"}


@dataclass
class Repositories:
    """One command, in a folder of its own, that is run as often as it takes."""

    sandbox: Sandbox
    home: Path
    repos: str = "acme/rocket,acme/kettle"

    @property
    def output(self) -> Path:
        return self.home / "output"

    def arguments(self, **chosen: Any) -> list[str]:
        settings = QUICK | SMALL | {"OUTPUT_DIR": str(self.output), "STATE_DIR": str(self.home / "state")}
        parts = ["crawl", "github"]
        for name, value in ({"repos": self.repos, "site": self.sandbox.url} | settings | chosen).items():
            parts += ["-s" if name.isupper() else "-a", f"{name}={value}"]
        return parts

    def run(self, token: str = TOKEN, **chosen: Any) -> Crawled:
        done = command(*self.arguments(**chosen), env={"GITHUB_TOKEN": token} if token else {})
        assert "Traceback" not in done.stderr, done.stderr
        return Crawled(done.returncode, done.stdout, done.stderr, self.output)


def issues(output: Path) -> dict[str, Issue]:
    """Every issue of a store by its key, as its payload says."""
    found = {}
    with closing(sqlite3.connect(output / "store.sqlite")) as store:
        query = "SELECT site, id, key, project, base_url, dialect, payload FROM issues WHERE stage != 'Removed'"
        for site, id_, key, project, base, dialect, payload in store.execute(query):
            raw = RawIssue(
                site=site,
                base_url=base,
                dialect=dialect,
                project=project,
                id=id_,
                key=key,
                payload=zstandard.decompress(payload),
                fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            assert key not in found
            found[key] = reader(dialect, base).read_issue(raw)
    return found


def assert_whole(output: Path, sandbox: Sandbox, *, details: bool = True) -> None:
    """Everything that the sandbox holds is there as it is now, and nothing else, and nothing twice."""
    held = issues(output)
    expected: dict[str, dict[str, Any]] = {}
    builders = list(sandbox.application.builders)
    for name in builders:
        told = sandbox.manifest(name)
        expected |= {f"{name}#{number}": item for number, item in told["items"].items() if not item["gone"]}
        assert commits(output, told["id"]) == set(told["commits"])
    assert releases(output) == sorted(tag for name in builders for tag in sandbox.manifest(name)["releases"])
    assert set(held) == set(expected)
    for key, item in expected.items():
        assert said(held[key], details=details) == told_of(item, details=details), key


def said(issue: Issue, *, details: bool) -> dict[str, Any]:
    pull = issue.pull
    size = [pull.additions, pull.deletions, pull.changed_files] if pull else None
    return {
        "kind": "pull_request" if pull else "issue",
        "state": issue.status,
        "comments": sorted(int(each.id) for each in issue.comments),
        "review_comments": sorted(int(each.id) for each in pull.review_comments) if pull else [],
        "milestone": issue.milestone,
        "labels": sorted(issue.labels),
        "merged": pull.merged.strftime("%Y-%m-%dT%H:%M:%SZ") if pull and pull.merged else "",
    } | ({"reviews": sorted(int(each.id) for each in pull.reviews) if pull else [], "size": size} if details else {})


def told_of(item: dict[str, Any], *, details: bool) -> dict[str, Any]:
    names = ("kind", "state", "comments", "review_comments", "milestone", "labels", "merged")
    names += ("reviews", "size") if details else ()
    lists = ("comments", "review_comments", "reviews", "labels")
    return {name: sorted(item[name]) if name in lists else item[name] for name in names}


def commits(output: Path, repository: int) -> set[str]:
    with closing(sqlite3.connect(output / "store.sqlite")) as store:
        rows = store.execute("SELECT sha FROM commits WHERE repository = ?", (repository,)).fetchall()
    assert len(rows) == len(set(rows))
    return {sha for (sha,) in rows}


def releases(output: Path) -> list[str]:
    """The tags of all releases."""
    with closing(sqlite3.connect(output / "store.sqlite")) as store:
        rows = store.execute("SELECT payload FROM pieces WHERE kind = 'release'").fetchall()
    return sorted(msgspec.json.decode(zstandard.decompress(payload))["tag_name"] for (payload,) in rows)


def pairs(output: Path) -> set[tuple[str, str]]:
    """The ids of issues and of the pull requests that fixed them, as they were linked."""
    with closing(sqlite3.connect(output / "store.sqlite")) as store:
        return set(store.execute("SELECT id, other_id FROM pairs"))


def floor(sandbox: Sandbox) -> float:
    """Requests that a first run needs at least: ten for a thousand of each list's objects, twenty for pull requests."""
    total = 0.0
    for name in sandbox.application.builders:
        told = sandbox.manifest(name)
        items = [item for item in told["items"].values() if not item["gone"]]
        pulls = [item for item in items if item["kind"] == "pull_request"]
        remarks = (sum(len(item[part]) for item in items) for part in ("comments", "review_comments"))
        pages = [*remarks, len(items), len(items) - len(pulls), len(told["commits"]), len(told["releases"])]
        total += sum(-(-count // 100) for count in pages) + -(-len(pulls) // 50)
    return total


def defined(output: Path, repository: int) -> dict[str, Any]:
    """What a repository defines."""
    with closing(sqlite3.connect(output / "store.sqlite")) as store:
        query = "SELECT detail FROM repositories WHERE repository = ?"
        return msgspec.json.decode(store.execute(query, (repository,)).fetchone()[0])
