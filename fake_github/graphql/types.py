"""What GraphQL shows of each thing: the fields of each type, as functions of a thing and arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fake_github.data.model import Commit, Event, Item, Label, Milestone, Pull, Repository, Review, ReviewComment, User
from fake_github.data.truth import moment
from fake_github.server.shapes import Shapes, node_id

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A thing of a type, in its repository."""

    kind: str
    thing: Any
    of: Repository


@dataclass(frozen=True, slots=True)
class Connection:
    """A list that must be asked for in pieces; `total` is what totalCount says, which may count more."""

    things: Sequence[Typed]
    total: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review with the number of its comments."""

    review: Review
    comments: int


Resolver = Callable[[Typed, Arguments], Any]
_EVENTS = {
    "closed": "ClosedEvent",
    "reopened": "ReopenedEvent",
    "connected": "ConnectedEvent",
    "renamed": "RenamedTitleEvent",
    "referenced": "ReferencedEvent",
    "merged": "MergedEvent",
}


class Types:
    """Knows the fields of every type; `find` finds the repository that a name is of."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        common: dict[str, Resolver] = {
            "id": lambda it, _: node_id("PR" if it.thing.pull else "I", it.of, it.thing.number),
            "databaseId": lambda it, _: it.thing.id,
            "number": lambda it, _: it.thing.number,
            "title": lambda it, _: it.thing.title,
            "body": lambda it, _: it.thing.body or "",
            "state": lambda it, _: _state(it.thing),
            "createdAt": lambda it, _: _at(it.thing.created),
            "updatedAt": lambda it, _: _at(it.thing.updated),
            "closedAt": lambda it, _: _at(it.thing.closed),
            "lastEditedAt": lambda it, _: None,
            "author": lambda it, _: _user(it.of, it.thing.author),
            "repository": lambda it, _: Typed("Repository", it.of, it.of),
            "comments": lambda it, _: Connection([], len(it.thing.comments)),
            "participants": lambda it, _: _connection(it.of, "User", _participants(it.thing)),
            "timelineItems": _timeline,
        }
        self.fields: dict[str, dict[str, Resolver]] = {
            "Issue": common | {"stateReason": lambda it, _: (it.thing.reason or "").upper() or None},
            "PullRequest": common | _pull_request(),
            "Repository": _repository(),
            "User": {"login": lambda it, _: it.thing.login, "name": lambda it, _: it.thing.name or None},
            "Bot": {"login": lambda it, _: it.thing.login.removesuffix("[bot]")},
            "Review": _review(),
            "ReviewComment": {"databaseId": lambda it, _: it.thing.id},
            "Commit": {
                "oid": lambda it, _: it.thing.sha,
                "message": lambda it, _: it.thing.message,
                "authoredDate": lambda it, _: _at(it.thing.authored),
                "committedDate": lambda it, _: _at(it.thing.committed),
                "author": lambda it, _: Typed("GitActor", it.thing.author, it.of),
                "parents": lambda it, _: _connection(it.of, "CommitName", it.thing.parents),
            },
            "CommitName": {"oid": lambda it, _: it.thing},
            "PullRequestCommit": {"commit": lambda it, _: Typed("Commit", it.thing, it.of)},
            "GitActor": {
                "name": lambda it, _: it.thing.name or it.thing.login,
                "user": lambda it, _: _user(it.of, it.thing) if it.thing.kind == "User" else None,
            },
            "Ref": {"name": lambda it, _: it.thing},
            "File": {
                "path": lambda it, _: it.thing.path,
                "additions": lambda it, _: it.thing.additions,
                "deletions": lambda it, _: it.thing.deletions,
            },
            "Label": {
                "name": lambda it, _: it.thing.name,
                "color": lambda it, _: it.thing.color,
                "description": lambda it, _: it.thing.description or None,
            },
            "Milestone": {
                "number": lambda it, _: it.thing.number,
                "title": lambda it, _: it.thing.title,
                "description": lambda it, _: it.thing.description or None,
                "state": lambda it, _: it.thing.state.upper(),
                "dueOn": lambda it, _: _at(it.thing.due),
                "closedAt": lambda it, _: _at(it.thing.closed),
            },
            "Release": {
                "databaseId": lambda it, _: it.thing.id,
                "tagName": lambda it, _: it.thing.tag,
                "updatedAt": lambda it, _: _at(it.thing.updated),
            },
            "Event": _event(),
        }


