from __future__ import annotations

import pytest

from jira_crawler.middlewares.rates import MARGIN, pace, retry_after, wait_after_answer, wait_after_refusal

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        (" 17 ", 17),
        ("2.5", 2.5),
        ("9223372036854775807", 2.0**63),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30),
        ("Tue, 14 Nov 2023 22:00:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_retry_after(text, expected):
    assert retry_after(text, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 4),
        ({"retry-after": "0"}, 4),
        ({"retry-after": "60"}, 60),
        ({"retry-after": "nonsense"}, 4),
        # Data Center: retry-after 0 beside a bucket that fills with 1 token in 30 s
        ({"retry-after": "0", "x-ratelimit-interval-seconds": "60", "x-ratelimit-fillrate": "2"}, 30),
        ({"x-ratelimit-interval-seconds": "60", "x-ratelimit-fillrate": "0"}, 60),
        ({"x-ratelimit-interval-seconds": "nan", "x-ratelimit-fillrate": "1"}, 4),
        ({"x-ratelimit-interval-seconds": "-60", "x-ratelimit-fillrate": "1"}, 4),
        # Cloud: only the time of the reset
        ({"x-ratelimit-reset": "2023-11-14T22:13:45Z"}, 25),
        ({"x-ratelimit-reset": "2023-11-14T21:00:00Z"}, 4),
        ({"x-ratelimit-reset": "later"}, 4),
    ],
)
def test_a_refusal_waits_for_the_longest_that_is_asked(headers, expected):
    assert wait_after_refusal(headers, NOW, own=4) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"x-ratelimit-remaining": "3", "retry-after": "0"}, 0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-interval-seconds": "10", "x-ratelimit-fillrate": "5"}, 2),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2023-11-14T22:13:45Z"}, 25),
        ({"x-ratelimit-nearlimit": "true"}, 1),
        ({"x-ratelimit-nearlimit": "false"}, 0),
    ],
)
def test_a_good_answer_can_ask_for_a_pause_too(headers, expected):
    assert wait_after_answer(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 0),
        ({"x-ratelimit-interval-seconds": "60", "x-ratelimit-fillrate": "30"}, 2),
        ({"x-ratelimit-interval-seconds": "60", "x-ratelimit-limit": "30"}, 2),
        ({"x-ratelimit-interval-seconds": "60", "x-ratelimit-fillrate": "30", "x-ratelimit-limit": "5"}, 2),
        ({"x-ratelimit-interval-seconds": "60", "x-ratelimit-fillrate": "30", "x-ratelimit-remaining": "0"}, 2),
        # With some left over, this is not the limit that refused
        ({"x-ratelimit-interval-seconds": "60", "x-ratelimit-fillrate": "30", "x-ratelimit-remaining": "7"}, 0),
        ({"x-ratelimit-limit": "30", "x-ratelimit-remaining": "0"}, 0),
        ({"x-ratelimit-interval-seconds": "inf", "x-ratelimit-fillrate": "1"}, 0),
        ({"x-ratelimit-interval-seconds": "1e308", "x-ratelimit-fillrate": "1e-308"}, 0),
        ({"x-ratelimit-interval-seconds": "1", "x-ratelimit-fillrate": "1e300"}, 0),
        ({"x-ratelimit-interval-seconds": "soon", "x-ratelimit-fillrate": "many"}, 0),
    ],
)
def test_a_pace_is_told_with_a_margin_or_not_at_all(headers, expected):
    assert pace(headers) == pytest.approx(expected * MARGIN)
