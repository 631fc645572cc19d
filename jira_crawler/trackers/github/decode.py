"""One issue or pull request, from its document to a typed value."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from jira_crawler.exceptions import Malformed
from jira_crawler.items import (
    Body,
    Change,
    Closing,
    Comment,
    Issue,
    Original,
    Person,
    PullRequest,
    RawIssue,
    ReviewComment,
)
from jira_crawler.trackers.github import pulls
from jira_crawler.trackers.github.names import REPOSITORY, identity, web
from jira_crawler.trackers.github.people import People
from jira_crawler.trackers.github.shapes import EventIn, IssueIn, ReferenceIn, RepositoryOf, Whole
from jira_crawler.trackers.moments import moment

# Characters of all texts together. GitHub takes 65,536 for one, and some thousand comments below an issue.
LONGEST_TEXT = 2**20
LONGEST_TEXTS = 64 * 2**20
_CATEGORIES = {"open": "new", "closed": "done"}
_whole = msgspec.json.Decoder(Whole)


def read_issue(raw: RawIssue) -> Issue:
    """Decodes a document; raises Malformed with the place and the reason."""
    try:
        return _read(raw, _whole.decode(raw.payload))
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error


def _read(raw: RawIssue, whole: Whole) -> Issue:
    item, name, details = whole.issue, whole.repository.name, whole.details
    if not REPOSITORY.fullmatch(name):
        raise Malformed(f"{name!r:.60} is not the name of a repository")
    if item.number < 1:
        raise Malformed(f"{item.number} is not a number of an issue")
    if (created := moment(item.created_at)) is None:
        raise Malformed(f"created_at is not a date: {item.created_at!r:.40}")
    people = People(details)
    key, kind = f"{name}#{item.number}", "pull" if item.is_pull else "issues"
    timeline = details.timeline_items.nodes if details and details.timeline_items else None
    events = [each for each in timeline or () if each]
    pull = pulls.read(whole, people) if item.is_pull else None
    issue = Issue(
        site=raw.site,
        id=identity(whole.repository.id, item.number),
        key=key,
        project=name,
        url=_url(item, whole.repository) or f"{web(raw.base_url)}/{name}/{kind}/{item.number}",
        title=item.title or "",
        description=_body(item.body),
        issue_type=(item.type.name or "") if item.type else "",
        status=item.state or "",
        status_category=_CATEGORIES.get(item.state or "", ""),
        resolution=_resolution(item, pull),
        labels=tuple(_labels(item)),
        created=created,
        updated=moment(item.updated_at) or created,
        resolved=moment(item.closed_at),
        reporter=people.rest(item.user),
        assignee=people.rest(item.assignee),
        comments=tuple(sorted(_comments(whole, people), key=_age)),
        changes=tuple(_changes(whole, events, people)),
        milestone=(item.milestone.title or "") if item.milestone else "",
        closings=tuple(_closings(whole, events, people)),
        pull=pull,
        original=_original(item, events, details.last_edited_at if details else None),
        cut=raw.cut,
        raw=raw,
    )
    _hold_to_size(issue)
    return issue


def _url(item: IssueIn, here: RepositoryOf) -> str:
    """Gives where people see an item, "" where it was told by a name that the repository has no more."""
    url = item.html_url or ""
    return "" if any(f"/{former}/".lower() in url.lower() for former in here.former) else url


def _body(text: str | None) -> Body | None:
    if text and len(text) > LONGEST_TEXT:
        raise Malformed(f"a text of {len(text):,} characters, more than {LONGEST_TEXT:,}")
    return Body(text, "markdown") if text else None


def _resolution(item: IssueIn, pull: PullRequest | None) -> str:
    if pull is None:
        return item.state_reason or ""
    return ("merged" if pull.merged else "closed") if item.state == "closed" else ""


def _labels(item: IssueIn) -> Iterable[str]:
    for each in item.labels or ():
        if name := each if isinstance(each, str) else each.name:
            yield name


def _comments(whole: Whole, people: People) -> Iterable[Comment]:
    for each in whole.comments:
        yield Comment(
            id=str(each.id),
            body=_body(each.body) or Body("", "markdown"),
            author=people.rest(each.user),
            created=moment(each.created_at),
            updated=moment(each.updated_at),
        )


def _age(comment: Comment | ReviewComment) -> tuple[str, int]:
    return comment.created.isoformat() if comment.created else "", int(comment.id)


def _changes(whole: Whole, events: list[EventIn], people: People) -> Iterable[Change]:
    """What GitHub tells of an issue's life: closed, reopened, given another title, or its text edited."""
    states = {"ClosedEvent": ("open", "closed"), "ReopenedEvent": ("closed", "open")}
    for place, each in enumerate(events):
        at, actor = moment(each.created_at), people.actor(each.actor)
        if states_of := states.get(each.typename or ""):
            before, after = states_of
            yield Change(id=f"{place}", field="status", before=before, after=after, author=actor, created=at)
        elif each.typename == "RenamedTitleEvent":
            told = (each.previous_title or "", each.current_title or "")
            yield Change(id=f"{place}", field="summary", before=told[0], after=told[1], author=actor, created=at)
    if whole.details and (edited := moment(whole.details.last_edited_at)):
        yield Change(id="edited", field="description", created=edited)


