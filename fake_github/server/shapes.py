"""What REST shows of each thing, as of version 2022-11-28."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from fake_github.data.model import Comment, Commit, Item, Label, Milestone, Release, Repository, ReviewComment, User
from fake_github.data.truth import moment

Json = dict[str, Any]


def node_id(kind: str, repository: Repository, number: int) -> str:
    """Names a thing for GraphQL; nobody is to read anything from it."""
    return f"{kind}_{b64encode(f'{repository.id}:{number}'.encode()).decode().rstrip('=')}"


class Shapes:
    """Writes addresses below `api`, where REST is, and `web`, where people are."""

    def __init__(self, api: str, web: str) -> None:
        self.api, self.web = api, web

    def user(self, user: User | None) -> Json | None:
        if user is None:
            return None
        return {
            "login": user.login,
            "id": user.id,
            "node_id": f"U_{user.id}",
            "avatar_url": f"{self.web}/avatars/{user.id}?v=4",
            "url": f"{self.api}/users/{user.login}",
            "html_url": f"{self.web}/{user.login}",
            "type": user.kind,
            "site_admin": False,
        }

    def repository(self, of: Repository) -> Json:
        return {
            "id": of.id,
            "node_id": f"R_{of.id}",
            "name": of.name,
            "full_name": of.full_name,
            "private": not of.visible,
            "owner": {"login": of.owner, "id": 1, "type": "Organization"},
            "html_url": f"{self.web}/{of.full_name}",
            "url": f"{self.api}/repos/{of.full_name}",
            "default_branch": of.default_branch,
            "has_issues": of.has_issues,
            "has_pull_requests": of.has_pulls,
            "created_at": moment(of.created),
            "open_issues_count": sum(item.state == "open" for item in of.shown()),
        }

    def label(self, of: Repository, label: Label) -> Json:
        return {
            "id": label.id,
            "node_id": f"LA_{label.id}",
            "url": f"{self.api}/repos/{of.full_name}/labels/{label.name}",
            "name": label.name,
            "color": label.color,
            "default": False,
            "description": label.description or None,
        }

    def milestone(self, of: Repository, milestone: Milestone | None) -> Json | None:
        if milestone is None:
            return None
        return {
            "url": f"{self.api}/repos/{of.full_name}/milestones/{milestone.number}",
            "id": milestone.id,
            "number": milestone.number,
            "title": milestone.title,
            "description": milestone.description or None,
            "state": milestone.state,
            "created_at": moment(milestone.created),
            "due_on": moment(milestone.due) or None,
            "closed_at": moment(milestone.closed) or None,
        }

    def release(self, of: Repository, release: Release) -> Json:
        return {
            "url": f"{self.api}/repos/{of.full_name}/releases/{release.id}",
            "html_url": f"{self.web}/{of.full_name}/releases/tag/{release.tag}",
            "id": release.id,
            "node_id": f"RE_{release.id}",
            "tag_name": release.tag,
            "target_commitish": of.default_branch,
            "name": release.name,
            "draft": release.published is None,
            "prerelease": release.prerelease,
            "author": self.user(release.author),
            "created_at": moment(release.created),
            "published_at": moment(release.published) or None,
            "updated_at": moment(release.updated),
            "assets": [],
            "body": release.body,
        }

    def item(self, of: Repository, item: Item) -> Json:
        """What a list shows of an issue or a pull request."""
        base, kind = f"{self.api}/repos/{of.full_name}", "pull" if item.pull else "issues"
        page = f"{self.web}/{of.full_name}/{kind}/{item.number}"
        assignees = [self.user(each) for each in item.assignees]
        shown = {
            "url": f"{base}/issues/{item.number}",
            "repository_url": base,
            "comments_url": f"{base}/issues/{item.number}/comments",
            "html_url": page,
            "id": item.id,
            "node_id": node_id("PR" if item.pull else "I", of, item.number),
            "number": item.number,
            "title": item.title,
            "user": self.user(item.author),
            "labels": [self.label(of, each) for each in item.labels],
            "state": item.state,
            "locked": False,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "milestone": self.milestone(of, item.milestone),
            "comments": len(item.comments),
            "created_at": moment(item.created),
            "updated_at": moment(item.updated),
            "closed_at": moment(item.closed) or None,
            "author_association": "CONTRIBUTOR",
            "type": {"id": 1, "name": item.kind} if item.kind else None,
            "active_lock_reason": None,
            "sub_issues_summary": {"total": 0, "completed": 0, "percent_completed": 0},
            "body": item.body,
            "reactions": {"url": f"{base}/issues/{item.number}/reactions", "total_count": 0, "+1": 0},
            "timeline_url": f"{base}/issues/{item.number}/timeline",
            "performed_via_github_app": None,
            "state_reason": item.reason,
        }
        if item.pull:
            shown["draft"] = item.pull.draft
            shown["pull_request"] = {
                "url": f"{base}/pulls/{item.number}",
                "html_url": page,
                "diff_url": f"{page}.diff",
                "patch_url": f"{page}.patch",
                "merged_at": moment(item.pull.merged) or None,
            }
        return shown

    def pull(self, of: Repository, item: Item) -> Json:
        """What the list of pull requests shows, which is another object than the one in the list of issues."""
        pull = item.pull
        assert pull  # noqa: S101 - whoever calls has looked
        issue = self.item(of, item)
        left_out = ("pull_request", "comments", "reactions", "type", "sub_issues_summary", "state_reason")
        here = f"{self.api}/repos/{of.full_name}/pulls/{item.number}"
        ends = {"base": (pull.base, pull.base_commit), "head": (pull.head, pull.head_commit)}
        own = {"id": item.id + 500_000, "url": here, "issue_url": issue["url"]}
        own |= {"merged_at": moment(pull.merged) or None, "merge_commit_sha": pull.merge_commit or None}
        own |= {name: {"ref": ref, "sha": sha, "repo": None} for name, (ref, sha) in ends.items()}
        return {name: value for name, value in issue.items() if name not in left_out} | own

    def comment(self, of: Repository, item: Item, said: Comment) -> Json:
        base, kind = f"{self.api}/repos/{of.full_name}", "pull" if item.pull else "issues"
        return {
            "url": f"{base}/issues/comments/{said.id}",
            "html_url": f"{self.web}/{of.full_name}/{kind}/{item.number}#issuecomment-{said.id}",
            "issue_url": f"{base}/issues/{item.number}",
            "id": said.id,
            "node_id": f"IC_{said.id}",
            "user": self.user(said.author),
            "created_at": moment(said.created),
            "updated_at": moment(said.updated),
            "author_association": "MEMBER",
            "body": said.body,
            "reactions": {"url": f"{base}/issues/comments/{said.id}/reactions", "total_count": 0, "+1": 0},
            "performed_via_github_app": None,
        }

    def review_comment(self, of: Repository, item: Item, said: ReviewComment) -> Json:
        base = f"{self.api}/repos/{of.full_name}"
        shown = {
            "url": f"{base}/pulls/comments/{said.id}",
            "pull_request_review_id": said.review,
            "id": said.id,
            "node_id": f"PRRC_{said.id}",
            "diff_hunk": said.hunk,
            "path": said.path,
            "commit_id": said.commit or None,
            "original_commit_id": said.commit or None,
            "user": self.user(said.author),
            "body": said.body,
            "created_at": moment(said.created),
            "updated_at": moment(said.updated),
            "html_url": f"{self.web}/{of.full_name}/pull/{item.number}#discussion_r{said.id}",
            "pull_request_url": f"{base}/pulls/{item.number}",
            "author_association": "MEMBER",
            "line": said.line,
            "original_line": said.line,
            "side": "RIGHT",
            "subject_type": "line",
        }
        return shown | ({"in_reply_to_id": said.reply_to} if said.reply_to else {})

    def commit(self, of: Repository, commit: Commit) -> Json:
        base = f"{self.api}/repos/{of.full_name}/commits"
        by = {"name": commit.author.name or commit.author.login, "email": f"{commit.author.login}@example.org"}
        return {
            "sha": commit.sha,
            "node_id": f"C_{commit.sha[:12]}",
            "commit": {
                "author": by | {"date": moment(commit.authored)},
                "committer": by | {"date": moment(commit.committed)},
                "message": commit.message,
                "comment_count": 0,
            },
            "url": f"{base}/{commit.sha}",
            "html_url": f"{self.web}/{of.full_name}/commit/{commit.sha}",
            "author": self.user(commit.author),
            "committer": self.user(commit.author),
            "parents": [{"sha": sha, "url": f"{base}/{sha}"} for sha in commit.parents],
        }
