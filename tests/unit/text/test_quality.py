from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Issue
from jira_crawler.text import quality as scoring
from jira_crawler.text.quality import Quality, quality

Make = Callable[..., Issue]

WORDS = [
    a + b for a in ("pelican", "motor", "valve", "engine", "harbour", "lantern") for b in "abcdefghijklmnopqrstuvwxyz"
]
PAGE = "Since the last release the pump stops at noon. " + " ".join(WORDS)
RICH = f"# Steps\n\n- one\n- two\n- three\n\n```java\npump.turn();\n```\n\n{PAGE}"
COMMENT = "I see the same thing here on two of our pumps since we took the new release last week."
LOG = "\n".join(f"2024-05-17 12:00:{n % 60:02} INFO [main] org.acme.Pump - turn {n}" for n in range(300))


def score(issue: Issue, language: str = "en") -> float:
    return quality(issue, language).score


def reasons(issue: Issue, language: str = "en") -> dict[str, float]:
    return dict(quality(issue, language).reasons)


def test_the_weights_make_one() -> None:
    weights = (
        scoring.LENGTH,
        scoring.STRUCTURE,
        scoring.CODE,
        scoring.DISCUSSION,
        scoring.RESOLUTION,
        scoring.LANGUAGE,
    )
    assert sum(weights) == pytest.approx(1)


def test_a_bare_title_is_worth_nothing(make: Make) -> None:
    names = ("length", "structure", "code", "discussion", "resolution", "language", "boilerplate")
    assert quality(make(title="Broken")) == Quality(0, tuple((name, 0) for name in names))


def test_a_full_report_with_talk_and_an_end_is_worth_all(make: Make) -> None:
    assert score(make(description=RICH, comments=(COMMENT,) * 4, resolution="Fixed")) == 1


@pytest.mark.parametrize("noise", ["asdf", "asdf " * 500, "test test", "?!" * 500, "1 2 3 4 5 6 7 8 9 10 " * 9])
def test_noise_is_worth_nothing(make: Make, noise: str) -> None:
    assert score(make(title="asdf", description=noise), language="") == 0


def test_a_wall_of_log_is_worth_less_than_a_page(make: Make) -> None:
    wall = make(title="Help", description=f"```\n{LOG}\n```")
    bare = make(title="Help", description=LOG)
    assert reasons(wall)["boilerplate"] == reasons(bare)["boilerplate"] == 1
    assert max(score(wall), score(bare)) < 0.2 < score(make(title="Help", description=PAGE))


def test_a_log_below_a_full_report_costs_nothing(make: Make) -> None:
    with_log = make(description=f"{RICH}\n\n```\n{LOG}\n```")
    assert reasons(with_log)["boilerplate"] > 0.8
    assert score(with_log) == score(make(description=RICH))


def test_code_counts_more_than_a_log_and_a_log_more_than_a_word_in_code(make: Make) -> None:
    found = [
        reasons(make(description=f"It fails.\n\n{code}"))["code"]
        for code in ("```\npump.turn();\n```", f"```\n{LOG}\n```", "See `pump`.", "See pump.", "```\n\n```")
    ]
    assert found == [1, 0.7, 0.5, 0, 0]


def test_talk_of_programs_and_nods_count_little(make: Make) -> None:
    assert score(make(comments=(("Build failed. " * 9, "Hadoop QA"),) * 4)) == score(make())
    assert score(make(comments=("+1",) * 4)) < score(make(comments=(COMMENT,)))


def test_a_page_of_signs_is_a_page(make: Make) -> None:
    signs = "".join(map(chr, range(0x4E00, 0x4F00)))
    assert reasons(make(description=signs))["length"] == 1
    assert reasons(make(comments=(signs,)))["discussion"] == 0.25


_TEXT = st.lists(
    st.sampled_from([*WORDS[:40], "\n\n", "\n- ", "`x`", "\n```\ny\n```\n", "\n# ", "水"]), max_size=60
).map(" ".join)


@given(
    title=_TEXT,
    description=_TEXT,
    comments=st.lists(_TEXT, max_size=5).map(tuple),
    language=st.sampled_from(["", "de"]),
)
def test_each_part_only_adds(
    make: Make, title: str, description: str, comments: tuple[str, ...], language: str
) -> None:
    issue = make(title=title, description=description, comments=comments)
    here = score(issue, language)
    assert here <= score(issue, "en")
    assert here <= score(replace(issue, resolved=datetime(2024, 1, 1, tzinfo=UTC)), language)
    assert here <= score(replace(issue, resolution="Fixed"), language)
    assert here <= score(make(title=title, description=description, comments=(*comments, COMMENT)), language)
    closed = description if description.count("```") % 2 == 0 else f"{description}\n```"
    more = make(title=title, description=f"{closed}\n\n{PAGE}", comments=comments)
    assert score(make(title=title, description=closed, comments=comments), language) <= score(more, language)
    logged = make(title=title, description=f"{closed}\n\n{LOG}", comments=comments)
    assert (
        score(logged, language)
        <= score(make(title=title, description=closed + "\n\n", comments=comments), language) + 0.02
    )


@given(
    title=st.text(),
    description=st.text(),
    comments=st.lists(st.text()).map(tuple),
    language=st.sampled_from(["", "en"]),
)
def test_score_and_reasons_lie_between_zero_and_one(
    make: Make, title: str, description: str, comments: tuple[str, ...], language: str
) -> None:
    worth = quality(make(title=title, description=description, comments=comments), language)
    for value in (worth.score, *dict(worth.reasons).values()):
        assert 0 <= value <= 1
        assert value == round(value, 3)
