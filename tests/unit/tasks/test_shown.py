from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Body, Issue, Original
from jira_crawler.tasks.prompts import LIMIT, cut, description, report
from jira_crawler.text.fences import open_fence

Make = Callable[..., Issue]


def test_a_report_is_title_and_description(make: Make) -> None:
    assert report(make(description="It stops.")) == "# The pump fails\n\nIt stops."
    assert report(make()) == "# The pump fails"


def test_a_report_is_shown_as_it_was_filed(make: Make) -> None:
    first = Original(title="Pump?", description=Body("Help!", "markdown"))
    issue = make(description="It stops since version 7.", original=first)
    assert report(issue) == "# Pump?\n\nHelp!"
    assert description(issue) == "Help!"
    assert report(make(description="Later.", original=Original(title="Pump?"))) == "# Pump?"


@pytest.mark.parametrize("first", ["The pump fails", "# the pump fails:", "**The pump fails!**"])
def test_a_first_line_that_repeats_the_title_goes(make: Make, first: str) -> None:
    assert description(make(description=f"{first}\n\nIt stops.")) == "It stops."


def test_a_first_line_that_says_more_stays(make: Make) -> None:
    assert description(make(description="The pump fails at night\nIt stops.")) == "The pump fails at night\nIt stops."


def test_what_is_too_long_loses_its_middle_visibly(make: Make) -> None:
    shown = report(make(description="word " * 10_000 + "end"))
    assert len(shown) <= LIMIT
    assert shown.startswith("# The pump fails\n\nword word")
    assert shown.endswith("word end")
    assert "characters left out …]" in shown


def test_what_was_cut_before_is_counted_again() -> None:
    text = "word " * 10_000
    once = cut(cut(text, 2_000), 1_000)
    count = int(once.partition("[… ")[2].partition(" ")[0].replace(",", ""))
    kept = len(once) - len(f"\n\n[… {count:,} characters left out …]\n\n")
    assert abs(count + kept - len(text)) <= 8  # the blanks at the edges


def test_a_block_of_code_that_is_cut_is_closed_and_opened_again() -> None:
    inside = "before\n\n~~~~java\n" + "code line\n" * 1_000 + "~~~~\n\nafter"
    head, _, tail = cut(inside, 1_000).partition("[… ")
    assert head.endswith("\n~~~~\n\n")
    assert " …]\n\n~~~~\n" in tail
    assert tail.endswith("~~~~\n\nafter")
    assert open_fence(cut(inside, 1_000)) == ""


@pytest.mark.parametrize(
    ("text", "fence"),
    [
        ("plain `code`", ""),
        ("```\ncode", "```"),
        ("```\ncode\n```", ""),
        ("````\n```\ncode", "````"),
        ("> ~~~\n> ```\n", "~~~"),
        ("`" * 50, "`" * 16),
    ],
)
def test_an_open_fence_is_known(text: str, fence: str) -> None:
    assert open_fence(text) == fence


@given(st.text(alphabet=st.sampled_from("ab \n`"), max_size=600))
def test_a_cut_keeps_whole_words_and_the_limit(text: str) -> None:
    short = cut(text, 200)
    assert len(short) <= 200
    if short != text:
        head, _, rest = short.partition("[… ")
        _, _, tail = rest.partition(" …]")
        assert set(head.split()) | set(tail.split()) <= set(text.split()) | {"`" * n for n in range(3, 17)}
