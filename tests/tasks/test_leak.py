from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Example
from jira_crawler.tasks.leak import leaks

LONG = "Restart the broker with the old log directory and then move the partitions back one by one to the new disk."


def example(task_type: str, shown: str, answer: str) -> Example:
    return Example(task_type=task_type, variant="any", instruction="Do it.", input=shown, output=answer)


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        ("It says: the pump fails. Why?", "The pump fails"),
        ("the  PUMP,\nfails!", "The pump fails"),
        ("**The** `pump` fails", "The pump fails"),
        ("HiveServer2 crash on start", "HiveServer 2 crash"),
        ("can't open the file", "Can’t open the file"),
        ("> " + LONG.replace(" and ", "\n> and ") + "\n\nI tried this.", LONG),
        ("He wrote: " + LONG, LONG + " It helped me."),
        (LONG.replace("broker", "server"), LONG),
        ("登录时泵失败了", "泵失败"),
    ],
)
@pytest.mark.parametrize("task_type", ["summarization", "question_answering"])
def test_texts_that_are_given_away(task_type: str, shown: str, answer: str) -> None:
    assert leaks(example(task_type, shown, answer))


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        ("The pump does not start.", "The pump fails"),
        ("It fails. The pump, too.", "The pump fails"),
        ("Restart the broker with the old log directory.", LONG),
        ("What now?", "See above, please"),
    ],
)
@pytest.mark.parametrize("task_type", ["summarization", "question_answering"])
def test_texts_that_are_not(task_type: str, shown: str, answer: str) -> None:
    assert not leaks(example(task_type, shown, answer))


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        ("This is a bug.", "Bug"),
        ("BUG!", "Bug"),
        ("Type: **Bug**", "Bug"),
        ("the_bug_here", "Bug"),
        ("won't fix this", "Won't Fix"),
        ("I wont fix it", "Won't Fix"),
        ("wontfix", "Won't Fix"),
        ("work in progress", "In Progress"),
        ("这是缺陷吗", "缺陷"),
        ("is it C++?", "C++"),
        ("really ???", "???"),
    ],
)
@pytest.mark.parametrize("task_type", ["classification", "status_prediction"])
def test_labels_that_are_given_away(task_type: str, shown: str, label: str) -> None:
    assert leaks(example(task_type, shown, label))


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        ("I debug the debugger and see bugs", "Bug"),
        ("progress in the works", "In Progress"),
        ("reopened and unresolved", "Open"),
        ("fix this; I won't", "Won't Fix"),
    ],
)
def test_labels_that_are_not(shown: str, label: str) -> None:
    assert not leaks(example("classification", shown, label))


def test_one_label_of_a_set_is_enough() -> None:
    assert leaks(example("multi_label_classification", "The clients hang.", "clients, core"))
    assert not leaks(example("multi_label_classification", "The broker hangs.", "clients, core"))


def test_a_label_with_a_comma_is_one_label_elsewhere() -> None:
    assert not leaks(example("classification", "a minor thing", "Minor, cosmetic"))


_WORDS = st.lists(st.sampled_from(["the", "pump", "fails", "at", "start", "when", "it", "is", "cold"]), min_size=1)


@given(before=_WORDS, answer=_WORDS, after=_WORDS)
def test_an_answer_put_into_the_input_always_leaks(before: list[str], answer: list[str], after: list[str]) -> None:
    text = " ".join(answer)
    shown = " ".join([*before, text.upper(), *after])
    assert leaks(example("question_answering", shown, text))
    assert leaks(example("classification", shown, text))
