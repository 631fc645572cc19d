"""A Jira and a GitHub in one store, crawled over real servers or put there, and linked: the truth comes out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from fake_github import running
from fake_github.data.truth import JiraIssue, Truth
from jira_crawler.store.attached import HeldLinks
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.conftest import QUICK, command
from tests.rows import row

TOKEN = "a-token-of-the-sandbox"
JIRA = "https://issues.apache.org/jira"
NAMES = ("acme/rocket", "acme/kettle")


def stamp(text: str) -> str | None:
    return f"{datetime.fromisoformat(text):%Y-%m-%dT%H:%M:%S.000+0000}" if text else None


def payload(issue: JiraIssue) -> dict[str, Any]:
    """An issue as a Jira Server sends it."""
    comments = [
        {"id": str(at), "body": each["body"], "author": {"name": each["author"]}, "created": stamp(each["created"])}
        for at, each in enumerate(issue.comments)
    ]
    fields = {
        "summary": issue.summary,
        "description": issue.description,
        "project": {"key": issue.key.partition("-")[0]},
        "created": stamp(issue.created),
        "updated": stamp(issue.created),
        "resolutiondate": stamp(issue.resolved),
        "comment": {"comments": comments, "total": len(comments)},
    }
    return {"id": issue.key.rpartition("-")[2], "key": issue.key, "fields": fields}


def put(store: Store, issues: list[JiraIssue], github: str) -> None:
    """Stores the issues of a Jira as a crawl does, with their links to elsewhere; `github` is where that is."""

    def there(told: object) -> bytes:
        return orjson.dumps(told).replace(b"https://github.com", github.encode())

    rows, links = [], []
    for issue in issues:
        number, project = int(issue.key.rpartition("-")[2]), issue.key.partition("-")[0]
        rows.append(row(number, project, version=issue.key, base_url=JIRA, payload=there(payload(issue))))
        remote = [{"id": at, "object": {"url": address}} for at, address in enumerate(issue.remote_links)]
        links.append(HeldLinks("example", str(number), 1, there(remote)))
    store.save(rows, {}, links=links)


def truth(told: list[Truth]) -> set[tuple[str, str]]:
    """Pairs that landed, on whatever branch, and stand."""
    fixes = [fix for each in told for fix in each.fixes]
    return {(fix.target, fix.change) for fix in fixes if not fix.reverted_by}


def found(store: Store) -> set[tuple[str, str]]:
    pairs = [each for each in store.links.all_pairs() if each.landed_how and not each.reverted_by]
    ends = {(each.site, each.id) for each in pairs} | {(each.other_site, each.other_id) for each in pairs}
    names = {identity: name.key for identity, name in store.links.names(ends).items()}
    return {(names[each.site, each.id], names.get((each.other_site, each.other_id), each.commit)) for each in pairs}


def crawled(url: str, home: Path) -> Path:
    """Crawls the repositories of a sandbox into a folder, and gives that."""
    told = QUICK | {"OUTPUT_DIR": str(home / "output"), "STATE_DIR": str(home / "state"), "COMMIT_SECONDS": "0.05"}
    settings = [part for name, value in told.items() for part in ("-s", f"{name}={value}")]
    arguments = ("-a", f"site={url}", "-a", f"repos={','.join(NAMES)}", *settings)
    done = command("crawl", "github", *arguments, env={"GITHUB_TOKEN": TOKEN})
    assert done.returncode == 0, done.stderr
    return home / "output"


def test_a_crawl_of_both_is_linked_as_it_was(tmp_path: Path) -> None:
    with running(items=160, token=TOKEN) as sandbox:
        output = crawled(sandbox.url, tmp_path)
        builders = [sandbox.builder(name) for name in NAMES]
        told = [each.truth for each in builders]
        gone = {
            f"{b.repository.full_name}#{item.number}"
            for b in builders
            for item in b.repository.items.values()
            if item.gone
        }
    url = f"sqlite:///{output / 'store.sqlite'}"
    store = Store(connect(url))
    put(store, [issue for each in told for issue in each.jira], sandbox.url)
    store.close()
    linked = command("link", "-s", f"OUTPUT_DIR={output}")
    assert (linked.returncode, linked.stderr) == (0, "")
    store = Store(connect(url))
    try:
        right, ours = truth(told), found(store)
    finally:
        store.close()
    right = {pair for pair in right if not gone & set(pair)}
    assert len(right) > 80
    assert len(right & ours) >= 0.95 * len(right), sorted(right - ours)
    assert len(right & ours) >= 0.97 * len(ours), sorted(ours - right)
    again = command("link", "-s", f"OUTPUT_DIR={output}")
    assert again.stdout.endswith("0 were read anew.\n")
    assert again.stdout.splitlines()[:-1] == linked.stdout.splitlines()[:-1]
