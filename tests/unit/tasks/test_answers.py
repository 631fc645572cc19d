from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from jira_crawler.items import Change, Issue, Person
from jira_crawler.tasks.answers import LONGEST_ANSWER, MOST_NEXT, MOST_TOKENS, answers, is_answer

Make = Callable[..., Issue]

GOOD = "Raise the session timeout to forty seconds, or pin the lease."


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "The lease survives because `close()` never runs.",
        "> Why?\n\nThe broker keeps its old lease on disk.",
        "Set this in the broker's configuration:\n\n```\nlease.release=true\n```",
        "泵在夜间停止因为阀门冻结了",
    ],
)
def test_what_says_something_is_an_answer(text: str) -> None:
    assert is_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+1",
        "Done.",
        "Thanks a lot, all!",
        "PR merged.",
        "FR Passed.\nPR merged to master and 3_X.",
        "Verified fixed. Closing.",
        "Closing as invalid. If this is incorrect, please reopen.",
        "Any update on this issue?",
        "Duplicate of ABC-12, see there.",
        "@ann @bob could you please have a look at this?",
        "https://example.org/the/broker/keeps/its/old/lease",
        "PR: https://example.org/broker/pull/17\nTest: [broken lease keeper app](https://example.org/lease.zip)",
        "> The broker keeps its old lease on disk for ever.\n\n+1",
        "Verified with:\n\nBroker 7.1.0\nJava Runtime 21.0.2\nNode Version: 20.1.0\nmacOS 14.4 beta",
        "```\nbroker.LeaseException: lease is not mine\n    at broker.Lease.close(Lease.java:17)\n```",
        "user_3 <EMAIL> <KEY> see ABC-1",
        GOOD * 200,
    ],
)
def test_what_says_nothing_of_its_own_is_none(text: str) -> None:
    assert not is_answer(text)


def test_an_answer_is_no_log() -> None:
    assert is_answer((GOOD + " ") * (LONGEST_ANSWER // len(GOOD) - 9))
    assert not is_answer((GOOD + " ") * (LONGEST_ANSWER // len(GOOD) + 9))


@pytest.mark.parametrize("between", [" ", "\n", " HIVE-1 ", " @ann\n"])
def test_what_is_said_too_late_does_not_count(between: str) -> None:
    """The last of four words that make an answer is the last that is looked at, or the next."""
    words = ["deadlock", "scheduler", "thread", "heap"]
    assert is_answer(between.join(["merged"] * (MOST_TOKENS - 4) + words))
    assert not is_answer(between.join(["merged"] * (MOST_TOKENS - 3) + words))


def roles(issue: Issue) -> list[tuple[str, int]]:
    return [(role, at) for role, at, _ in answers(issue)]


def test_each_comment_has_one_role(make: Make) -> None:
    issue = make(comments=((GOOD, "user_0"), GOOD, "+1", (GOOD, "user_2"), GOOD))
    assert roles(issue) == [("next_comment", 0), ("first_reply", 1), ("next_comment", 3), ("next_comment", 4)]
    change = Change(
        id="1",
        field="resolution",
        after="Fixed",
        author=Person("user_2", "user_2"),
        created=issue.comments[3].created,
    )
    resolved = replace(issue, resolution="Fixed", changes=(change,))
    assert roles(resolved)[2] == ("resolving_comment", 3)


def test_a_reply_after_an_empty_one_is_not_the_first(make: Make) -> None:
    assert roles(make(comments=("+1", GOOD))) == [("next_comment", 1)]


def test_the_first_reply_may_resolve(make: Make) -> None:
    issue = make(comments=(GOOD,), resolution="Fixed")
    assert roles(replace(issue, resolved=issue.comments[0].created)) == [("resolving_comment", 0)]


def test_an_endless_thread_gives_so_many_and_the_same_again(make: Make) -> None:
    issue = make(comments=tuple(f"{GOOD} {n}" for n in range(3 * MOST_NEXT)))
    chosen = roles(issue)
    assert [role for role, _ in chosen].count("next_comment") == MOST_NEXT
    assert chosen == roles(issue)
    assert chosen == sorted(chosen, key=lambda each: each[1])
    assert max(at for _, at in chosen) > MOST_NEXT + 1
