"""Made-up repositories of both kinds as a crawl would bring them, and which changes really fixed what in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from fake_github.data.generate import generate
from fake_github.data.model import Commit as MadeCommit
from fake_github.data.model import Item, Repository, User
from fake_github.data.truth import JiraIssue
from jira_crawler.items import Body, Change, Closing, Comment, Commit, Issue, Person, PullRequest, RawIssue

GITHUB, JIRA = "https://github.com", "https://issues.example.org/jira"


@dataclass(slots=True)
class MadeUp:
    """`fixes` are pairs of an issue's and a change's key that landed and stand, `reverted` those that do not."""

    issues: list[tuple[Issue, bytes]] = field(default_factory=list)
    commits: list[tuple[Commit, str, str]] = field(default_factory=list)  # with repository and project
    fixes: set[tuple[str, str]] = field(default_factory=set)
    reverted: set[tuple[str, str]] = field(default_factory=set)
    closing: dict[str, list[str]] = field(default_factory=dict)  # what GitHub lists as closed by a pull request


def made_up(named: tuple[str, ...], items: int, seed: int) -> MadeUp:
    """Makes repositories such as `acme/kettle:apache`."""
    made = MadeUp()
    for build in generate(named, items=items, seed=seed):
        repository = build.repository
        for item in repository.shown():
            made.issues.append((_issue(repository, item), b"[]"))
            if item.pull:
                listed = [f"{repository.full_name}#{number}" for number in item.pull.closes]
                made.closing[f"{repository.full_name}#{item.number}"] = listed
        made.issues += [(_jira(each), _links(each)) for each in build.truth.jira]
        place = f"github.com/{repository.full_name}"
        made.commits += [(_commit(each), place, repository.full_name) for each in repository.commits if each.on_default]
        for fix in build.truth.fixes:
            (made.reverted if fix.reverted_by else made.fixes).add((fix.target, fix.change))
    return made


def _raw(key: str, id_: str, dialect: str) -> RawIssue:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    site: dict[str, Any] = {
        "site": dialect,
        "base_url": GITHUB,
        "dialect": dialect,
        "project": "",
        "id": id_,
        "key": key,
    }
    return RawIssue(**site, payload=b"{}", fetched_at=now)


def _person(user: User | None) -> Person | None:
    return Person(str(user.id), user.name, user.login) if user else None


def _commit(made: MadeCommit) -> Commit:
    return Commit(
        sha=made.sha,
        message=made.message,
        author=_person(made.author),
        authored=made.authored,
        committed=made.committed,
        parents=made.parents,
    )


def _issue(repository: Repository, item: Item) -> Issue:
    key, pull = f"{repository.full_name}#{item.number}", None
    if made := item.pull:
        pull = PullRequest(
            draft=made.draft,
            merged=made.merged,
            base=made.base,
            head=made.head,
            merge_commit=made.merge_commit if made.merged else "",
            commits=tuple(map(_commit, made.commits)),
        )
    return Issue(
        site="github",
        id=f"{repository.id}-{item.number}",
        key=key,
        project=repository.full_name,
        url=f"{GITHUB}/{repository.full_name}/{'pull' if pull else 'issues'}/{item.number}",
        title=item.title,
        description=Body(item.body, "markdown") if item.body else None,
        status=item.state,
        created=item.created,
        updated=item.updated,
        resolved=item.closed,
        reporter=_person(item.author),
        comments=tuple(
            Comment(id=str(each.id), body=Body(each.body or "", "markdown"), author=_person(each.author))
            for each in item.comments
        ),
        changes=tuple(
            Change(id=str(at), field="title", before=event.before, after=event.after, created=event.at)
            for at, event in enumerate(item.events)
            if event.kind == "renamed"
        ),
        closings=tuple(_closings(repository, item)),
        pull=pull,
        raw=_raw(key, f"{repository.id}-{item.number}", "github"),
    )


def _closings(repository: Repository, item: Item) -> Iterator[Closing]:
    def name(number: int) -> str:
        return f"{repository.full_name}#{number}" if number else ""

    for event in item.events:
        if event.kind == "closed" and (event.commit or event.other):
            yield Closing(kind="closer", other=name(event.other), commit=event.commit, at=event.at)
        elif event.kind == "connected":
            yield Closing(kind="connected", other=name(event.other), at=event.at)
        elif event.kind == "referenced":
            yield Closing(kind="referenced", commit=event.commit, at=event.at)
    if item.pull:
        yield from (Closing(kind="reference", other=name(number)) for number in item.pull.closes)


def _jira(made: JiraIssue) -> Issue:
    created = datetime.fromisoformat(made.created)
    return Issue(
        site="jira",
        id=made.key.rpartition("-")[2],
        key=made.key,
        project=made.key.rpartition("-")[0],
        url=f"{JIRA}/browse/{made.key}",
        title=made.summary,
        description=Body(made.description, "wiki"),
        resolution=made.resolution,
        created=created,
        updated=created + timedelta(days=1),
        resolved=datetime.fromisoformat(made.resolved) if made.resolved else None,
        comments=tuple(
            Comment(
                id=str(at),
                body=Body(each["body"], "wiki"),
                author=Person("", each["author"], each["author"]),
                created=datetime.fromisoformat(each["created"]),
            )
            for at, each in enumerate(made.comments)
        ),
        raw=_raw(made.key, made.key, "jira"),
    )


def _links(made: JiraIssue) -> bytes:
    links: list[dict[str, Any]] = [
        {"id": at, "object": {"url": address, "title": "GitHub Pull Request"}}
        for at, address in enumerate(made.remote_links)
    ]
    return orjson.dumps(links)
