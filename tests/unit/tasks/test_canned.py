"""Comments that open alike have one opening, whoever is greeted, whatever is linked and counted."""

import pytest

from jira_crawler.items import Example
from jira_crawler.tasks.canned import SIZE, apart, opening, openings

FIRST = "Please provide a runnable test case for this issue."


@pytest.mark.parametrize(
    "text",
    [
        f"Hello @user_3, {FIRST}",
        f"Hi all,\n\nthanks. {FIRST} It is urgent.",
        f"https://x.example.org/a {FIRST}",
        FIRST.upper(),
    ],
)
def test_the_same_opening(text):
    assert opening(text) == opening(FIRST) != b""


def test_numbers_are_all_the_same():
    assert opening("Fixed in version 3 of the pump") == opening("Fixed in version 4 of the pump")


@pytest.mark.parametrize("text", ["", "Hello all", "Please do it", "@user_1", "https://a.example"])
def test_what_hardly_says_anything_has_no_opening(text):
    assert opening(text) == b""


def test_another_opening():
    assert opening(FIRST) != opening("Please look at the lease of the broker first")


def test_openings_are_each_there_once_in_order_and_of_answers_only():
    def example(task, output):
        return Example(task_type=task, variant="v", instruction="", input="", output=output)

    other = "The lease is kept until the session ends"
    made = [example("next_comment", FIRST), example("next_comment", FIRST), example("question_answering", other)]
    found = openings([*made, example("summarization", "A title of some words that is none")])
    assert apart(found) == sorted([opening(FIRST), opening(other)])
    assert found == openings(reversed(made))
    assert len(found) == 2 * SIZE
