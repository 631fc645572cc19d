"""What counts of a comment is what it adds to its input; weights and words say which way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jira_crawler.exports.added import WEIGHTS, added, chance
from jira_crawler.exports.source import Sample

REPORT = "The valve leaks when the pump starts."
ANSWER = "The lease of the broker runs out, because nobody renews it while the index is built; set `renew.seconds`."


def comment(answer: str = ANSWER, shown: str = REPORT, value: float | None = 0.9) -> Sample:
    return Sample("a-1-next_comment-reply-1", "next_comment", "reply", "What is said next?", shown, answer, 1, value)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("value", comment(value=0.7)),
        ("new", comment(shown=f"{REPORT}\n\n## user_1\n\n{ANSWER}")),
        ("new", comment("The valve leaks when the pump starts, while nobody renews it: it does, because.")),
        (
            "reasons",
            comment("The lease of the broker runs out, nobody renews it, the index is built; set `renew.seconds`."),
        ),
    ],
)
def test_what_speaks_for_a_comment_is_more_of_it(name, other):
    assert added(comment())[name] > added(other)[name]
    assert WEIGHTS[name] > 0
    assert chance(comment()) > chance(other)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("writer", "We use it in our app, and my team and I see it."),
        ("waits", "A fix is planned next week."),
        ("figures", "2.1.4 7.5.2.20190306131103 16.1.4"),
    ],
)
def test_what_speaks_against_a_comment_lowers_its_chance(name, more):
    plain, other = comment(), comment(f"{ANSWER} {more}")
    assert added(other)[name] > added(plain)[name]
    assert WEIGHTS[name] < 0
    assert chance(replace(other, output=more)) < chance(plain)


def test_code_is_new_and_its_figures_are_no_versions():
    fenced = comment(f"{ANSWER}\n\n```\nretries = 10; socket.timeout = 2000\n```")
    assert added(fenced)["new"] > added(comment())["new"]
    assert added(fenced)["figures"] == added(comment())["figures"]


@pytest.mark.parametrize("value", [0.0, 1.0, None])
@pytest.mark.parametrize("answer", ["", "🎉", "\ud800", "```", "0" * 9_000, "经纪人在重新启动时不放弃租约"])
def test_of_every_comment_there_is_a_chance(answer, value):
    for shown in ("", REPORT, answer):
        assert 0 <= chance(comment(answer, shown, value)) < 1


@pytest.mark.parametrize(
    ("more", "some"), [("pump valve", False), ("pump valve pump", False), ("pump valve gauge", True)]
)
def test_what_says_again_what_was_said_has_no_chance(more, some):
    assert (chance(comment(f"{ANSWER} {more}", ANSWER, 0.99)) > 0) == some