def kind_of(it: Typed) -> str:
    """Names the type as a query knows it."""
    if isinstance(it.thing, Event):
        return _EVENTS[it.thing.kind]
    return {"Review": "PullRequestReview", "File": "PullRequestChangedFile"}.get(it.kind, it.kind)


def typed(of: Repository, item: Item) -> Typed:
    return Typed("PullRequest" if item.pull else "Issue", item, of)


def _at(when: datetime | None) -> str | None:
    return moment(when) or None


def _state(item: Item) -> str:
    return "MERGED" if item.pull and item.pull.merged else item.state.upper()


def _user(of: Repository, user: User | None) -> Typed | None:
    return Typed(user.kind, user, of) if user else None


def _connection(of: Repository, kind: str, things: Sequence[Any], total: int | None = None) -> Connection:
    return Connection([Typed(kind, each, of) for each in things], len(things) if total is None else total)


def _participants(item: Item) -> list[User]:
    said = [each.author for each in item.comments] + ([each.author for each in item.pull.reviews] if item.pull else [])
    people = [user for user in (item.author, *said, *item.assignees) if user and user.kind == "User"]
    return list(dict.fromkeys(people))


def _timeline(it: Typed, arguments: Arguments) -> Connection:
    """`totalCount` ignores which types are asked for, as GitHub's does."""
    wanted = {kind.removesuffix("_EVENT").lower() for kind in arguments.get("itemTypes") or ()}
    names = {"renamed_title": "renamed"}
    wanted = {names.get(kind, kind) for kind in wanted}
    events = [each for each in it.thing.events if not wanted or each.kind in wanted]
    return _connection(it.of, "Event", events, len(it.thing.events) + len(it.thing.comments))


def _pull_request() -> dict[str, Resolver]:
    def closes(it: Typed, arguments: Arguments) -> Connection:
        numbers = it.thing.pull.by_hand if arguments.get("userLinkedOnly") else it.thing.pull.closes
        found = [it.of.items[number] for number in dict.fromkeys(numbers) if number in it.of.items]
        return Connection([typed(it.of, each) for each in found if not each.gone], len(found))

    def merge_commit(it: Typed, _: Arguments) -> Typed | None:
        sha = it.thing.pull.merge_commit if it.thing.pull.merged else ""
        found = next((each for each in it.of.commits if each.sha == sha), None)
        known = found or (sha and Commit(sha, "", it.thing.author, it.thing.created, it.thing.created))
        return Typed("Commit", known, it.of) if known else None

    return {
        "isDraft": lambda it, _: it.thing.pull.draft,
        "merged": lambda it, _: it.thing.pull.merged is not None,
        "mergedAt": lambda it, _: _at(it.thing.pull.merged),
        "mergedBy": lambda it, _: _user(it.of, it.thing.pull.merged_by),
        "mergeCommit": merge_commit,
        "additions": lambda it, _: it.thing.pull.additions,
        "deletions": lambda it, _: it.thing.pull.deletions,
        "changedFiles": lambda it, _: len(it.thing.pull.files),
        "baseRefName": lambda it, _: it.thing.pull.base,
        "headRefName": lambda it, _: it.thing.pull.head,
        "baseRefOid": lambda it, _: it.thing.pull.base_commit or None,
        "headRefOid": lambda it, _: it.thing.pull.head_commit or None,
        "headRepository": lambda it, _: Typed("Repository", it.thing.pull.fork, it.of) if it.thing.pull.fork else None,
        "files": lambda it, _: _connection(it.of, "File", it.thing.pull.files),
        "commits": lambda it, _: _connection(it.of, "PullRequestCommit", it.thing.pull.commits[:250]),
        "reviews": lambda it, _: _connection(it.of, "Review", _reviewed(it.thing.pull)),
        "closingIssuesReferences": closes,
    }


