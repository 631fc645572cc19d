"""The fuzzer knows the truth of what it spoils, judges by it, and is repeated by its seed."""

from __future__ import annotations

import json
from collections import Counter
from random import Random

import pytest

from benchmarks import hostile_tracker as tracker
from benchmarks.hostile import CANARY
from benchmarks.hostile_cases import MUTATIONS, WHEN, Case, Plague
from benchmarks.hostile_judge import Ended, judged
from benchmarks.hostile_mutations import Harm, Mutation, Scene
from benchmarks.hostile_truth import BOUND, Truth
from tests.servers.hostile import Answer, Asked

BY_NAME = {each.name: each for each in MUTATIONS}
RIGHT = Ended(0, 3.0, 150.0)


def case(*plagues: tuple[str, str, str], spider: str = "jira", dialect: str = "server", **chosen) -> Case:
    """A crawl of eight issues with these plagues, each a mutation by name, a place, and when it comes."""
    made = tuple(Plague(BY_NAME[name], place, when) for name, place, when in plagues)
    defaults = {"mode": "whole", "jobdir": False, "forgets": False, "slices": 5_000}
    return Case("fixed", spider, dialect, 8, 3, **(defaults | chosen), plagues=made)


def question(path: str, **params: str) -> Asked:
    return Asked("GET", path, params, {"authorization": f"Bearer {CANARY}"}, b"")


COUNT = question("/rest/api/2/search", jql='project = "ACME"', maxResults="0")
PAGE = question("/rest/api/2/search", jql='project = "ACME"', fields="*all")


def test_a_seed_is_a_case_and_every_mutation_has_its_turn():
    cases = [Case.of(1, number) for number in range(1_000)]
    assert [str(each) for each in cases] == [str(Case.of(1, number)) for number in range(1_000)]
    met = Counter(plague.mutation.name for each in cases for plague in each.plagues)
    assert set(met) == set(BY_NAME)
    assert len(BY_NAME) == len(MUTATIONS)
    assert {plague.when for each in cases for plague in each.plagues} == set(WHEN)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_every_mutation_changes_an_answer_where_it_says(mutation: Mutation):
    truth = Truth(case(dialect="cloud"), "http://localhost:1")
    asked = {
        "serverInfo": question("/rest/api/2/serverInfo"),
        "count": question("/rest/api/3/search/approximate-count", jql='project = "ACME"'),
        "page": question("/rest/api/3/search/jql", jql='project = "ACME"', fields="*all", maxResults="5"),
        "ids": question("/rest/api/3/search/jql", jql='project = "ACME"', fields="created", maxResults="5"),
        "issue": question("/rest/api/3/issue/1002", fields="*all"),
        "comment": question("/rest/api/3/issue/1002/comment"),
        "worklog": question("/rest/api/3/issue/1004/worklog"),
        "changelog": question("/rest/api/3/issue/1003/changelog"),
        "robots": question("/robots.txt"),
        "browse": question("/browse/ACME-2"),
        "panel": question("/browse/ACME-2", page="x:comment-tabpanel"),
    }
    assert set(asked) == {*tracker.REST, *tracker.PAGES}
    for place in mutation.places or asked:
        assert tracker.place(asked[place]) == place
    assert any(changes(mutation, truth, asked[place]) for place in mutation.places or asked)


def changes(mutation: Mutation, truth: Truth, asked: Asked) -> bool:
    """Whether one of eight throws of the dice gives another answer; two answers take turns, as some look back."""
    honest, memory = tracker.honest(truth.whole, asked), {}
    for n in range(8):
        before = Answer(honest.body + b" " * (n % 2), honest.status, honest.headers)
        if mutation.change(before, Scene(asked, Random(n), "http://localhost:1", memory)) != before:
            return True
    return False


# --- the truth


def test_where_nothing_lies_every_issue_counts():
    truth = Truth(case(("badly compressed", "page", "for ever")), "")
    truth(PAGE)
    assert len(truth.counted()) == 8
    assert not truth.answered()


def test_a_lie_that_nothing_contradicts_hides_what_was_never_told_of():
    truth = Truth(case(("an empty page", "page", "for ever")), "")
    truth(PAGE)
    assert truth.counted() == set()
    truth(COUNT)
    assert len(truth.counted()) == 8


