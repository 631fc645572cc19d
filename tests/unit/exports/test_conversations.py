"""A thread becomes one conversation that alternates, and teaches what examples teach, said by whom one asks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.conversations import LONGEST, POLICIES, conversation
from jira_crawler.exports.turns import line_of, report, thread, without
from jira_crawler.items import Change, Person
from tests.unit.exports.conftest import issue as plain
from tests.unit.exports.talk import ANSWER, OTHER, QUESTION, REPORT, THANKS, entry, issue, lines
from tests.unit.exports.test_export import JSONL, rows, run
from tests.unit.tasks.conftest import NOON

WORDS = ("broker", "lease", "session", "kernel", "firmware", "heartbeat", "rack", "restart", "election", "quorum")


def resolved(by: str, hours: float):
    change = Change(
        id="1", field="resolution", after="Fixed", author=Person(by, by), created=NOON + timedelta(hours=hours)
    )
    return {"changes": (change,), "resolution": "Fixed"}


def talk(made, policy: str = "all") -> list[tuple[str, str]]:
    whole = entry(made)
    found = conversation(whole, whole.samples, policy)
    return [(each.role, each.content) for each in found.messages] if found else []


def test_the_reporter_asks_and_others_answer_or_are_named():
    made = issue(
        (QUESTION, "user_1"), (THANKS, "user_2"), (ANSWER, "user_1"), (THANKS, "user_0"), **resolved("user_1", 3)
    )
    shown = f"# The pump fails\n\n{REPORT.strip()}"
    assert talk(made) == [
        ("user", shown),
        ("assistant", QUESTION),
        ("user", f"## user_2\n\n{THANKS}"),
        ("assistant", ANSWER),
    ]
    whole = entry(made)
    placed = conversation(whole, whole.samples, "resolver").placed
    assert [(each.turn.speaker, each.turn.role, each.loss, each.message) for each in placed] == [
        ("user_1", "resolver", True, 1),
        ("user_2", "participant", False, 2),
        ("user_1", "resolver", True, 3),
    ]


def test_a_policy_says_who_is_the_assistant():
    made = issue((OTHER, "user_1"), (QUESTION, "user_2"), (ANSWER, "user_3"), **resolved("user_3", 3))
    made = replace(made, assignee=Person("user_2", "user_2"))
    told = {policy: [text for role, text in talk(made, policy) if role == "assistant"] for policy in POLICIES}
    assert told == {"resolver": [ANSWER], "maintainers": [QUESTION, ANSWER], "all": [OTHER, QUESTION, ANSWER]}
    # Two who answer in a row stay two.
    assert [text for role, text in talk(made) if role == "user"][1:] == ["## user_2", "## user_3"]


def test_two_answers_in_a_row_by_one_person_are_one_message():
    assert talk(issue((QUESTION, "user_1"), (ANSWER, "user_1")))[1:] == [("assistant", f"{QUESTION}\n\n{ANSWER}")]


@pytest.mark.parametrize(
    "made",
    [
        issue((ANSWER, "user_0"), (QUESTION, "user_0")),
        issue(),
        issue((THANKS, "user_1")),
        issue(("🎉", "user_1"), description="🎉", title="Pump fails 🎉"),
    ],
    ids=["one speaker", "nobody", "only thanks", "an emoji"],
)
def test_where_nobody_answers_there_is_no_conversation(made):
    assert talk(made) == []


CHINESE = "因为会话在重新启动后仍未过期，所以经纪人必须等待租约到期才能继续提供服务。"
GERMAN = "Weil die Sitzung noch nicht abgelaufen ist, wartet der Makler auf seine Pacht."


@pytest.mark.parametrize("text", [CHINESE, GERMAN], ids=["Chinese", "German"])
def test_other_languages_are_answers_too(text):
    assert talk(issue((text, "user_1")))[-1] == ("assistant", text)


def test_a_thread_of_3000_comments_keeps_its_newest_within_the_limit():
    chance = random.Random(1)
    said = [(" ".join(chance.choices(WORDS, k=14)) + f" {at}", f"user_{at % 5}") for at in range(3_000)]
    made = issue(*said)
    messages = talk(made)
    assert sum(len(text) for _, text in messages) <= LONGEST + 3_000
    assert "comments left out …]" in messages[0][1]
    assert messages[-1][0] == "assistant"
    whole = entry(made)
    assert thread(line_of(whole)).turns[2_999].text == said[-1][0]


def test_an_edited_comment_stands_where_it_came_to_read_so():
    made = issue((OTHER, "user_1"), (ANSWER, "user_2"))
    edited = replace(made.comments[0], updated=NOON + timedelta(days=1))
    made = replace(made, comments=(edited, made.comments[1]))
    # What user_1 says now may quote the answer, so it is neither shown before it nor taught.
    assert [text for _, text in talk(made)][1:] == [ANSWER]


def test_only_what_filters_let_through_is_taught():
    whole = entry(issue((QUESTION, "user_1"), (OTHER, "user_2"), (ANSWER, "user_3")))
    kept = [sample for sample in whole.samples if sample.output != OTHER]
    found = conversation(whole, kept, "all")
    assert [each.content for each in found.messages[1:]] == [QUESTION, f"## user_2\n\n{OTHER}", ANSWER]


def test_the_report_is_shown_as_filed():
    made = issue((ANSWER, "user_1"))
    later = replace(made, description=replace(made.description, source="EDIT: it was the lease."))
    made = replace(later, original=_filed(made))
    assert report(entry(made)) == f"# The pump fails\n\n{REPORT.strip()}"
    asked = entry(made)
    asked.samples[:] = [sample for sample in asked.samples if sample.task_type in ("question_answering", "pretraining")]
    assert report(asked) == f"# The pump fails\n\n{REPORT.strip()}"


def _filed(made):
    from jira_crawler.items import Original

    return Original(title=made.title, description=made.description)


comments = st.lists(
    st.tuples(
        st.lists(st.sampled_from([*WORDS, "because", "\n## user_3\n", "thanks"]), max_size=16), st.integers(0, 3)
    ),
    max_size=8,
)


@given(comments, st.sampled_from(sorted(POLICIES)))
def test_turns_alternate_whatever_was_said(said, policy):
    made = issue(*((" ".join(words), f"user_{who}") for words, who in said), **resolved("user_1", 2))
    messages = talk(made, policy)
    assert [role for role, _ in messages] == ["user", "assistant"] * (len(messages) // 2)
    taught = {sample.output for sample in entry(made).samples}
    for role, text in messages:
        assert text
        if role == "assistant":
            assert set(text.split("\n\n")) <= {part for each in taught for part in each.split("\n\n")}


@given(comments)
def test_a_thread_comes_apart_and_together(said):
    made = issue(*((" ".join(words), f"user_{who}") for words, who in said), resolution="Fixed")
    line = line_of(entry(made))
    apart = thread(line)
    assert apart.text() == line.output
    assert without(line, apart.turns) == line
    assert [turn.created for turn in apart.turns] == line.said.split(", ") * bool(apart.turns)


def test_an_export_of_threads(feeds, tmp_path):
    several = []
    for number in range(1, 20):
        made = issue((f"{ANSWER} {number}", "user_1"), (THANKS, "user_0"))
        several.append(lines(replace(made, id=str(number), key=f"ABC-{number}", title=f"Pump {number} fails")))
    run(feeds(*several), tmp_path / "out", "threads", layout=JSONL, assistant="all")
    found = rows(tmp_path / "out")
    assert len(found) == 19
    assert found[0]["turns"] == [
        {
            "speaker": "user_1",
            "role": "participant",
            "created": "2024-05-17T13:00:00.000Z",
            "known": "2024-05-17T13:00:00.000Z",
            "loss": True,
            "message": 1,
        }
    ]
    with pytest.raises(BadArgument, match="none passes “examples for the format threads”"):
        run(feeds(*several, name="b"), tmp_path / "none", "threads", assistant="resolver")


def test_feeds_that_do_not_tell_who_spoke_are_refused_with_what_to_do(feeds, tmp_path):
    older = plain(1)
    for line in older:
        for name in ("speaker", "said", "role"):
            del line["metadata"][name]
    with pytest.raises(BadArgument, match="do not tell whose comments they hold: scrapy crawl replay"):
        run(feeds(older), tmp_path / "out", "threads")