def _reviewed(pull: Pull) -> list[Reviewed]:
    counts = Counter(said.review for said in pull.comments)
    return [Reviewed(each, counts[each.id]) for each in pull.reviews]


def _review() -> dict[str, Resolver]:
    return {
        "databaseId": lambda it, _: it.thing.review.id,
        "state": lambda it, _: it.thing.review.state,
        "body": lambda it, _: it.thing.review.body,
        "submittedAt": lambda it, _: _at(it.thing.review.submitted),
        "author": lambda it, _: _user(it.of, it.thing.review.author),
        "commit": lambda it, _: Typed("CommitName", it.thing.review.commit, it.of) if it.thing.review.commit else None,
        "comments": lambda it, _: Connection([], it.thing.comments),
    }


def _repository() -> dict[str, Resolver]:
    def name(it: Typed, _: Arguments) -> str:
        return it.thing if isinstance(it.thing, str) else it.thing.full_name

    def items(it: Typed, pulls: bool, arguments: Arguments) -> Connection:
        shown = [each for each in it.of.shown() if bool(each.pull) == pulls]
        if order := arguments.get("orderBy"):
            field = {"UPDATED_AT": "updated", "CREATED_AT": "created"}[order["field"]]
            shown.sort(key=lambda each: (getattr(each, field), each.id), reverse=order["direction"] == "DESC")
        since = (arguments.get("filterBy") or {}).get("since")
        if since:
            shown = [each for each in shown if each.updated >= datetime.fromisoformat(since)]
        return Connection([typed(it.of, each) for each in shown], len(shown))

    def releases(it: Typed, arguments: Arguments) -> Connection:
        shown = [each for each in it.of.releases if each.published]
        backwards = (arguments.get("orderBy") or {}).get("direction") == "DESC"
        return _connection(it.of, "Release", sorted(shown, key=lambda each: each.created, reverse=backwards))

    return {
        "id": lambda it, _: f"R_{it.of.id}",
        "databaseId": lambda it, _: it.of.id,
        "nameWithOwner": name,
        "hasIssuesEnabled": lambda it, _: it.of.has_issues,
        "defaultBranchRef": lambda it, _: Typed("Ref", it.of.default_branch, it.of),
        "labels": lambda it, _: _connection(it.of, "Label", it.of.labels),
        "milestones": lambda it, _: _connection(it.of, "Milestone", it.of.milestones),
        "releases": releases,
        "issues": lambda it, arguments: items(it, False, arguments),
        "pullRequests": lambda it, arguments: items(it, True, arguments),
    }


def _event() -> dict[str, Resolver]:
    def closer(it: Typed, _: Arguments) -> Typed | None:
        event: Event = it.thing
        if event.commit:
            known = next((each for each in it.of.commits if each.sha == event.commit), None)
            return Typed("Commit", known, it.of) if known else None
        return typed(it.of, it.of.items[event.other]) if event.other in it.of.items else None

    def commit(it: Typed, _: Arguments) -> Typed | None:
        known = next((each for each in it.of.commits if each.sha == it.thing.commit), None)
        return Typed("Commit", known, it.of) if known else None

    return {
        "createdAt": lambda it, _: _at(it.thing.at),
        "actor": lambda it, _: _user(it.of, it.thing.actor),
        "closer": closer,
        "source": lambda it, _: typed(it.of, it.of.items[it.thing.other]) if it.thing.other in it.of.items else None,
        "commit": commit,
        "isCrossRepository": lambda it, _: False,
        "previousTitle": lambda it, _: it.thing.before,
        "currentTitle": lambda it, _: it.thing.after,
        "stateReason": lambda it, _: None,
    }


__all__ = ["Connection", "Label", "Milestone", "Review", "ReviewComment", "Typed", "Types", "kind_of", "typed"]
