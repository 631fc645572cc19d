"""A text is taken apart into what it tells and what it asks somebody for."""

import pytest

from jira_crawler.tasks.asking import told_and_asked
from tests.unit.effort import MOST, of_size, relative_cost

REQUESTS = (
    "please attach the log.",
    "could you test this with the next version?",
    "@user_3 can we have your word on it?",
    "let me know how it goes.",
    "is there a chance you can share the project?",
    "do you still see it?",
    "any news?",
    "should we close this?",
    "we were not able to reproduce it.",
)


@pytest.mark.parametrize("request_", REQUESTS)
def test_a_request_is_found_and_the_rest_is_told(request_):
    told, words, requests = told_and_asked(f"the pool was empty. {request_}\nthe lease is kept.")
    assert (told, requests) == ("the pool was empty.\nthe lease is kept.", 1)
    assert words == len(request_.split())


@pytest.mark.parametrize(
    "text",
    [
        "why does the pool keep it?",
        "you could use `pool.keep`, which needs no lease.",
        "should the parser skip it? the format does not say.",
        "it can be reproduced with two threads.",
        "",
    ],
)
def test_a_question_about_the_matter_is_no_request(text):
    assert told_and_asked(text) == (text, 0, 0)


@pytest.mark.parametrize("piece", ["please ", "can you ", "not ", ". ", "user_1 can ", "\n"])
def test_takes_linear_time(piece):
    assert relative_cost(lambda: told_and_asked(of_size(piece))) < MOST
