from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Example
from jira_crawler.tasks.leak import Law, leaks

LONG = "Restart the broker with the old log directory and then move the partitions back one by one to the new disk."


def leaking(law: Law, shown: str, answer: str, variant: str = "any") -> bool:
    return leaks(Example(task_type="any", variant=variant, instruction="Do it.", input=shown, output=answer), law)


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
        ("ＴＨＥ　ＰＵＭＰ　ＦＡＩＬＳ", "The pump fails"),
        ("the pu\u200bmp fa\u00adils", "The pump fails"),
        ("the\npump\r\n\r\nfails", "The pump fails"),
        ("the “pump” fails", "The 'pump' fails"),
        (r"pump\_fails in \*core\*", "pump_fails in core"),
        ("[The pump](fails)", "The pump fails"),
        ("T h e  p u m p  f a i l s", "The pump fails"),
        ("the ﬁrst pump", "First pump"),
        ("| the | pump | fails |", "The pump fails"),
        ("What now? ...", "..."),
    ],
)
def test_texts_that_are_given_away(shown: str, answer: str) -> None:
    assert leaking("text", shown, answer)


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        ("The pump does not start.", "The pump fails"),
        ("It fails. The pump, too.", "The pump fails"),
        ("Restart the broker with the old log directory.", LONG),
        ("What now?", "See above, please"),
    ],
)
def test_texts_that_are_not(shown: str, answer: str) -> None:
    assert not leaking("text", shown, answer)


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
        ("a ｂｕｇ", "Bug"),
        ("a b\u200bug", "Bug"),
        ("a **B**ug", "Bug"),
        (r"sub\-task", "Subtask"),
        ("a time out", "Timeout"),
        ("in\nprogress", "In Progress"),
        ("“Won’t Fix”", "Won't Fix"),
        ("really ???", "???"),
    ],
)
@pytest.mark.parametrize("law", ["label", "set"])
def test_labels_that_are_given_away(law: Law, shown: str, label: str) -> None:
    assert leaking(law, shown, label)


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        ("I debug the debugger and see bugs", "Bug"),
        ("progress in the works", "In Progress"),
        ("reopened and unresolved", "Open"),
        ("fix this; I won't", "Won't Fix"),
        ("rebug gun", "Bug"),
        ("un bugle", "Bug"),
    ],
)
def test_labels_that_are_not(shown: str, label: str) -> None:
    assert not leaking("label", shown, label)


def test_one_label_of_a_set_is_enough() -> None:
    assert leaking("set", "The clients hang.", "clients, core")
    assert not leaking("set", "The broker hangs.", "clients, core")


@pytest.mark.parametrize(
    ("variant", "shown"),
    [
        ("priority", "It fails.\n\nPriority: Critical"),
        ("status", "* Status: in progress"),
        ("resolution_after_discussion", "Resolution: Duplicate"),
        ("components", "|Component/s|web|"),
    ],
)
def test_a_listing_of_the_field_that_is_asked_for(variant: str, shown: str) -> None:
    assert leaking("label", shown, "Other", variant)
    assert leaking("set", shown, "other, more", variant)
    assert not leaking("label", shown, "Other", "project")
    assert not leaking("text", shown, "Other", variant)


def test_nothing_is_given_away_where_nothing_is_asked() -> None:
    assert not leaking("none", "The pump fails", "The pump fails")


def test_a_long_answer_costs_little() -> None:
    shown = "pump a " * 3_400
    for _ in range(50):
        assert not leaking("text", shown, "pump b " * 1_100)


def test_a_label_with_a_comma_is_one_label_elsewhere() -> None:
    assert not leaking("label", "a minor thing", "Minor, cosmetic")


_WORDS = st.lists(st.sampled_from(["the", "pump", "fails", "at", "start", "when", "it", "is", "cold"]), min_size=1)


@given(before=_WORDS, answer=_WORDS, after=_WORDS)
def test_an_answer_put_into_the_input_always_leaks(before: list[str], answer: list[str], after: list[str]) -> None:
    text = " ".join(answer)
    shown = " ".join([*before, text.upper(), *after])
    assert leaking("text", shown, text)
    assert leaking("label", shown, text)
