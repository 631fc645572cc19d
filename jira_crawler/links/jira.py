"""What an issue of Jira says of pull requests and commits: its links, fields, texts, and what programs wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from jira_crawler.items import Body, Issue, Person
from jira_crawler.links import references, wording
from jira_crawler.links.names import login, markdown, ms
from jira_crawler.links.passages import excerpt
from jira_crawler.links.texts import Place, Signs
from jira_crawler.text.bots import is_bot


def read_jira(issue: Issue, remote_links: bytes, signs: Signs) -> None:
    """Reads an issue of Jira; `remote_links` is the JSON list of its links to elsewhere."""
    for link in _listed(remote_links):
        at = Place("remote link", "", "", source=str(link.get("id", "")))
        for address in _strings(link):
            _addresses(address, "remote_link", at, signs)
    for name, value in _custom(issue.raw.payload):
        _addresses(value, "field", Place("field", "", "", source=name), signs)
    reporter = Place("description", "", "", actor=login(issue.reporter), at=ms(issue.created), source=issue.id)
    _addresses(_plain(issue.description), "address", reporter, signs)
    for comment in issue.comments:
        at = Place("comment", "", "", actor=login(comment.author), at=ms(comment.created), source=comment.id)
        _said(_plain(comment.body), comment.author, "bot_comment", at, signs)
    for worklog in issue.worklogs:
        at = Place("worklog", "", "", actor=login(worklog.author), at=ms(worklog.started), source=worklog.id)
        _said(_plain(worklog.body), worklog.author, "bot_worklog", at, signs)


def _said(text: str, author: Person | None, kind: str, at: Place, signs: Signs) -> None:
    """A program that mirrors a pull request names it first; what else it names is quoted from those who spoke there."""
    if not is_bot(author):
        _addresses(text, "address", at, signs)
        return
    _addresses(text, kind, at, signs, only_first=True)
    for found in references.find(text):
        if found.refers.startswith("@"):
            signs.add("bot_commit", found.refers, at, excerpt(text, found.start, found.end))


def _addresses(text: str, kind: str, at: Place, signs: Signs, *, only_first: bool = False) -> None:
    first = ""
    for found in references.find(text) if "http" in text else ():
        if not found.is_address or references.key_of(found.refers):
            continue
        first = first or found.refers
        if only_first and found.refers != first:
            signs.add("issue_mention", found.refers, at, excerpt(text, found.start, found.end))
            continue
        meant = wording.meaning(text[max(0, found.start - 120) : found.start])
        named = (
            "issue_mention" if kind == "address" and meant in ("relates", "denies", "reverts", "follow_up") else kind
        )
        signs.add(named, found.refers, at, excerpt(text, found.start, found.end))


def _plain(body: Body | None) -> str:
    """A text in which addresses are found as they are; wiki markup leaves them whole."""
    return "" if body is None else body.source if body.format in ("wiki", "markdown") else markdown(body)


def _listed(links: bytes) -> list[dict[str, Any]]:
    try:
        read = msgspec.json.decode(links or b"[]")
    except (ValueError, RecursionError):
        return []
    return [each for each in read if isinstance(each, dict)] if isinstance(read, list) else []


def _strings(value: Any, deep: int = 4) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif deep and isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each, deep - 1)


def _custom(payload: bytes) -> Iterator[tuple[str, str]]:
    """Gives the fields of a Jira's own that hold an address of a pull request, as the development panel's do."""
    if b"/pull/" not in payload:
        return
    try:
        fields = msgspec.json.decode(payload).get("fields") or {}
        named = sorted((name, value) for name, value in fields.items() if name.startswith("customfield_"))
    except (ValueError, RecursionError, AttributeError, TypeError):
        return
    for name, value in named:
        for text in _strings(value):
            if "/pull/" in text:
                yield name, text
