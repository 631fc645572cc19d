"""An example is worth more the more it explains, and little where it is canned, tells of an act or leans on a link."""

import numpy as np
import pytest

from benchmarks.ratings import auc, ratings
from benchmarks.weights import fitted
from jira_crawler.items import Example
from jira_crawler.tasks.signs import signs
from jira_crawler.tasks.value import value
from tests.unit.effort import MOST, of_size, relative_cost

GOOD = (
    "The lease is kept because the session has not expired yet. You could set `lease.release=true`, or use a shorter "
    "timeout; otherwise the broker waits for it.",
    "Which version of the driver is it? I see the same error only with the old one, so it may be the pool.",
    "I don't think that should be fixed in the parser: the format does not say what a blank line means, and others "
    "expect it to be skipped.",
)
POOR = (
    "Committed in r1234567. Thanks for the patch!",
    "PR: https://github.com/acme/pump/pull/12",
    "Please provide a runnable test case and the full logs.",
    "Verified as fixed with:\n\nSDK: 3.1\nStudio: 4.0\nNode: 8",
    "See the attached patch.",
    "@user_3 can you please have a look?",
    "Thanks, great work! Cheers",
    "Closing as duplicate of ACME-12.",
    "I tried this with 3.2 and could not reproduce it. When you get time could you retest it and let us know?",
    "@user_2 Is there a chance you can show the crash in a project of its own, so that we might look?",
    "@user_4 we're asking you whether it should still happen with the new pump. Can you test that?",
    "Thanks a lot! Is there a plan for a release that would have this?",
    "Thanks! Let me check some of the pumps that use it and see how they behave with the new valve.",
    "Sorry for the late update. I will close this ticket as invalid.",
    "Moving this back to review. It needs a CR and an FR.",
)


def comment(text: str) -> Example:
    return Example(task_type="next_comment", variant="reply", instruction="", input="# A", output=text)


def label(variant: str, shown: str = "# A pump that stops at noon") -> Example:
    return Example(task_type="classification", variant=variant, instruction="", input=shown, output="x")


@pytest.mark.parametrize("text", GOOD)
def test_what_explains_or_asks_is_worth_something(text):
    assert value(comment(text)).score > 0.6


@pytest.mark.parametrize("text", POOR)
def test_what_is_canned_or_leans_on_something_is_worth_little(text):
    assert value(comment(text)).score < 0.4


def test_a_request_takes_nothing_from_what_is_told_beside_it():
    assert value(comment(f"{GOOD[0]} Could you test it and let us know?")).score > 0.7


def test_what_svn_says_of_a_commit_is_an_act():
    log = "URL: http://svn.example.org/r12\nLog:\nACME-1 Should the pump stop?\n\nModified:\nacme/src/pump.c"
    assert value(comment(log)).reasons[0][0] == "act"


def test_the_reasons_are_those_that_count_most():
    assert value(comment("Committed in r1234567.")).reasons[0][0] == "act"
    assert len(value(comment(GOOD[0])).reasons) <= 4


def test_a_title_that_the_text_bears_out_is_worth_more():
    def title(answer):
        shown = "The pump stops at noon when the valve is closed and the broker loses its lease."
        return value(Example(task_type="summarization", variant="t", instruction="", input=shown, output=answer)).score

    assert title("Pump stops when the valve is closed") > title("Error in javadoc")


def test_a_title_that_only_a_link_bears_out_is_worth_less():
    def title(shown):
        example = Example(
            task_type="summarization", variant="t", instruction="", input=shown, output="Pump loses lease"
        )
        return value(example).score

    said = "It stops at noon, and nobody knows why that is so. " * 9
    assert title(f"{said}\n\nThe pump loses its lease.") > title(f"{said}\n\nhttps://a.example/pump-loses-lease")


def test_labels_are_worth_what_a_report_tells_of_them():
    assert value(label("issue_type")).score > value(label("project")).score > value(label("status")).score
    assert (
        value(label("issue_type", "# A " + "pump valve lease broker noon " * 9)).score
        > value(label("issue_type")).score
    )


def test_a_thread_is_worth_more_the_more_it_says():
    def thread(text):
        return value(Example(task_type="pretraining", variant="thread", instruction="", input="", output=text)).score

    said, marks = " ".join(f"word{n}" for n in range(20)), "<issue_comment>\n## user_1\n\n"
    assert thread(" ".join(f"word{n}" for n in range(200))) > thread(said) > thread("Fixed.") == thread("")
    assert thread(f"{said}\n\n{marks}https://a.example/b/c\n\n{marks}Verified as fixed. SDK: 3.1.2\n") == thread(said)


@pytest.mark.parametrize("text", ["", " ", "🙂", "完成了", "```\ncode\n```", "\ud800"])
def test_any_text_has_a_value(text):
    assert 0 <= value(comment(text)).score <= 1


@pytest.mark.parametrize("piece", ["a ", "a:", "http://a ", "[a](b) ", "fixed in ", "please ", "`", "=", "pr: ", "A"])
def test_takes_linear_time(piece):
    assert relative_cost(lambda: signs(of_size(piece))) < MOST


def test_half_of_the_ratings_are_sealed_and_none_has_a_text():
    rated = list(ratings())
    assert {frozenset(each) for each in rated} == {frozenset({"id", "keep", "sealed"})}
    assert len({each["id"] for each in rated}) == len(rated) >= 300
    assert 0.4 < sum(each["sealed"] for each in rated) / len(rated) < 0.6


def test_weights_lean_to_what_tells_kept_from_dropped_and_not_to_what_does_not():
    shown = np.array([[1.0, 0.0, 0.5, 1.0], [0.0, 1.0, 0.5, 1.0], [1.0, 1.0, 0.5, 1.0]] * 9)
    good, bad, neither, _ = fitted(shown, np.array([1.0, 0.0, 1.0] * 9))
    assert good > 2 > -0.5 > bad
    assert abs(neither) < 1e-6


def test_auc_is_the_share_of_pairs_in_the_right_order():
    assert auc([0.9, 0.1], [True, False]) == 1
    assert auc([0.5, 0.5], [True, False]) == 0.5
    assert auc([0.1, 0.9, 0.8], [True, False, True]) == 0
