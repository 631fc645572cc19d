"""Who is named where, put together from the sketches of all issues."""

from __future__ import annotations

import logging

from jira_crawler.feeds.known_people import FEW, TIMES, named
from jira_crawler.redaction.other_people import digests_of


def digest(number: int) -> bytes:
    return number.to_bytes(8, "big")


def joined(*numbers: int) -> bytes:
    return b"".join(map(digest, sorted(numbers)))


def test_each_issue_gets_those_whom_others_know():
    people = [joined(1, 2), joined(2), b"", joined(3)]
    mentions = [joined(3, 9), b"", joined(1, 3), joined(4)]
    assert {at: digests_of(told) for at, told in named(people, mentions).items()} == {
        0: {digest(3)},
        2: {digest(1), digest(3)},
    }


def test_nobody_is_known_of_nobody():
    assert named([], []) == {} == named([b"", b""], [joined(1), b""])


def test_what_far_more_issues_call_than_know_is_a_product():
    calls = [joined(1, 2)] * (TIMES * 2 + 1)
    people = [joined(1, 2), joined(2), *[b""] * (len(calls) - 2)]
    assert named(people, calls[: FEW + 1] + [b""] * (len(calls) - FEW - 1))[0] == digest(2).hex()
    assert named(people, calls) == {}
    assert len(named(people, calls[:FEW])) == FEW


def test_over_the_bound_the_rarest_go_and_it_is_said_once(caplog):
    people = [joined(*range(100)), joined(*range(0, 100, 2)), *([joined(50)] * 9)]
    mentions = [b"", b"", joined(*range(100))]
    with caplog.at_level(logging.WARNING):
        kept = digests_of(named(people, mentions, most=50)[2])
    assert kept == {digest(number) for number in range(0, 100, 2)}
    assert len(caplog.records) == 1
