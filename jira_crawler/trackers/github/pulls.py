"""What a pull request has beyond an issue: from lists and details to a typed value."""

from __future__ import annotations

from collections.abc import Iterable

from jira_crawler.items import Body, Commit, PullRequest, Review, ReviewComment
from jira_crawler.trackers.github.people import People
from jira_crawler.trackers.github.shapes import CommitIn, DetailsIn, Whole
from jira_crawler.trackers.moments import moment


def read(whole: Whole, people: People) -> PullRequest:
    """Reads it; what only details tell stays empty, and sizes unknown, where there are none."""
    item, details = whole.issue, whole.details or DetailsIn()
    told = item.pull_request.merged_at if item.pull_request else item.merged_at
    merged = moment(details.merged_at) or moment(told)
    base, head = item.base, item.head
    return PullRequest(
        draft=bool(item.draft if item.draft is not None else details.is_draft),
        merged=merged,
        merged_by=people.actor(details.merged_by),
        base=details.base_ref_name or (base.ref if base else "") or "",
        head=details.head_ref_name or (head.ref if head else "") or "",
        head_repository=(details.head_repository.nameWithOwner or "") if details.head_repository else "",
        base_commit=details.base_ref_oid or (base.sha if base else "") or "",
        head_commit=details.head_ref_oid or (head.sha if head else "") or "",
        merge_commit=(details.merge_commit.oid or "") if details.merge_commit and merged else "",
        additions=details.additions,
        deletions=details.deletions,
        changed_files=details.changed_files,
        files=tuple(each.path for each in (details.files.nodes if details.files else None) or () if each and each.path),
        commits=tuple(_commits(details, people)),
        reviews=tuple(_reviews(details, people)),
        review_comments=tuple(_comments(whole, people)),
    )


def _commits(details: DetailsIn, people: People) -> Iterable[Commit]:
    for each in (details.commits.nodes if details.commits else None) or ():
        if each and each.commit and each.commit.oid:
            yield commit(each.commit, people)


def commit(told: CommitIn, people: People) -> Commit:
    """Reads a commit as GraphQL tells it."""
    return Commit(
        sha=told.oid or "",
        message=told.message or "",
        author=people.git(told.author),
        authored=moment(told.authored_date),
        committed=moment(told.committed_date),
        parents=tuple(each.oid for each in (told.parents.nodes if told.parents else ()) if each and each.oid),
    )


def _reviews(details: DetailsIn, people: People) -> Iterable[Review]:
    """What is still being written is nobody's to read."""
    for each in (details.reviews.nodes if details.reviews else None) or ():
        if each and each.database_id and each.submitted_at:
            yield Review(
                id=str(each.database_id),
                state=(each.state or "").lower(),
                body=Body(each.body, "markdown") if each.body else None,
                author=people.actor(each.author),
                submitted=moment(each.submitted_at),
                commit=(each.commit.oid or "") if each.commit else "",
            )


def _comments(whole: Whole, people: People) -> Iterable[ReviewComment]:
    for each in sorted(whole.review_comments, key=lambda said: (said.created_at or "", said.id)):
        yield ReviewComment(
            id=str(each.id),
            body=Body(each.body or "", "markdown"),
            path=each.path or "",
            hunk=each.diff_hunk or "",
            line=each.line if each.line is not None else each.original_line,
            commit=each.original_commit_id or each.commit_id or "",
            reply_to=str(each.in_reply_to_id) if each.in_reply_to_id else "",
            review=str(each.pull_request_review_id) if each.pull_request_review_id else "",
            author=people.rest(each.user),
            created=moment(each.created_at),
            updated=moment(each.updated_at),
        )
