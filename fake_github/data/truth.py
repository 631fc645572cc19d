"""The truth about a made-up repository: which change fixed which issue, and what only looks as if it did."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from fake_github.data.model import Repository

How = Literal["merge", "squash", "rebase", "script", "other_branch", ""]


@dataclass(slots=True)
class Fix:
    """An issue and a change that really fixed it.

    `target` is `owner/name#12` or a Jira key, `change` the pull request (`owner/name#15`). `sign` is the strongest one
    that there is of it: `keyword`, `commit` (a keyword in a commit's message only), `connected` (by hand), `title`,
    `branch`, `body`, `footer` (only the commit names the key) or `jira` (only the tracker names the pull request).
    Changes of one `group` are one fix: a backport, a follow-up. `reverted_by` is the sha that took it out again.
    """

    target: str
    change: str
    sign: str
    landed_how: How
    landed_commit: str
    landed_at: str
    group: str
    kind: Literal["fix", "backport", "follow_up"] = "fix"
    reverted_by: str = ""


@dataclass(slots=True)
class Mention:
    """A change that names an issue and did not fix it; `why`: `denial`, `mention`, `unmerged`, `comment`, `quote`,
    `template`, `code`, `not_landed`.
    """

    target: str
    change: str
    why: str


@dataclass(slots=True)
class JiraIssue:
    """What a Jira would hold beside an Apache repository; `remote_links` are addresses of pull requests."""

    key: str
    summary: str
    description: str
    issue_type: str
    created: str
    resolved: str
    resolution: str
    fix_versions: list[str] = field(default_factory=list)
    comments: list[dict[str, str]] = field(default_factory=list)  # author, body, created
    remote_links: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Truth:
    """`bulk_closes` are commits that close pull requests without landing them: sha → numbers. `reverts`: sha of the
    commit that takes out → sha that it takes out.
    """

    fixes: list[Fix] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    bulk_closes: dict[str, list[int]] = field(default_factory=dict)
    reverts: dict[str, str] = field(default_factory=dict)
    jira: list[JiraIssue] = field(default_factory=list)


def moment(at: datetime | None) -> str:
    """Writes a time as GitHub does; "" for none."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def manifest(repository: Repository, truth: Truth) -> dict[str, Any]:
    """What a crawl must have found, by number, and the truth about its links."""
    items: dict[str, Any] = {}
    for number, item in sorted(repository.items.items()):
        pull = item.pull
        items[str(number)] = {
            "kind": "pull_request" if pull else "issue",
            "state": item.state,
            "gone": item.gone,
            "comments": [each.id for each in item.comments],
            "review_comments": [each.id for each in pull.comments] if pull else [],
            "reviews": [each.id for each in pull.reviews if each.submitted] if pull else [],
            "merged": moment(pull.merged) if pull else "",
            "size": [pull.additions, pull.deletions, len(pull.files)] if pull else None,
            "milestone": item.milestone.title if item.milestone else "",
            "labels": [each.name for each in item.labels],
        }
    return {
        "id": repository.id,
        "name": repository.full_name,
        "items": items,
        "commits": [each.sha for each in repository.commits if each.on_default],
        "labels": [each.name for each in repository.labels],
        "milestones": [each.title for each in repository.milestones],
        "releases": [each.tag for each in repository.releases if each.published],
        **asdict(truth),
    }
