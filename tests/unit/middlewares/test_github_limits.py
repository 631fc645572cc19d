"""What GitHub says of its limits: how long to wait, by its own clock, and that a 403 which is no limit is an answer."""

from __future__ import annotations

import pytest

from jira_crawler.middlewares.github_limits import MINUTE, SPARE, refusal, wait_after_answer

NOW = 1_800_000_000.0
DATE = "Fri, 15 Jan 2027 08:00:00 GMT"  # which is NOW
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000120", "date": DATE}
SECONDARY = b'{"message": "You have exceeded a secondary rate limit."}'
POINTS = b'{"data": null, "errors": [{"type": "RATE_LIMIT", "message": "m"}]}'


@pytest.mark.parametrize(
    ("status", "headers", "body", "times", "wait"),
    [
        (403, {"retry-after": "30"}, SECONDARY, 1, 30 + SPARE),
        (403, {"retry-after": "3600"}, SECONDARY, 1, 3_600 + SPARE),
        (429, {"retry-after": "0"}, b"", 1, SPARE),
        (403, SPENT, b"{}", 1, 120 + SPARE),
        (403, {}, SECONDARY, 1, MINUTE),
        (403, {}, SECONDARY, 3, 4 * MINUTE),
        (429, {}, b"", 2, 2 * MINUTE),
        (403, {"x-ratelimit-remaining": "17"}, b'{"message": "Resource not accessible"}', 1, None),
        (404, SPENT, b"{}", 1, None),
        (200, SPENT, POINTS, 1, 120 + SPARE),
        (200, {"x-ratelimit-remaining": "9"}, POINTS, 1, MINUTE),
        (200, {}, b'[{"body": "\\"RATE_LIMIT\\" and \\"errors\\""}]', 1, None),
    ],
)
def test_a_refusal_says_how_long_to_wait(status, headers, body, times, wait):
    assert refusal(status, headers, body, NOW, times) == wait


def test_their_clock_counts_and_not_ours():
    assert wait_after_answer(SPENT, NOW - 3_000) == wait_after_answer(SPENT, NOW + 3_000) == 120 + SPARE
    assert wait_after_answer(SPENT | {"x-ratelimit-remaining": "1"}, NOW) == 0
    assert wait_after_answer(SPENT | {"x-ratelimit-reset": "soon"}, NOW) == 0
