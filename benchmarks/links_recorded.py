"""Recorded histories and issues of real projects, as a crawl would bring them, and which pairs are true of them.

Of a history only what its rows say is known: the subject of a commit, and how it names a pull request and a key. The
text of a message is put together from that. The issues of a Jira are whole, and say which pull requests they know.
"""

from __future__ import annotations

import gzip
import json
import re
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from jira_crawler.items import Body, Comment, Commit, Issue, Person, PullRequest, RawIssue, replace
from jira_crawler.trackers.jira.decode import read_issue as decode

GITHUB = "https://github.com"
STRONG = {"pr_title", "branch", "subject_tag", "subject"}
FORMER = {"appcelerator/alloy": "tidev/alloy"}
_SUFFIX = re.compile(r"\s*\(#\d+\)\.?$")
_HEAD = re.compile(r"Merge pull request #\d+ from \S+?/(\S+)")


@dataclass(slots=True)
class Recorded:
    """`strong` and `weak` are pairs of an issue's and a pull request's key. Only of `judged` changes it is known which
    issues they are about.
    """

    name: str
    issues: list[Issue] = field(default_factory=list)
    commits: list[tuple[Commit, str, str]] = field(default_factory=list)
    strong: set[tuple[str, str]] = field(default_factory=set)
    weak: set[tuple[str, str]] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)  # issues whose own text is there

    @property
    def judged(self) -> set[str]:
        return {change for _, change in self.strong}


def histories(folder: Path, shared: Path) -> Iterator[Recorded]:
    """Reads each file of rows, with the issues of a Jira where some are recorded."""
    jira = {"alloy": lambda keys: _titanium(shared / "titanium" / "ALOY.tar.gz", keys)}
    for name in ("io", "csv", "codec", "collections"):
        path = shared / "commons-html" / f"{name.upper()}.zip"
        jira[f"commons-{name}"] = lambda keys, path=path: _commons(path, keys)  # type: ignore[misc]
    for path in sorted(folder.glob("*.jsonl.gz")):
        rows = list(rows_of(path))
        name = path.name.removesuffix(".jsonl.gz")
        yield _history(name, rows, jira.get(name))


def _history(name: str, rows: list[dict[str, Any]], jira: Any) -> Recorded:
    made, by_commit, by_pull = Recorded(name), defaultdict(list), defaultdict(list)
    for row in rows:
        by_commit[row["commit"]].append(row)
        by_pull[row["pr"]].append(row)
        pair = row["key"], f"{row['repo']}#{row['pr']}"
        is_true = row["key_evidence"] in STRONG and not (row["closes_many"] or row["revert"])
        (made.strong if is_true else made.weak).add(pair)
    made.weak -= made.strong
    repository = rows[0]["repo"]
    for these in by_commit.values():
        made.commits.append((_commit(these), f"github.com/{repository}", repository))
    made.issues += [_pull(repository, number, these) for number, these in by_pull.items()]
    keys = {row["key"] for row in rows}
    known = {issue.key: issue for issue in (jira(keys) if jira else ())}
    made.asked = set(known)
    made.issues += [known.get(key) or _empty(key) for key in sorted(keys)]
    return made


def _commit(rows: list[dict[str, Any]]) -> Commit:
    row = rows[0]
    lines = [row["subject"], ""]
    titled = sorted({each["key"] for each in rows if each["key_evidence"] == "pr_title"})
    lines += ["".join(f"[{key}]" for key in titled) + " Title"] if titled else ["Text."]
    lines += [f"It is about {each['key']}." for each in rows if each["key_evidence"] == "body"]
    for each in rows:
        if each["pr_evidence"] == "close_keyword":
            lines += ["", f"Close {each['repo']}#{each['pr']} {each['close_note'] or ''}".rstrip()]
    return Commit(
        sha=row["commit"],
        message="\n".join(lines),
        authored=time_of(row["authored"]),
        committed=time_of(row["committed"]),
        parents=(row["parent"],) if row["pr_evidence"] != "merge_commit" else (row["parent"], "f" * 40),
    )


def _pull(repository: str, number: int, rows: list[dict[str, Any]]) -> Issue:
    row = rows[-1]
    ended = time_of(row["committed"])
    merged = any(each["pr_evidence"] in ("merge_commit", "squash_suffix") for each in rows)
    head = _HEAD.match(row["subject"])
    inner = PullRequest(
        merged=ended if merged else None,
        base="main",
        head=head[1] if head else "",
        merge_commit=row["commit"] if merged else "",
    )
    titled = sorted({each["key"] for each in rows if each["key_evidence"] == "pr_title"})
    is_merge = row["subject"].startswith("Merge ")
    # What is squashed or pushed by hand is mostly called as its pull request is.
    title = "".join(f"[{key}]" for key in titled) + " Title" if is_merge else _SUFFIX.sub("", row["subject"])
    return github_issue(repository, number, title, ended - timedelta(days=1), resolved=ended, pull=inner)


def github_issue(repository: str, number: int, title: str, created: datetime, **more: Any) -> Issue:
    key, what = f"{repository}#{number}", "pull" if more.get("pull") else "issues"
    return Issue(
        site="github",
        id=f"1-{number}",
        key=key,
        project=repository,
        url=f"{GITHUB}/{repository}/{what}/{number}",
        title=title,
        created=created,
        updated=created,
        raw=_raw(key),
        **more,
    )


def _raw(key: str, payload: bytes = b"{}") -> RawIssue:
    told: dict[str, Any] = {
        "site": "jira",
        "base_url": "https://jira.example.org",
        "dialect": "server",
        "project": "",
        "id": "",
        "key": key,
    }
    return RawIssue(**told, payload=payload, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))


def _empty(key: str) -> Issue:
    project, _, number = key.rpartition("-")
    began = datetime(2010, 1, 1, tzinfo=UTC)
    url = f"https://jira.example.org/browse/{key}"
    of: dict[str, Any] = {"site": "jira", "id": number, "key": key, "project": project, "url": url, "title": ""}
    return Issue(**of, created=began, updated=began, raw=_raw(key))


def _titanium(path: Path, keys: set[str]) -> Iterator[Issue]:
    with tarfile.open(path) as archive:
        for member in archive:
            if member.name.rpartition("/")[2].removesuffix(".json") in keys and (file := archive.extractfile(member)):
                payload = file.read()
                yield decode(_raw("", payload))


def _commons(path: Path, keys: set[str]) -> Iterator[Issue]:
    """Reads Jira's export for people: what it says of an issue, and its comments, as HTML."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if (key := name.rpartition("/")[2].removesuffix(".xml")) not in keys:
                continue
            root = etree.fromstring(archive.read(name), etree.XMLParser(recover=True, resolve_entities=False))
            made = _empty(key)
            comments = tuple(
                Comment(
                    id=each.get("id") or "",
                    body=Body(each.text or "", "html"),
                    author=Person(each.get("author") or "", each.get("author") or "", each.get("author") or ""),
                )
                for each in root.iter("comment")
            )
            description = next(
                (
                    each.text or ""
                    for each in root.iter("description")
                    if getattr(each.getparent(), "tag", "") == "item"
                ),
                "",
            )
            yield replace(made, comments=comments, description=Body(description, "html"))


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    yield from map(json.loads, gzip.decompress(path.read_bytes()).splitlines())


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
