"""Which milestone a release is of."""

from __future__ import annotations

import pytest

from jira_crawler.exports.pairs.notes import version


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("v1.4.0", "1.4"),
        ("Kettle 1.4", "1.4"),
        ("apache-kettle-10.0.0", "10"),
        ("release/1_4_2", "1.4.2"),
        ("2.0.0-RC1", "2-rc1"),
        ("2.0rc1", "2-rc1"),
        ("5.0.Final", "5"),
        ("Backlog", ""),
        ("1.4 and 1.5", ""),
        ("1.x", ""),
        ("abc1234", ""),
    ],
)
def test_the_one_version_that_is_named(text, told):
    assert version(text) == told
