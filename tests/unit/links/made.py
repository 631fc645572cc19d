"""Issues of a Jira, pull requests and commits of a repository, made up in a line each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from jira_crawler.items import Body, Change, Closing, Comment, Commit, Issue, Person, PullRequest, RawIssue, replace
from jira_crawler.links.judging import Judged, judge
from jira_crawler.links.reading import read_commit, read_issue

REPOSITORY = "github.com/acme/kettle"
BEGAN = datetime(2024, 5, 1, 12, tzinfo=UTC)
BOT = Person("asfgit", "ASF GitHub Bot", "githubbot")
ANN = Person("ann", "Ann Example", "ann")


def day(number: float) -> datetime:
    return BEGAN + timedelta(days=number)


def _raw(key: str, payload: bytes = b"{}") -> RawIssue:
    told = {"site": "s", "base_url": "", "dialect": "d", "project": "", "id": "", "key": key}
    return RawIssue(**told, payload=payload, fetched_at=BEGAN)


def jira(key: str, title: str = "It breaks", said: tuple[Comment, ...] = (), **more: Any) -> Issue:
    """An issue of the project that its key says; its id is the number."""
    made = Issue(
        site="jira",
        id=key.rpartition("-")[2],
        key=key,
        project=key.rpartition("-")[0],
        url=f"https://jira.example.org/browse/{key}",
        title=title,
        created=day(0),
        updated=day(0),
        comments=said,
        raw=_raw(key, more.pop("payload", b"{}")),
    )
    return replace(made, **more)


def comment(text: str, author: Person = BOT, id_: str = "1", at: float = 1) -> Comment:
    return Comment(id=id_, body=Body(text, "wiki"), author=author, created=day(at), updated=day(at))


def numbered(number: int, title: str = "It breaks", body: str = "", **more: Any) -> Issue:
    """An issue on GitHub."""
    key = f"acme/kettle#{number}"
    made = Issue(
        site="github",
        id=f"7-{number}",
        key=key,
        project="acme/kettle",
        url=f"https://github.com/acme/kettle/issues/{number}",
        title=title,
        description=Body(body, "markdown") if body else None,
        created=day(0),
        updated=day(0),
        reporter=ANN,
        raw=_raw(key),
    )
    return replace(made, **more)


def pull(number: int, title: str, body: str = "", *, state: str = "merged", at: float = 5, **more: Any) -> Issue:
    """A pull request that was `merged`, `closed` or is `open`; keywords of PullRequest go there."""
    inner = {name: more.pop(name) for name in list(more) if name in PullRequest.__dataclass_fields__}
    given: dict[str, Any] = {"base": "main", "merged": day(at) if state == "merged" else None} | inner
    ended = None if state == "open" else day(at)
    issue = numbered(number, title, body, resolved=ended, created=day(at - 1), **more)
    url = f"https://github.com/acme/kettle/pull/{number}"
    return replace(issue, url=url, pull=PullRequest(**given))


def renamed(before: str, after: str, at: float) -> Change:
    return Change(id=str(at), field="title", before=before, after=after, created=day(at))


def commit(sha: str, message: str, at: float = 5, parents: tuple[str, ...] = ()) -> Commit:
    """A commit; the sha may be short, and is filled up."""
    whole = tuple(parent.ljust(40, "0") for parent in parents)
    sha = sha.ljust(40, "0")
    return Commit(sha=sha, message=message, author=ANN, authored=day(at), committed=day(at), parents=whole)


def closer(other: str = "", sha: str = "") -> Closing:
    return Closing(kind="closer", other=other, commit=sha and sha.ljust(40, "0"), at=day(5))


def judged(*things: Issue | Commit) -> Judged:
    """Reads all, and judges them together."""
    return judge(
        read_commit(each, "github", REPOSITORY, "acme/kettle") if isinstance(each, Commit) else read_issue(each)
        for each in things
    )


def pairs(*things: Issue | Commit) -> dict[tuple[str, str], str]:
    """The grades of all pairs, by the id of the issue and the number of the pull request, or the sha, of the change."""
    found = judged(*things).pairs
    return {(each.id, each.other_id.removeprefix("7-") or each.commit.rstrip("0")): each.grade for each in found}
