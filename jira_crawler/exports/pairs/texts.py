"""A change as a model may see it: what it is called and says, without what names the issue or other changes."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from typing import Final

from jira_crawler.items import Body, Comment, Issue, Person, replace
from jira_crawler.links.github import title_as_of
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import redact_issue
from jira_crawler.tasks.prompts import cut, without_title

LEFT_OUT: Final = "[left out]"
# Keys, numbers, addresses and hashes: whoever knows these need not understand anything.
_NAMES: Final = re.compile(
    r"https?://[^\s)\]>|]{1,2000}"
    r"|\bGH-[1-9]\d{0,11}\b"
    r"|\[?\b(?P<project>[A-Za-z][A-Za-z0-9_]{0,99})-[1-9]\d{0,17}\b\]?:?"
    r"|(?<![\w&])(?:[\w.-]{1,100}/[\w.-]{1,100})?#[1-9]\d{0,11}\b"
    r"|\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,40}\b"
)


def began(change: Issue) -> datetime:
    """Says when a change was begun: when its first commit was written, or it was proposed."""
    commits = change.pull.commits if change.pull else ()
    return min([change.created, *(commit.authored for commit in commits if commit.authored)])


def utc(moment: int | None) -> str:
    """Writes a time (ms); what is not known is the first of all."""
    return f"{datetime.fromtimestamp((moment or 0) / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def blinded(text: str, projects: Container[str]) -> str:
    """Leaves out of a text what names an issue of one of some projects of a Jira, or anything on GitHub."""

    def bare(found: re.Match[str]) -> str:
        return found[0] if found["project"] and found["project"].upper() not in projects else LEFT_OUT

    return _NAMES.sub(bare, text)


def safe_text(text: str, people: Iterable[Person | None], near: Issue) -> str:
    """Makes a text tidy Markdown without secrets and names; `people` may be named in it, `near` is where it belongs."""
    said = [Comment(id=f"{at}", body=Body("", "markdown"), author=each) for at, each in enumerate(people) if each]
    bare = Issue(
        site=near.site,
        id=near.id,
        key=near.key,
        project=near.project,
        url=near.url,
        title="",
        description=Body(text, "markdown"),
        created=near.created,
        updated=near.updated,
        comments=tuple(said),
        raw=near.raw,
    )
    safe, _ = redact_issue(clean(bare))
    return safe.description.source if safe.description else ""


def change_text(change: Issue, projects: Container[str]) -> str:
    """Gives title and description of a pull request as of its end; "" where it says nothing, or was edited since."""
    end = (change.pull.merged if change.pull else None) or change.resolved
    edited = [each.created for each in change.changes if each.field == "description" and each.created]
    if end and any(at > end for at in edited):
        return ""
    title, _ = title_as_of(change.title, change.changes, end)
    bare = replace(change, title=title, comments=(), original=None)
    safe, _ = redact_issue(clean(bare))
    text = without_title(safe.title, safe.description.source if safe.description else "")
    told = (blinded(each, projects).strip() for each in (safe.title, text))
    return cut("\n\n".join(filter(None, told)))
