"""The diet keeps labels that texts tell, leaves out those they do not, and says what it could not measure."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from jira_crawler.exports import diet
from jira_crawler.exports.diet import FEWEST_ROWS, LABELS, Gathering, Verdict
from jira_crawler.exports.learner import Measured
from jira_crawler.exports.options import Choice
from jira_crawler.tasks import EVERY
from tests.unit.exports.conftest import issue
from tests.unit.exports.test_card import parts, table
from tests.unit.exports.test_export import JSONL, rows, run
from tests.unit.exports.test_splits import entry

DIET = Choice(diet=True)


def labelled(number: int, answers: dict[str, str], text: str, project: str = "ACME") -> list[dict]:
    """An issue with one row for each variant of classification, and its two others."""
    question, label, thread = issue(number, project, text=text)
    several = [
        label
        | {"id": f"{label['id']}-{name}", "output": answer, "metadata": label["metadata"] | {"example_type": name}}
        for name, answer in answers.items()
    ]
    return [question, *several, thread]


def several(count: int = FEWEST_ROWS + 20, project: str = "ACME") -> list[list[dict]]:
    """The text tells `kind` by a word, and `mood` by nothing."""
    chance, made = random.Random(1), []
    for at in range(count):
        kind, mood = ("Bug", "Wish")[at % 2], chance.choice(["Good", "Bad"])
        does = "crashes" if kind == "Bug" else "should"
        text = f"# Title {at}\n\nIt {does} when pump {at} comes before valve, lease, gauge, broker or index starts."
        made.append(labelled(at + 1, {"kind": kind, "mood": mood}, text, project))
    return made


def test_what_the_text_tells_stays_and_its_question_shows_the_set(feeds, tmp_path):
    made = run(feeds(*several()), tmp_path / "out", choice=DIET, layout=JSONL)
    kept = [row for row in rows(tmp_path / "out") if row["task_type"] == "classification"]
    assert {row["example_type"] for row in kept} == {"kind"}
    assert len(kept) == FEWEST_ROWS + 20
    assert {row["instruction"] for row in kept} == {"Classify this. Choose one of `Bug`, `Wish`."}
    others = [row for row in rows(tmp_path / "out") if row["task_type"] == "question_answering"]
    assert {row["instruction"] for row in others} == {"Reply to this."}
    _, body = parts(tmp_path / "out")
    told = {row[1]: row for row in table(body, "## The diet")}
    assert told["`kind`"][-1] == "**kept**: learnable"
    assert told["`mood`"][-1] == "left out: not clearly better than the most frequent label"
    assert float(told["`kind`"][6]) > 0.9
    assert [each.examples for each in made.passed] == [480, 480, 480, 360, 360, 240]


def test_without_the_diet_everything_is_there_and_the_card_says_nothing_of_one(feeds, tmp_path):
    run(feeds(*several()), tmp_path / "out", layout=JSONL)
    kept = [row for row in rows(tmp_path / "out") if row["task_type"] == "classification"]
    assert (len(kept), {row["instruction"] for row in kept}) == (2 * (FEWEST_ROWS + 20), {"Classify this."})
    assert "## The diet" not in parts(tmp_path / "out")[1]


def test_rows_of_a_label_that_no_text_tells_go_and_no_question_names_it(feeds, tmp_path):
    made = several()
    for lines in made[::12]:
        next(line for line in lines if line["id"].endswith("-kind"))["output"] = "Epic"
    run(feeds(*made), tmp_path / "out", choice=DIET, layout=JSONL)
    kept = [row for row in rows(tmp_path / "out") if row["task_type"] == "classification"]
    assert Counter(row["output"] for row in kept) == {"Bug": 50, "Wish": 60}
    assert {row["instruction"] for row in kept} == {"Classify this. Choose one of `Bug`, `Wish`."}
    told = {row[1]: row[-1] for row in table(parts(tmp_path / "out")[1], "## The diet")}
    assert told["`kind`"].startswith("**kept**: learnable; without Epic: ")
    assert told["`kind`"].endswith("of the rest is right, 0.545 by the most frequent label")


@pytest.mark.parametrize(
    ("learned", "later", "reason"),
    [
        (0.5, False, "learnable"),
        (0.49, False, "more often wrong than right"),
        (0.9, True, "told by what came later"),
        (0.29, False, "not clearly better than the most frequent label"),
    ],
)
def test_a_family_is_to_be_right_and_about_the_report(learned, later, reason):
    verdict = Verdict(400, Measured(400, 5, 0.2, learned, 0.02), later=later)
    assert (verdict.reason, verdict.kept) == (reason, reason == "learnable")


@pytest.mark.parametrize(
    ("rows", "learned", "kept"), [(100, 0.7, True), (99, 0.7, False), (100, 0.69, False), (400, 0.6, False)]
)
def test_what_is_left_of_a_family_is_to_be_as_clear_as_all_of_it(rows, learned, kept):
    rest = Measured(rows, 2, 0.6, learned + 1e-9, 0.03)
    verdict = Verdict(400, Measured(400, 5, 0.2, 0.9, 0.02), missed=("a",), rest=rest)
    assert (verdict.kept, verdict.reason == "no two labels that texts tell apart") == (kept, not kept)


def test_a_report_of_a_line_is_asked_for_no_label(feeds, tmp_path):
    made = several()
    for lines in made[::10]:
        for line in lines[1:3]:
            line["input"] = "# It crashes\n\nhttps://a.example/one/two/three/four/five/six/seven/eight"
    run(feeds(*made), tmp_path / "out", choice=DIET, layout=JSONL)
    kept = [row for row in rows(tmp_path / "out") if row["task_type"] == "classification"]
    assert {row["example_type"] for row in kept} == {"kind"}
    assert len(kept) == len(made) - len(made[::10])


@pytest.mark.parametrize(("value", "kept"), [(None, 1), (0.33, 0), (0.34, 1)])
def test_a_thread_that_says_hardly_anything_goes(value, kept):
    whole = entry(labelled(1, {}, "text"))
    whole.about["language"] = "en"
    threads = [replace(each, value=value) for each in whole.samples if each.is_text]
    assert len(diet.worth(whole, threads)) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("It fails.", 0),
        ("The pump, valve, lease, gauge, broker, index and filter block one another.", 1),
        ("The valve, lease, gauge, broker, index block one another.", 0),
    ],
)
def test_a_trace_of_which_nothing_is_said_is_no_thread(said, kept):
    trace = "\n".join(f"    at com.example.Pump{at}.open(Pump{at}.java:{at})" for at in range(30))
    whole = entry(labelled(1, {}, "text"))
    whole.about["language"] = "en"
    (thread,) = (
        replace(each, value=0.95, output=f"{said}\n\n```\n{trace}\n```\n") for each in whole.samples if each.is_text
    )
    assert len(diet.worth(whole, [thread])) == kept
    assert diet.worth(whole, [replace(thread, value=None)])


def test_two_issues_leave_nothing_to_measure_and_that_is_said(feeds, tmp_path):
    run(feeds(*several(2)), tmp_path / "out", choice=DIET, layout=JSONL, split_by="none")
    assert {row["task_type"] for row in rows(tmp_path / "out")} == {"question_answering"}
    decisions = [row[-1] for row in table(parts(tmp_path / "out")[1], "## The diet")]
    assert decisions == [f"left out: nothing to measure: fewer than {FEWEST_ROWS} rows"] * 2


def test_each_project_is_judged_by_itself(feeds, tmp_path):
    both = several() + several(3, "OTHER")
    run(feeds(*both), tmp_path / "out", choice=DIET, layout=JSONL)
    labels = [row for row in rows(tmp_path / "out") if row["task_type"] == "classification"]
    assert {row["project"] for row in labels} == {"ACME"}


def test_an_issue_gives_two_labels_at_most_the_same_ones_each_time():
    whole = entry(labelled(1, dict.fromkeys("abcde", "x"), "text"))
    first = diet.few(whole, whole.samples)
    assert sum(sample.task_type in LABELS for sample in first) == 2
    assert diet.few(whole, whole.samples[::-1])[::-1] == first
    assert [sample for sample in first if sample.task_type not in LABELS] == [
        sample for sample in whole.samples if sample.task_type not in LABELS
    ]


@pytest.mark.parametrize("names", [["a`b", "c"], ["a\nb", "c"], [f"name {at}" for at in range(41)]])
def test_a_set_that_no_question_can_show_is_not_shown(names, monkeypatch):
    monkeypatch.setattr(diet, "FEWEST_ROWS", 2)
    gathering = Gathering()
    for at in range(120):
        whole = entry(labelled(at + 1, {"kind": names[at % len(names)]}, f"word{at % len(names)}"))
        gathering.add(whole, whole.samples, at)
    (verdict,) = gathering.diet().verdicts.values()
    assert verdict.names == ()


def test_of_a_large_family_the_same_rows_are_measured_whatever_the_order(monkeypatch):
    monkeypatch.setattr(diet, "MOST_ROWS", 40)
    monkeypatch.setattr(diet, "FEWEST_ROWS", 20)
    whole = [entry(lines) for lines in several(200)]
    found = []
    for order in (whole, whole[::-1]):
        gathering = Gathering()
        for each in order:
            gathering.add(each, each.samples, int(each.about["issue_id"]))
        found.append(gathering.diet().verdicts)
    assert found[0] == found[1]
    assert {(verdict.rows, verdict.measured.rows) for verdict in found[0].values()} == {(400, 40)}


def test_every_family_with_labels_is_known_to_the_diet():
    laws = {family.__name__.rpartition(".")[2]: family.LAW for family in EVERY}
    assert {name for name, law in laws.items() if law in ("label", "set")} == LABELS
    assert {name for name, law in laws.items() if law == "set"} == diet.SETS


def test_value_is_asked_of_examples_and_not_of_issues(feeds, tmp_path):
    made = [issue(number) for number in range(1, 9)]
    for lines in made:
        for line, value in zip(lines, (0.9, 0.2, 0.5), strict=True):
            line["metadata"] |= {"value": value, "value_reasons": "explains 1"}
    run(feeds(*made), tmp_path / "out", choice=Choice(min_value=0.5), layout=JSONL, split_by="none")
    kept = rows(tmp_path / "out")
    assert [(row["task_type"], row["value"], row["value_reasons"]) for row in kept] == [
        ("question_answering", 0.9, "explains 1")
    ] * 8


@pytest.mark.parametrize(
    ("language", "answer", "kept"),
    [("en", "Wait.", 0), ("", "Wait.", 0), ("de", "Warte.", 1), ("zh", "请等待。", 1), ("", "请等待。", 1)],
)
def test_what_is_not_english_is_not_judged_by_english_words(language, answer, kept):
    whole = entry(labelled(1, {}, "text"))
    whole.about["language"] = language
    asked = [replace(each, value=0.1, output=answer) for each in whole.samples if not each.is_text]
    assert len(diet.worth(whole, asked)) == kept
    assert len(diet.worth(whole, [replace(each, task_type="next_commit") for each in asked])) == 1


RICH = (
    "Rows go astray because the broker drops its lease before the valve opens, so flush the buffer when pumps restart."
)


@pytest.mark.parametrize(
    ("task", "variant", "value", "kept"),
    [
        ("question_answering", "first_reply", 0.7, 1),
        ("question_answering", "first_reply", 0.69, 0),
        ("next_comment", "reply", 0.69, 0),
        ("root_cause", "cause", 0.69, 0),
        ("summarization", "title_from_description", 0.7, 1),
        ("summarization", "title_from_discussion", 0.75, 0),
        ("summarization", "title_from_discussion", 0.76, 1),
        ("release_notes", "summary", 0.69, 0),
    ],
)
def test_answers_and_titles_are_asked_for_value(task, variant, value, kept):
    whole = entry(labelled(1, {}, "text"))
    asked = [each for each in whole.samples if not each.is_text]
    asked = [replace(each, task_type=task, example_type=variant, value=value, output=RICH) for each in asked]
    assert len(diet.worth(whole, asked)) == kept * len(asked)


@pytest.mark.parametrize(
    ("shown", "answer", "value", "kept"),
    [
        ("It fails.", RICH, 0.8, 1),
        (f"It fails. {RICH}", RICH, 0.99, 0),
        ("It fails.", "I tried my phone and we wait for the pump.", 0.99, 0),
        ("It fails.", "I tried my phone and we wait for the pump.", None, 1),
    ],
)
def test_an_answer_has_to_add_something_to_what_is_shown(shown, answer, value, kept):
    whole = entry(labelled(1, {}, "text"))
    asked = [replace(each, input=shown, output=answer, value=value) for each in whole.samples if not each.is_text]
    assert len(diet.worth(whole, asked)) == kept * len(asked)


def test_the_diet_asks_for_value_of_answers_and_not_of_measured_labels(feeds, tmp_path):
    made = several()
    for at, lines in enumerate(made):
        lines[0]["output"] = RICH
        for line in lines:
            line["metadata"] |= {"value": 0.8 if line["task_type"] == "question_answering" and at % 2 else 0.69}
    folder = feeds(*made)
    for name, choice, answers in (("a", DIET, 60), ("b", replace(DIET, min_value=0.0), 120), ("c", Choice(), 120)):
        run(folder, tmp_path / name, choice=choice, layout=JSONL)
        kept = Counter(row["task_type"] for row in rows(tmp_path / name))
        assert kept["question_answering"] == answers, name
        assert kept["classification"] == (240 if name == "c" else 120), name
