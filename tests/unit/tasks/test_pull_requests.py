"""What a pull request teaches: only of what was known when it is asked, and never with the answer in the question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from jira_crawler.items import Body, Closing, Commit, Issue, Person, PullRequest, ReviewComment, replace
from jira_crawler.tasks import OF_PULL_REQUESTS, examples, line
from tests.unit.tasks.conftest import NOON

Make = Callable[..., Issue]
ADA, BOB, BOT = (Person(name, name) for name in ("user_0", "user_1", "check[bot]"))
HUNK = "@@ -1,2 +1,2 @@\n-    return offset\n+    return cursor"


def at(hours: float):
    return NOON + timedelta(hours=hours)


def commit(sha: str, message: str, hours: float) -> Commit:
    return Commit(sha=sha, message=message, author=ADA, authored=at(hours))


def remark(id_: str, text: str, hours: float, author: Person = BOB, **more) -> ReviewComment:
    said = {"body": Body(text, "markdown"), "path": "src/reader.py", "hunk": HUNK, "line": 2, "author": author}
    return ReviewComment(id=id_, created=at(hours), **(said | more))


PULL = PullRequest(
    merged=at(30),
    merged_by=BOB,
    commits=(
        commit("a" * 40, "Read from the lease, not from disk\n\nIt was stale.", -1),
        commit("b" * 40, "Name the cursor after what it holds", 5),
        commit("c" * 40, "Merge branch 'main' into burn", 6),
        commit("d" * 40, "Say so in the guide", 8),
    ),
    review_comments=(
        remark("1", "Please give this variable a better word than that.", 2),
        remark("2", "It is called after the thing that is inside of it now.", 5.5, ADA, reply_to="1"),
        remark("3", "Coverage of this file fell by three percent today.", 3, BOT),
        remark("4", "I wrote this line twice, because of an old habit.", 3, ADA, path="b.py"),
    ),
)
TEXT = "The pump took its water from a place that nobody had looked at for years."


@pytest.fixture
def pull(make: Make) -> Issue:
    return make(
        description=TEXT, title="Look at the lease of each shard", pull=PULL, resolution="merged", status="closed"
    )


def told(issue: Issue, task: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {(e.variant, e.suffix): (e.input, e.output) for e in examples(issue) if e.task_type == task}


def test_title_and_description_come_of_what_it_was_opened_with(pull: Issue) -> None:
    made = told(pull, "pull_request_text")
    assert made["title_from_description", ""] == (TEXT, "Look at the lease of each shard")
    assert made["title_from_commits", ""][0] == "- Read from the lease, not from disk"
    assert made["description", ""][1] == TEXT
    assert "cursor" not in made["description", ""][0]


def test_a_title_that_is_the_commits_own_gives_nothing_away(pull: Issue) -> None:
    same = replace(pull, title="Read from the lease, not from disk")
    assert {variant for variant, _ in told(same, "pull_request_text")} == {"title_from_description", "description"}


def test_a_review_is_asked_for_with_its_hunk_and_what_stood_there(pull: Issue) -> None:
    made = told(pull, "review_comment")
    assert set(made) == {("remark", "1"), ("reply", "2")}
    shown, answer = made["reply", "2"]
    assert answer == "It is called after the thing that is inside of it now."
    assert HUNK in shown
    assert "### user_1\n\nPlease give this variable a better word" in shown
    assert "Please" not in made["remark", "1"][0]


def test_what_was_edited_after_the_answer_is_not_shown(pull: Issue) -> None:
    edited = replace(PULL.review_comments[0], updated=at(9))
    changed = replace(pull, pull=replace(PULL, review_comments=(edited, PULL.review_comments[1])))
    assert set(told(changed, "review_comment")) == {("remark", "1")}
    assert not told(changed, "next_commit")


def test_the_next_commit_answers_what_others_said_since_the_last_one(pull: Issue) -> None:
    made = told(pull, "next_commit")
    assert {suffix: answer for (_, suffix), (_, answer) in made.items()} == {
        "b" * 12: "Name the cursor after what it holds"
    }
    assert "better word" in made["message", "b" * 12][0]
    assert "old habit" not in made["message", "b" * 12][0]


def test_time_to_merge_counts_from_the_opening(pull: Issue) -> None:
    ((shown, answer),) = told(pull, "time_to_merge").values()
    assert answer == "within a week"
    assert shown.endswith("## Commits\n\n- Read from the lease, not from disk")
    unmerged = replace(pull, pull=replace(PULL, merged=None))
    assert not told(unmerged, "time_to_merge")


def test_families_of_issues_and_of_pull_requests_do_not_mix(pull: Issue, make: Make) -> None:
    names = {family.__name__.rpartition(".")[2] for family in OF_PULL_REQUESTS}
    assert {e.task_type for e in examples(pull)} <= names
    assert not {e.task_type for e in examples(replace(pull, pull=None))} & {"review_comment", "time_to_merge"}


def test_what_closed_an_issue_belongs_with_it(pull: Issue) -> None:
    closings = (Closing(kind="closer", other="acme/rocket#9"), Closing(kind="closer", commit="abc"))
    issue = replace(pull, closings=closings)
    assert line(issue, examples(issue)[0])["metadata"]["related"] == "acme/rocket#9"
