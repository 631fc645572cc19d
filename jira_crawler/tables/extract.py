"""One stored issue becomes rows of every table: values in, values out."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

from jira_crawler.exceptions import Malformed
from jira_crawler.items import RawIssue
from jira_crawler.redaction.other_people import digests_of
from jira_crawler.tables import custom, flow, github, hanging, page, rest
from jira_crawler.tables import versions as known
from jira_crawler.tables.context import Context, SiteContext
from jira_crawler.tables.facts import CHILDREN, Facts, Row
from jira_crawler.tables.hanging import StoredFile
from jira_crawler.tables.redacted import redacted
from jira_crawler.tables.texts import markdown
from jira_crawler.tables.untouched import Standing, Untouched, untouched
from jira_crawler.tables.versions import Gone, Seen
from jira_crawler.trackers import PAGE, reader
from jira_crawler.trackers.github.reading import DIALECT as GITHUB

Rows = dict[str, list[Row]]
NOBODY: Final = frozenset({"archived"})  # facts that are in no column


@dataclass(frozen=True, slots=True)
class Was:
    """An earlier version of an issue, fetched from `since` until `until` (ms); b"" is a payload that is forgotten."""

    since: int
    until: int
    version: str
    cut: tuple[str, ...]
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Landed:
    """How a pull request came into a branch, and when (ms)."""

    how: str
    commit: str
    at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredIssue:
    """An issue as the store holds it: times are epoch milliseconds, `since` is when it was fetched first as it is now.

    `links` are those to elsewhere, as JSON, b"" where they were not asked for; `files` is what became of those that
    were; `landing` is what linking found out of a pull request. `gone` is each time that it was found to be gone or
    there again, `is_removed` whether it is gone. `quality` and `language` are what its lines in a feed say,
    `numbered` whom of other issues they number (digests in hex).
    """

    site: str
    number: int
    key: str
    project: str
    base_url: str
    dialect: str
    created: int
    since: int
    version: str
    payload: bytes = field(repr=False)
    cut: tuple[str, ...] = ()
    cluster: str | None = None
    quality: float | None = None
    language: str | None = None
    is_removed: bool = False
    gone: tuple[Gone, ...] = ()
    past: tuple[Was, ...] = ()
    links: bytes = field(default=b"", repr=False)
    files: tuple[StoredFile, ...] = ()
    landing: Landed | None = None
    numbered: str = ""


def extract(stored: StoredIssue, context: Context) -> Rows:
    """Gives the rows of an issue by table, in the order in which they stand there.

    An issue that is gone, or whose payload is no issue, has a row in `issues` that says so, and its history.
    """
    return extract_changed(stored, context, None)[0]


def extract_changed(
    stored: StoredIssue, context: Context, stands: Standing | None, *, in_place: bool = False
) -> tuple[Rows, Untouched]:
    """Gives the rows of an issue that stands in tables by now, and what of them is as it is to be.

    Of tables that are, no rows are given. `stands` is what `issues` says of it; where nobody knows, all rows are given.
    `in_place`: of columns of `issues` that are, long texts are not given either.
    """
    site = context.of(stored.site)
    past = [_seen(stored, was) for was in stored.past]
    # Pages and what GitHub sends are read with their texts, and a second time without only to be compared.
    is_rest = stored.dialect not in (PAGE, GITHUB)
    found = None if is_rest else _facts(stored, stored.payload)
    sent = _facts(stored, stored.payload, with_texts=False) if is_rest or (past and found) else found
    same = Untouched()
    # People are numbered as they come in a payload, so of redacted rows any may be another one.
    if stands and sent and is_rest and not context.redacted:
        present = Standing(
            stored.key, stored.project, stored.dialect, stored.version, stored.since, not stored.is_removed
        )
        same = untouched(present, stands, sent, [*past, _present(stored, sent)], site)
    if is_rest and sent:
        found = _worded(sent, same.tables | same.columns if in_place else same.tables)
    versions = [*past, _present(stored, sent if found else None)]
    rows: Rows = {
        "issue_versions": known.issue_versions(versions),
        "availability_events": known.availability_events(versions, stored.gone),
    }
    now = found or Facts()
    rows |= {table: now.rows(table) for table in CHILDREN}
    if found and stored.links:
        rows["remote_links"] = hanging.remote_links(stored.links)
    if stored.landing:
        told = stored.landing
        at = None if told.at is None else told.at * 1000
        landed = {"landed_how": told.how or None, "landed_commit": told.commit or None, "landed_at": at}
        rows["pull_requests"] = [row | landed for row in rows["pull_requests"]]
    rows["attachments"] = hanging.with_files(rows["attachments"], stored.files)
    if "custom_fields" not in same.tables:
        rows["custom_fields"] = custom.custom_fields(now, site, markdown)
    rows["sla_cycles"] = custom.sla_cycles(now, site, stored.since * 1000)
    if not {"status_intervals", "issue_flow"} <= same.tables:
        rows["status_intervals"] = flow.status_intervals(now, site)
        rows["issue_flow"] = flow.issue_flow(now, rows["status_intervals"], site)
    rows["issues"] = [_issue(stored, now, site, is_read=found is not None)]
    if context.redacted:
        others = digests_of(stored.numbered)
        redacted(rows, now.custom, [own.column.name for own in site.columns], stored.payload, others)
    head = {"site": stored.site, "issue_id": stored.number, "issue_key": stored.key, "project": stored.project}
    made = {
        table: [head | row for row in listed] for table, listed in rows.items() if listed and table not in same.tables
    }
    return made, same


def _facts(stored: StoredIssue, payload: bytes, *, with_texts: bool = True) -> Facts | None:
    """Reads a version of an issue; None for one that cannot be read. Of a REST API texts are as they were sent."""
    if not payload:
        return None
    try:
        if stored.dialect not in (PAGE, GITHUB):
            return rest.facts(payload)
        raw = RawIssue(
            site=stored.site,
            base_url=stored.base_url,
            dialect=stored.dialect,
            project=stored.project,
            id=str(stored.number),
            key=stored.key,
            payload=payload,
            fetched_at=datetime.fromtimestamp(stored.since / 1000, UTC),
        )
        issue = reader(stored.dialect, stored.base_url).read_issue(raw)
        facts = github.facts if stored.dialect == GITHUB else page.facts
        return facts(issue) if with_texts else facts(issue, lambda body: body.source if body else None)
    except (Malformed, RecursionError):
        return None


def _worded(sent: Facts, without: Container[str]) -> Facts | None:
    """Makes Markdown of what a REST API sent; None where a text is nested too deep."""
    try:
        return rest.worded(sent, without)
    except (Malformed, RecursionError):
        return None


def _present(stored: StoredIssue, sent: Facts | None) -> Seen:
    until = stored.gone[-1].at if stored.is_removed and stored.gone else None
    return Seen(stored.since, until, stored.version or _hash(stored.payload), stored.cut, sent)


def _seen(stored: StoredIssue, was: Was) -> Seen:
    found = _facts(stored, was.payload, with_texts=False)
    return Seen(was.since, was.until, was.version or _hash(was.payload), was.cut, found)


def _hash(payload: bytes) -> str:
    return blake2b(payload, digest_size=32).hexdigest() if payload else ""


def _issue(stored: StoredIssue, found: Facts, site: SiteContext, *, is_read: bool) -> Row:
    row = {name: value for name, value in found.issue.items() if name not in NOBODY}
    dated = {"created": stored.created * 1000} if stored.created > 0 and row.get("created") is None else {}
    return (
        row
        | dated
        | custom.own_columns(found, site, markdown)
        | {
            "quality": stored.quality,
            "language": stored.language,
            "cluster": stored.cluster,
            "availability": _availability(stored, found, is_read=is_read),
            "payload_hash": stored.version or _hash(stored.payload) or None,
            "cut": list(stored.cut),
            "fetched_at": stored.since * 1000,
            "url": row.get("url") or f"{stored.base_url}/browse/{stored.key}",
            "dialect": stored.dialect,
            "kind": row.get("kind") or "issue",
        }
    )


def _availability(stored: StoredIssue, found: Facts, *, is_read: bool) -> str:
    if stored.is_removed:
        return stored.gone[-1].availability if stored.gone else "unobserved"
    if not is_read:
        return "unobserved"
    return "archived" if found.issue.get("archived") else "present"
