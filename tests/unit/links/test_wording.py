"""What the words before a reference say of it."""

from __future__ import annotations

import pytest

from jira_crawler.links import wording


@pytest.mark.parametrize(
    ("before", "meant"),
    [
        ("Fixes ", "closes"),
        ("closes: ", "closes"),
        ("This resolves the issue ", "closes"),
        ("It crashed. Fixes ", "closes"),
        ("a fix for ", "closes"),
        ("Jira: ", "closes"),
        ("This not only fixes ", "closes"),
        ("does not compile, fixes ", "closes"),
        ("it does no longer crash and fixes ", "closes"),
        ("This does not fix ", "denies"),
        ("is not a fix for ", "denies"),
        ("doesn't actually close ", "denies"),
        ("by no means closes ", "denies"),
        ("without fixing ", "denies"),
        ("unrelated to ", "denies"),
        ("Partially fixes ", "part"),
        ("part of ", "part"),
        ("Follow-up to ", "follow_up"),
        ("Backport of ", "backport"),
        ("cherry-picked from ", "backport"),
        ("Reverts ", "reverts"),
        ("See also ", "relates"),
        ("a regression from ", "relates"),
        ("introduced in ", "relates"),
        ("It may also address ", "relates"),
        ("I'll fix ", "relates"),
        ("This might fix ", "relates"),
        ("This should fix ", "closes"),
        ("This will fix ", "closes"),
        ("Another take on the resolution of ", "mentions"),
        ("It might be fixed by ", "relates"),
        ("another bug, which was fixed in ", "relates"),
        ("Fixed in ", "fixed_by"),
        ("It was merged via PR ", "fixed_by"),
        ("", "mentions"),
        ("We looked at ", "mentions"),
        ("prefixes ", "mentions"),
        ("Fixes the build.\n\nUnlike what was said, ", "mentions"),
    ],
)
def test_what_is_said(before, meant):
    assert wording.meaning(before) == meant


@pytest.mark.parametrize("between", [", ", " and ", ", and ", " & ", "/", "; "])
def test_a_list_goes_on(between):
    assert wording.goes_on(between)


@pytest.mark.parametrize("between", ["", " but not ", ". See ", ", which is like "])
def test_a_list_ends(between):
    assert not wording.goes_on(between)


def test_a_long_text_takes_no_longer_for_that():
    """Only the end of what stands before counts, whatever it is made of."""
    assert wording.meaning("not " * 200_000 + "x" * 1_000_000 + " fixes ") == "closes"
