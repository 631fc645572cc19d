from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Issue
from jira_crawler.text import quality as scoring
from jira_crawler.text.quality import quality

Make = Callable[..., Issue]

RICH = "# Steps\n\n- one\n- two\n- three\n\n```\ncode\n```\n\n" + "A sentence that says something. " * 70


def test_the_weights_make_one() -> None:
    weights = (scoring.LENGTH, scoring.STRUCTURE, scoring.CODE, scoring.DISCUSSION, scoring.RESOLUTION)
    assert sum(weights) == 1


def test_a_bare_title_is_worth_nothing(make: Make) -> None:
    assert quality(make(title="Broken")) == 0


def test_a_full_report_with_talk_and_an_end_is_worth_all(make: Make) -> None:
    assert quality(make(description=RICH, comments=("Yes.",) * 4, resolution="Fixed")) == 1


def test_each_part_adds(make: Make) -> None:
    poor = make(title="Broken", description="It does not work at all since the last release, see below.")
    assert quality(poor) < quality(replace(poor, resolution="Fixed"))
    assert quality(poor) < quality(replace(poor, resolved=datetime(2024, 1, 1, tzinfo=UTC)))
    assert quality(poor) < quality(replace(poor, comments=make(comments=("Me too.",)).comments))
    assert quality(poor) < quality(
        make(title="Broken", description="It does not work at all `since` the last release.")
    )


def test_talk_of_programs_does_not_count(make: Make) -> None:
    assert quality(make(comments=(("Build failed", "Hadoop QA"),) * 4)) == quality(make())


@given(title=st.text(), description=st.text(), comments=st.lists(st.text()).map(tuple))
def test_it_lies_between_zero_and_one_and_has_three_digits(
    make: Make, title: str, description: str, comments: tuple[str, ...]
) -> None:
    score = quality(make(title=title, description=description, comments=comments))
    assert 0 <= score <= 1
    assert score == round(score, 3)
