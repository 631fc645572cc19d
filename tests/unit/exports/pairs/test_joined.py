"""What of a change does not tell which earlier one it is about."""

from __future__ import annotations

import pytest

from jira_crawler.exports.pairs.joined import without_answer

EARLIER = "[left out] Mend the total\n\nIt was read too early.\nFixes [left out]"


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('Revert "K-1: Mend the total"\n\nReverts [left out]\n\nIt breaks the build.', "It breaks the build."),
        (
            "[2.x] mend the TOTAL ([left out])\n\nBackport of [left out] to 2.x\n\nThe old one reads it twice.",
            "The old one reads it twice.",
        ),
        ("Bring it to 2.x\n\n(cherry picked from commit [left out])\n\n> It was read too early.", "Bring it to 2.x"),
        ('Revert "Something that was renamed"\n\nIt was wrong.', "It was wrong."),
        ("This reverts commit [left out].", ""),
    ],
)
def test_lines_that_quote_or_only_name_it_go(said, left):
    assert without_answer(said, EARLIER, "K-1: Mend the total") == left