def test_what_was_answered_in_the_end_was_answered():
    truth = Truth(case(("nothing said", "page", "once")), "")
    truth(PAGE)
    assert not truth.answered()
    truth(PAGE)
    assert truth.answered()


def test_nobody_is_served_without_end():
    truth = Truth(case(), "")
    for _ in range(BOUND):
        assert truth(COUNT)
    assert truth(COUNT) == b""
    assert not truth.answered()


# --- the judge


@pytest.fixture
def left(tmp_path):
    """What a right crawl of eight issues leaves: seven in the feed, and one that has lost its id in the rejects."""
    truth = Truth(case(), "")
    for name in ("output", "elsewhere", "tmp"):
        (tmp_path / "case" / name).mkdir(parents=True)
    home = tmp_path / "case"
    feed, rejects = home / "output" / "ACME.jsonl", home / "output" / "rejects.jsonl"
    lines = [{"metadata": {"issue_id": each["id"], "issue_key": each["key"]}} for each in truth.issues[:7]]
    feed.write_text("".join(json.dumps(line) + "\n" for line in lines))
    payload = json.dumps({"id": None, "fields": {"summary": truth.issues[7]["fields"]["summary"]}})
    rejects.write_text(json.dumps({"id": "", "key": "", "payload": payload}) + "\n")
    (home / "output" / "report.json").write_text('{"complete": true, "missing": []}')
    (home / "log").write_text("Complete. The feeds are there.\n")
    return truth, home


def wrong(left, ended: Ended = RIGHT, strangers: tuple[Asked, ...] = ()) -> str:
    truth, home = left
    return "; ".join(judged(truth, ended, home, CANARY, list(strangers)))


def test_a_right_crawl_is_right(left):
    assert wrong(left) == ""


@pytest.mark.parametrize("payload", ['{"id": "1008", "fields": 7}', '{"key": "ACME-8"}'])
def test_a_reject_is_known_by_what_its_payload_says(left, payload):
    (left[1] / "output" / "rejects.jsonl").write_text(json.dumps({"id": "unreadable-1", "payload": payload}) + "\n")
    assert wrong(left) == ""


def test_a_lost_issue_is_found(left):
    (left[1] / "output" / "rejects.jsonl").write_text("")
    assert "exit status 0 without 1 of 8 issues" in wrong(left)


def test_a_false_alarm_is_found(left):
    said = wrong(left, Ended(1, 3.0, 150.0))
    assert "every question was answered" in said
    assert "`Complete`, and exit status 1" in said
    assert "report.json says complete: True" in said


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended(None, 60.2, 150.0), "more than 60 seconds"),
        (Ended(0, 3.0, 500.0), "500 MB"),
        (Ended(-9, 3.0, 150.0), "exit status -9"),
        (Ended(2, 3.0, 150.0), "exit status 2"),
    ],
)
def test_bounds_are_kept(left, ended, said):
    assert said in wrong(left, ended)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("log", "Complete.\nTraceback (most recent call last):\n  x\nKeyError: 'id'\n", "a traceback: KeyError: 'id'"),
        ("log", "Complete.\n\x1b[2J", "a terminal escape"),
        ("log", f"Complete.\n{CANARY}", "the token is in log"),
        ("output/x.txt", CANARY, "the token is in output/x.txt"),
        ("tmp/x", "", "files elsewhere: x"),
        ("x", "", "files elsewhere: x"),
        ("../escaped-1.jsonl", "", "files elsewhere: escaped-1.jsonl"),
        ("output/a b.jsonl", "", "odd name"),
        ("output/report.json", '{"complete": true, "missing": ["\\u001b"]}', "not printable"),
    ],
)
def test_what_should_not_be_there_is_found(left, name, text, said):
    (left[1] / name).write_text(text)
    assert said in wrong(left)


def test_whoever_sees_the_token_is_found(left):
    assert "WENT TO A STRANGER" in wrong(left, strangers=(PAGE,))
    assert "a stranger was asked for /x" in wrong(left, strangers=(Asked("GET", "/x", {}, {}, b""),))


def test_harm_is_said_of_every_mutation():
    assert {each.harm for each in MUTATIONS} == set(Harm)