def _original(item: IssueIn, events: list[EventIn], edited: str | None) -> Original:
    """The title before it was changed first. What a text was before nobody tells: one that was edited after the end
    may tell it, and is not what was filed.
    """
    renamed = (each.previous_title for each in events if each.typename == "RenamedTitleEvent" and each.previous_title)
    ended, changed = moment(item.closed_at), moment(edited)
    told = None if ended and changed and changed > ended else _body(item.body)
    return Original(title=next(renamed, item.title or ""), description=told)


def _closings(whole: Whole, events: list[EventIn], people: People) -> Iterable[Closing]:
    here = whole.repository
    for each in events:
        at, actor, by, source = moment(each.created_at), people.actor(each.actor), each.closer, each.source
        if each.typename == "ClosedEvent" and by and (by.oid or by.number):
            key, id_ = _end(by, here)
            yield Closing(kind="closer", other=key, other_id=id_, commit=by.oid or "", actor=actor, at=at)
        elif each.typename == "ConnectedEvent" and source and source.number:
            key, id_ = _end(source, here)
            yield Closing(kind="connected", other=key, other_id=id_, actor=actor, at=at)
        elif each.typename == "ReferencedEvent" and each.commit and not each.is_cross_repository:
            yield Closing(kind="referenced", commit=each.commit.oid or "", actor=actor, at=at)
    references = whole.details.closing_issues_references if whole.details else None
    for other in (references.nodes if references else None) or ():
        if other and other.number:
            key, id_ = _end(other, here)
            yield Closing(kind="reference", other=key, other_id=id_)


def _end(end: ReferenceIn, here: RepositoryOf) -> tuple[str, str]:
    """Gives the key of an issue or pull request, by the name of its repository now, and its id if that is told."""
    if not end.number:
        return "", ""
    name = (end.repository.nameWithOwner if end.repository else None) or here.name
    id_ = end.repository.databaseId if end.repository else None
    if id_ == here.id or (id_ is None and here.is_called(name)):
        return f"{here.name}#{end.number}", identity(here.id, end.number)
    return f"{name}#{end.number}", identity(id_, end.number) if id_ else ""


def _hold_to_size(issue: Issue) -> None:
    """Raises Malformed for more text than people write about one thing."""
    bodies = [issue.description, *(each.body for each in issue.comments)]
    if issue.pull:
        bodies += [*(each.body for each in issue.pull.reviews), *(each.body for each in issue.pull.review_comments)]
    if (total := sum(len(body.source) for body in bodies if body)) > LONGEST_TEXTS:
        raise Malformed(f"texts of {total:,} characters together, more than {LONGEST_TEXTS:,}")


__all__ = ["Person", "read_issue"]
