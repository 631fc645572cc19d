"""What a pull request has beyond an issue, taken through the steps that clean and redact texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jira_crawler.items import Body, Closing, Commit, Person, PullRequest, Review, ReviewComment, replace

OfBody = Callable[[Body], Body]
OfText = Callable[[str], str]
OfPerson = Callable[[Person | None], Person | None]


def cleaned(pull: PullRequest, body: OfBody) -> PullRequest:
    """Makes tidy Markdown of what reviewers said; diffs and commit messages stay as they are."""
    return replace(
        pull,
        reviews=tuple(replace(each, body=body(each.body) if each.body else None) for each in pull.reviews),
        review_comments=tuple(replace(each, body=body(each.body)) for each in pull.review_comments),
    )


def texts(pull: PullRequest) -> Iterator[str]:
    """Every text of it that people wrote."""
    yield from (each.body.source for each in pull.reviews if each.body)
    for each in pull.review_comments:
        yield from (each.body.source, each.hunk, each.path)
    yield from (each.message for each in pull.commits)
    yield from pull.files
    yield from (pull.head, pull.head_repository)


def persons(pull: PullRequest) -> Iterator[Person | None]:
    """Who has to do with it."""
    yield from (each.author for each in pull.review_comments)
    yield from (each.author for each in pull.reviews)
    yield from (each.author for each in pull.commits)
    yield pull.merged_by


def redacted(pull: PullRequest, text: OfText, named: OfPerson) -> PullRequest:
    """Puts safe texts in the place of its own, and numbers in the place of people."""

    def safe(body: Body) -> Body:
        return Body(text(body.source), body.format)

    def review(each: Review) -> Review:
        return replace(each, body=safe(each.body) if each.body else None, author=named(each.author))

    def comment(each: ReviewComment) -> ReviewComment:
        safe_ = {"body": safe(each.body), "hunk": text(each.hunk), "path": text(each.path)}
        return replace(each, author=named(each.author), **safe_)

    def commit(each: Commit) -> Commit:
        return replace(each, message=text(each.message), author=named(each.author))

    return replace(
        pull,
        merged_by=named(pull.merged_by),
        head=text(pull.head),
        head_repository=text(pull.head_repository),
        files=tuple(map(text, pull.files)),
        commits=tuple(map(commit, pull.commits)),
        reviews=tuple(map(review, pull.reviews)),
        review_comments=tuple(map(comment, pull.review_comments)),
    )


def without_actor(closing: Closing, named: OfPerson) -> Closing:
    """Names whoever closed something by number."""
    return replace(closing, actor=named(closing.actor)) if closing.actor else closing
