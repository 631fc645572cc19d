from __future__ import annotations

from collections.abc import Callable

import pytest

from jira_crawler.items import Issue
from jira_crawler.tasks.once import once

Make = Callable[..., Issue]


def test_each_issue_is_asked_about_once_in_a_row_and_known_by_identity(make: Make) -> None:
    asked: list[Issue] = []

    @once
    def title(issue: Issue) -> str:
        asked.append(issue)
        return issue.title

    one, alike, other = make(title="One"), make(title="One"), make(title="Other")

    assert [title(each) for each in (one, one, alike, other, other, one)] == ["One"] * 3 + ["Other"] * 2 + ["One"]
    assert list(map(id, asked)) == list(map(id, (one, alike, other, one)))


def test_what_fails_is_asked_again(make: Make) -> None:
    tries = iter((False, True))

    @once
    def luck(issue: Issue) -> bool:
        if not next(tries):
            raise ValueError("bad luck")
        return True

    one = make()
    with pytest.raises(ValueError, match="bad luck"):
        luck(one)

    assert luck(one)
