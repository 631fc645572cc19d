"""What commit messages say of pull requests, and of what they take back."""

from __future__ import annotations

import pytest

from jira_crawler.links import messages

HERE = "github.com/acme/kettle"


@pytest.mark.parametrize(
    ("message", "landed"),
    [
        ("Merge pull request #5 from ann/kettle-1\n\nKETTLE-1: x", [("5", "merge_commit")]),
        ("Auto merge of #5 - ann:x, r=ben", [("5", "merge_commit")]),
        ("KETTLE-1: x (#5)", [("5", "squash")]),
        ("KETTLE-1: x (#5).", [("5", "squash")]),
        ("x (#5) and more", []),
        ('Revert "x (#1)" (#2)', [("2", "squash")]),
        ('Revert "Revert "x (#1)" (#2)" (#3)', [("3", "squash")]),
        ("KETTLE-1: x\n\ny\n\nCloses #12 from ann/topic.\n\nReviewers: b", [("12", "script")]),
        ("x\n\nCloses #12 from ann/topic and squashes the following commits:", [("12", "script")]),
        ("x\n\nThis closes #12", [("12", "keyword")]),
        ("x\n\nClose acme/kettle#12", [("12", "keyword")]),
        ("x\n\nClose https://github.com/acme/kettle/pull/12", [("12", "keyword")]),
        ("x\n\nCloses #1\nCloses #2, closes #3", [("1", "keyword"), ("2", "keyword"), ("3", "keyword")]),
        ("x\n\nit closes the file #12", []),
    ],
)
def test_which_pull_requests_a_commit_brings(message, landed):
    found = messages.landed(message, HERE)
    assert [(each.refers, each.how) for each in found] == [(f"{HERE}#{number}", how) for number, how in landed]


def test_the_note_behind_a_number_is_kept():
    message = "[X-1] x\n\nClose acme/kettle#5 (unrelated, but forgot to close it in [X-2])"
    assert messages.landed(message, HERE)[0].note == "(unrelated, but forgot to close it in [X-2])"


@pytest.mark.parametrize(
    ("message", "taken"),
    [
        ('Revert "x (#1)" (#2)\n\nThis reverts commit abcdef1234.', "abcdef1234"),
        ('Revert "x (#1)" (#2)', "x (#1)"),
        ('Revert "Revert "x (#1)" (#2)" (#3)', 'Revert "x (#1)" (#2)'),
        ('Reapply "x (#1)"', 'Revert "x (#1)"'),
        ("Revert to the old default", ""),
        ("x", ""),
    ],
)
def test_what_a_commit_takes_back(message, taken):
    assert messages.takes_back(message) == taken


@pytest.mark.parametrize(
    ("title", "is_revert", "is_reapplied"),
    [
        ('Revert "x"', True, False),
        ('[2.x] Revert "x"', True, False),
        ("Reverts KETTLE-1", True, False),
        ('Revert "Revert "x""', True, True),
        ('Reapply "x"', True, True),
        ('Revert "Reapply "x""', True, False),
        ("Revert to the old default", False, False),
        ("KETTLE-1: Reverting a transaction fails", False, False),
    ],
)
def test_reverts_of_reverts_apply_again(title, is_revert, is_reapplied):
    assert messages.is_revert(title) is is_revert
    assert messages.is_reapplied(title) is is_reapplied


def test_numbers_behind_a_subject_do_not_count_when_it_is_compared():
    assert messages.plain("x  y (#1) (#2).") == "x y"
    assert messages.plain('Revert "x (#1)" (#2)') == 'Revert "x (#1)"'


@pytest.mark.parametrize(
    ("branch", "told"),
    [
        ("revert-12-fix-total", ("reverts", "12")),
        ("mergify/bp/2.x/pr-345", ("backport", "345")),
        ("auto-backport-of-pr-77-on-v3.1.x", ("backport", "77")),
        ("backport/12-to-1.x", ("backport", "12")),
        ("ann/backport-12-to-release-1.2", ("backport", "12")),
        ("backport-2.x", ("", "")),
        ("revert-it", ("", "")),
        ("fix-backport-3-times", ("", "")),
    ],
)
def test_branches_that_are_named_after_a_pull_request(branch, told):
    assert messages.branch_joins(branch) == told
