"""Of two answers one is preferred only where the thread shows that it is better."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.preference import Openings, opening, preferences
from jira_crawler.items import Change, Person
from tests.unit.exports.talk import OTHER, QUESTION, entry, issue, lines
from tests.unit.exports.test_export import JSONL, rows, run
from tests.unit.tasks.conftest import NOON

WRONG = "Lowering the heartbeat interval helped our staging hosts considerably, try ten seconds."
DENIED = "That did not help, the broker still waits for ten minutes."
RIGHT = "The problem is the session timeout: because it outlives the restart, set lease.release to true instead."
WORKS = "That works, many thanks for it."
TREES = ("ash", "birch", "cedar", "elm", "fir", "gum", "holly", "iris", "jarrah", "kauri", "larch", "maple")
LOG = f"{'x' * 9_000} {WRONG}"
CANNED = "Thanks for reporting, could you please attach a complete log of the failing run?"


def fixed(by: str, hours: float = 3):
    change = Change(
        id="1", field="resolution", after="Fixed", author=Person(by, by), created=NOON + timedelta(hours=hours)
    )
    return {"changes": (change,), "resolution": "Fixed"}


def found(*said, canned=frozenset(), **fields):
    whole = entry(issue(*said, **fields))
    return [(each.reason, each.rejected, each.output) for each in preferences(whole, whole.samples, canned)]


def test_what_the_reporter_says_did_not_help_is_worse_than_what_worked():
    said = ((WRONG, "user_1"), (DENIED, "user_0"), (RIGHT, "user_2"), (WORKS, "user_0"))
    assert found(*said) == [("rejected", WRONG, RIGHT)]
    whole = entry(issue(*said))
    (pair,) = preferences(whole, whole.samples, frozenset())
    assert pair.input.startswith("# The pump fails")
    assert WRONG not in pair.input
    assert DENIED not in pair.input
    assert (pair.speaker, pair.rejected_speaker) == ("user_2", "user_1")


def test_what_its_author_took_back_is_worse_than_what_resolved():
    said = (
        (WRONG, "user_1"),
        (QUESTION, "user_2"),
        ("I was wrong, sorry about that noise.", "user_1"),
        (RIGHT, "user_2"),
    )
    assert found(*said, **fixed("user_2", 4)) == [("corrected", WRONG, RIGHT)]


def test_what_many_issues_have_is_worse_than_what_resolved():
    canned = frozenset([opening(CANNED)])
    assert found((CANNED, "user_1"), (RIGHT, "user_2"), canned=canned, **fixed("user_2", 2)) == [
        ("canned", CANNED, RIGHT)
    ]
    assert found((CANNED, "user_1"), (RIGHT, "user_2"), **fixed("user_2", 2)) == []


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        pytest.param(((WRONG, "user_1"), (DENIED, "user_0"), (RIGHT, "user_2")), {}, id="nobody says that it is right"),
        pytest.param(((WRONG, "user_1"), (RIGHT, "user_2"), (WORKS, "user_0")), {}, id="nobody says that it is wrong"),
        pytest.param(((WRONG, "user_1"), (DENIED, "user_2"), (RIGHT, "user_2")), fixed("user_2"), id="by a bystander"),
        pytest.param(
            ((WRONG, "user_1"), (DENIED, "user_0"), (OTHER, "user_2"), (WORKS, "user_0")), {}, id="no explanation"
        ),
        pytest.param(
            ((WRONG, "user_1"), (f"{DENIED} Or rather: that works.", "user_0"), (RIGHT, "user_2"), (WORKS, "user_0")),
            {},
            id="yes and no",
        ),
        pytest.param(
            ((RIGHT, "user_2"), (WORKS, "user_0"), (WRONG, "user_1"), (DENIED, "user_0")), {}, id="right first"
        ),
        pytest.param(
            ((WRONG, "user_0"), (DENIED, "user_0"), (RIGHT, "user_0")), fixed("user_0"), id="one speaker only"
        ),
        pytest.param(
            ((f"{'x' * 9_000} {WRONG}", "user_1"), (DENIED, "user_0"), (RIGHT, "user_2")), fixed("user_2"), id="a log"
        ),
        pytest.param((), {}, id="nobody"),
        pytest.param((("🎉", "user_1"), ("👎", "user_0")), {}, id="emoji"),
    ],
)
def test_without_a_sign_there_is_no_pair(said, fields):
    assert found(*said, **fields) == []


def test_an_issue_that_was_not_solved_prefers_nothing():
    said = (WRONG, "user_1"), (DENIED, "user_0"), (RIGHT, "user_2")
    assert found(*said, **fixed("user_2")) == [("rejected", WRONG, RIGHT)]
    assert found(*said, **fixed("user_2") | {"resolution": "Cannot Reproduce"}) == []
    assert found(*said[:2], (f"PR merged. {RIGHT}", "user_2"), **fixed("user_2")) == []


def test_openings_are_canned_from_five_issues_on_whatever_names_and_links_stand_in_them():
    openings = Openings()
    for at in range(5):
        said = f"@user_{at} Thanks for reporting ABC-{at}, could you please https://x.example/{at} attach a log {at}?"
        openings.add(entry(issue((said, "user_1"), (said, "user_2"), (f"{OTHER} {at}", "user_3"))))
        assert len(openings.canned()) == (2 if at == 4 else 0)
    assert opening("Thanks for reporting, could you please send it?") in openings.canned()
    assert opening("too few words") == opening("word " * 500) == 0


def several():
    made = []
    for number, name in enumerate(TREES, 1):
        begun = NOON + timedelta(days=number)
        said = ((f"{name}: {WRONG}", "user_1"), (DENIED, "user_0"), (f"{name}: {RIGHT}", "user_2"), (WORKS, "user_0"))
        one = issue(*said, description=f"It stalls on host {number}.", title=f"Pump {number} stalls", created=begun)
        dated = tuple(replace(c, created=begun + timedelta(hours=at)) for at, c in enumerate(one.comments, 1))
        known = {"id": str(number), "key": f"ABC-{number}", "updated": begun + timedelta(days=90)}
        made.append(lines(replace(one, comments=dated, **known)))
    return made


@pytest.mark.parametrize("how", ["hash", "time"])
def test_an_export_of_preferences(feeds, tmp_path, how):
    made = run(feeds(*several()), tmp_path / "out", "preference", layout=JSONL, split_by=how, shares=(60, 20, 20))
    kept = rows(tmp_path / "out")
    # By time, what the newest issue of a split shows some hours later is not known in it.
    assert len(kept) == made.rows.total() == {"hash": 12, "time": 10}[how]
    assert (made.overlap.late, made.overlap.leaks) == (0, False)
    first = min(kept, key=lambda row: int(row["issue_id"]))
    assert [each["role"] for each in first["prompt"]] == ["user"]
    assert first["chosen"] == [{"role": "assistant", "content": f"ash: {RIGHT}"}]
    assert first["rejected"] == [{"role": "assistant", "content": f"ash: {WRONG}"}]
    assert (first["reason"], first["chosen_by"], first["rejected_by"]) == ("rejected", "user_2", "user_1")
    assert first["said"] == "2024-05-18T16:00:00.000Z"


def test_where_no_thread_shows_anything_nothing_is_exported(feeds, tmp_path):
    with pytest.raises(BadArgument, match="none passes “examples for the format preference”"):
        run(feeds(lines(issue((OTHER, "user_1")))), tmp_path / "out", "preference")
