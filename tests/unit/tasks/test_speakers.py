"""Each line of a comment says who speaks, when and as whom, and the whole thread says it of every comment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from jira_crawler import tasks
from jira_crawler.items import Change, Issue, Person
from tests.unit.tasks.conftest import NOON

Make = Callable[..., Issue]

LONG = "The lease is kept because the session has not expired by then, so the broker must wait for it."
REPORT = "After a restart nothing is served for ten minutes, although every other node has seen it come up again. " * 2
SAID = (
    "Our seventeen racks show identical symptoms after firmware upgrades.",
    LONG,
    "Which kernel do you boot those nodes with, and which firmware?",
    "Lowering the heartbeat helped our staging hosts.",
    "The election now skips stale sessions, see the manual.",
)


def change(field: str, by: str, hours: float, after: str = "x") -> Change:
    return Change(
        id="9", field=field, after=after, author=Person(by, by), created=NOON + timedelta(hours=hours, seconds=20)
    )


def spoken(issue: Issue) -> dict[str, tuple[str, str, str]]:
    lines = [tasks.line(issue, example) for example in tasks.examples(issue)]
    return {
        line["metadata"]["example_type"]: tuple(line["metadata"][name] for name in ("speaker", "said", "role"))
        for line in lines
    }


def test_roles_follow_from_what_people_did(make: Make) -> None:
    issue = make(
        description=REPORT,
        comments=tuple((text, f"user_{at}") for at, text in enumerate(SAID)),
        changes=(
            change("resolution", "user_4", 5, "Fixed"),
            change("priority", "user_2", 1),
            change("Link", "user_1", 1),
        ),
        resolution="Fixed",
        assignee=Person("user_3", "user_3"),
    )
    found = spoken(issue)
    assert found["thread"] == (
        "user_0, user_1, user_2, user_3, user_4",
        ", ".join(f"2024-05-17T{hour}:00:00.000Z" for hour in range(13, 18)),
        "reporter, participant, maintainer, assignee, resolver",
    )
    assert found["first_reply"] == ("user_1", "2024-05-17T14:00:00.000Z", "participant")
    assert found["resolving_comment"] == ("user_4", "2024-05-17T17:00:00.000Z", "resolver")
    assert found["by_reporter"] == ("user_0", "2024-05-17T13:00:00.000Z", "reporter")
    assert found["status" if "status" in found else "project"] == ("", "", "")


def test_who_resolves_an_own_issue_is_its_reporter(make: Make) -> None:
    issue = make(
        comments=((LONG, "user_0"),), changes=(change("resolution", "user_0", 1, "Fixed"),), resolution="Fixed"
    )
    assert spoken(issue)["resolving_comment"][2] == "reporter"


def test_without_history_the_comment_of_the_resolution_tells_who_resolved(make: Make) -> None:
    issue = make(comments=((LONG, "user_1"),), resolution="Fixed", resolved=NOON + timedelta(hours=1))
    assert spoken(issue)["resolving_comment"][2] == "resolver"


def test_an_edit_is_told_and_a_missing_date_is_empty(make: Make) -> None:
    issue = make(description=REPORT, comments=((LONG, "user_1"), (f"Once more. {LONG}", "user_2")))
    first, second = issue.comments
    edited = replace(first, updated=NOON + timedelta(days=1))
    issue = replace(issue, comments=(edited, replace(second, created=None, author=None)))
    assert spoken(issue)["thread"] == (
        "user, user_1",
        ", 2024-05-17T13:00:00.000Z/2024-05-18T12:00:00.000Z",
        ", participant",
    )


def test_a_name_is_never_told(make: Make) -> None:
    assert spoken(make(description=REPORT, comments=((LONG, "Jane Doe"),)))["thread"][0] == "user"
