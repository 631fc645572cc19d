"""Recorded trackers whose issues and pull requests are both on GitHub: true is what was closed soon after a merge."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from benchmarks.links_recorded import Recorded, github_issue, rows_of, time_of
from jira_crawler.items import Body, Comment, Issue, Person, PullRequest

AT_ONCE = timedelta(seconds=5)  # after a merge, in which GitHub closes what the merge closes
A_DAY = timedelta(days=1)  # in which people close by hand what it fixed


def rust(folder: Path, within: timedelta = AT_ONCE) -> Recorded:
    """Reads issues as REST shows them, with their comments; the commits of pull requests are not recorded."""
    comments: dict[int, list[Comment]] = defaultdict(list)
    for each in rows_of(folder / "comments.jsonl.gz"):
        number = int(each["issue_url"].rpartition("/")[2])
        comments[number].append(_comment(str(each["id"]), each["body"], _who(each.get("user")), each["created_at"]))
    issues = []
    for each in rows_of(folder / "issues.jsonl.gz"):
        told, number = each.get("pull_request"), each["number"]
        merged = told and told.get("merged_at")
        inner = PullRequest(merged=time_of(merged) if merged else None, base="master") if told else None
        ended = time_of(each["closed_at"]) if each["closed_at"] else None
        about: dict[str, Any] = {
            "reporter": _who(each.get("user")),
            "resolved": ended,
            "pull": inner,
            "description": _body(each["body"]),
        }
        about |= {} if told else {"comments": tuple(comments[number])}
        issues.append(github_issue("rust-lang/rust", number, each["title"], time_of(each["created_at"]), **about))
    return _closed("rust", issues, within)


def drafts(path: Path, within: timedelta = AT_ONCE) -> Recorded:
    """Reads a repository as the archive of a draft has it, out of GraphQL."""
    told = orjson.loads(gzip.decompress(path.read_bytes()))
    issues = []
    for each in (*told["issues"], *told["pulls"]):
        merged = each.get("mergedAt")
        is_pull = "headRefName" in each
        inner = PullRequest(
            merged=time_of(merged) if merged else None,
            base=each.get("baseRefName") or "",
            head=each.get("headRefName") or "",
            merge_commit=(each.get("mergeCommit") or {}).get("oid", "") if merged else "",
        )
        said = tuple(
            _comment(f"{each['number']}-{at}", one["body"], _named(one["author"]), one["createdAt"])
            for at, one in enumerate(each["comments"])
        )
        ended = time_of(each["closedAt"]) if each.get("closedAt") else None
        about: dict[str, Any] = {
            "reporter": _named(each["author"]),
            "resolved": ended,
            "description": _body(each["body"]),
        }
        about |= {"comments": said, "pull": inner if is_pull else None}
        issues.append(github_issue(told["repo"], each["number"], each["title"], time_of(each["createdAt"]), **about))
    return _closed(told["repo"], issues, within)


def _closed(name: str, issues: Iterable[Issue], within: timedelta) -> Recorded:
    made = Recorded(name, list(issues))
    merged = [(each.pull.merged, each.key) for each in made.issues if each.pull and each.pull.merged]
    for each in made.issues:
        if each.pull is None and each.resolved:
            made.strong |= {(each.key, change) for at, change in merged if timedelta() <= each.resolved - at <= within}
    return made


def _comment(id_: str, body: str | None, author: Person | None, created: str) -> Comment:
    at: datetime = time_of(created)
    return Comment(id=id_, body=Body(body or "", "markdown"), author=author, created=at, updated=at)


def _body(text: str | None) -> Body | None:
    return Body(text, "markdown") if text else None


def _who(user: dict[str, Any] | None) -> Person | None:
    return _named(user.get("login")) if user else None


def _named(login: str | None) -> Person | None:
    return Person(login, login, login) if login else None
