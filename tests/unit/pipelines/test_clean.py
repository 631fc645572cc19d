"""What Clean makes of an issue as a tracker sent it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from scrapy.utils.test import get_crawler

from jira_crawler.items import Body, Comment, Format, Issue, Original, Person, RawIssue
from jira_crawler.pipelines.clean import Clean
from jira_crawler.policy import Policy
from jira_crawler.refine.clean import clean
from jira_crawler.settings import ITEM_PIPELINES

STEPS = {"ITEM_PIPELINES": ITEM_PIPELINES}
NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
RAW = RawIssue(site="s", base_url="", dialect="", project="P", id="1", key="P-1", payload=b"", fetched_at=NOON)
NOTICE = "Integrated in Pumps-trunk #12 (See [https://ci.example/12/])\nPUMP-1. Renew the lease\n"
TRACE = "{noformat}\n" + "\n".join(f"\tat org.acme.Pump.turn(Pump.java:{n})" for n in range(500)) + "\n{noformat}"


def wiki(text: str) -> Body:
    return Body(text, "wiki")


def issue(*comments: tuple[str, str], **fields: Any) -> Issue:
    said = tuple(
        Comment(id=str(n), body=wiki(text), author=Person(id=name, name=name))
        for n, (name, text) in enumerate(comments)
    )
    plain = {"site": "s", "id": "1", "key": "P-1", "project": "P", "url": "", "title": "T", "created": NOON}
    return Issue(**(plain | {"updated": NOON, "raw": RAW, "comments": said} | fields))


def texts(made: Issue) -> list[str]:
    return [comment.body.source for comment in made.comments]


def test_programs_are_left_out_by_name_and_by_what_they_write() -> None:
    made = clean(issue(("Ann", "I see."), ("githubbot", "I see."), ("Ann", NOTICE), ("Bob", "So do I.")))
    assert texts(made) == ["I see.", "So do I."]


def test_where_they_are_wanted_they_stay_whole() -> None:
    made = clean(issue(("Ann", NOTICE), ("Hudson", NOTICE + "\n--\nHudson")), Policy(bot_comments=True))
    assert all("Renew the lease" in text for text in texts(made))
    assert texts(made)[1].endswith("Hudson")


def test_in_a_mixed_comment_the_words_stay() -> None:
    assert texts(clean(issue(("Ann", "Done, see below.\n\n" + NOTICE)))) == ["Done, see below."]


def test_an_empty_comment_is_no_programs() -> None:
    assert texts(clean(issue(("Ann", " ")))) == [""]


@pytest.mark.parametrize("limit", [20, 200])
def test_long_logs_are_cut_everywhere(limit: int) -> None:
    made = clean(
        issue(("Ann", TRACE), description=wiki(TRACE), environment=wiki(TRACE), release_note=wiki(TRACE)),
        Policy(log_lines=limit),
    )
    bodies = [made.description, made.environment, made.release_note, made.comments[0].body]
    for body in bodies:
        assert body is not None
        assert f"[… {501 - limit} lines left out …]" in body.source
        assert body.source.count("\n") == limit + 1


def test_no_limit_leaves_logs_whole() -> None:
    made = clean(issue(description=wiki(TRACE)), Policy(log_lines=0))
    assert made.description is not None
    assert made.description.source.count("\n") == 501


def test_a_report_loses_its_signature_and_so_does_the_one_first_filed() -> None:
    now, then = wiki("It stops.\n\n--\nAnn Lee"), wiki("It *fails*.\n\n--\nAnn Lee")
    made = clean(issue(description=now, original=Original(title=" T  t", description=then)))
    assert made.description == Body("It stops.", "markdown")
    assert made.original == Original(title="T t", description=Body("It **fails**.", "markdown"))
    same = clean(issue(description=now, original=Original(title="T", description=now)))
    assert same.original is not None
    assert same.original.description is same.description


@pytest.mark.parametrize("markup", ["wiki", "html", "markdown"])
def test_every_markup_is_cleaned(markup: Format) -> None:
    made = clean(replace(issue(), description=Body("It stops.", markup)))
    assert made.description == Body("It stops.", "markdown")


def test_scrapy_hands_over_the_settings() -> None:
    step = Clean.from_crawler(get_crawler(settings_dict={"LOG_LINES": 7, "BOT_COMMENTS": True} | STEPS))
    assert step.own.policy == Policy(log_lines=7, bot_comments=True)
    assert texts(step.process_item(issue(("Hudson", "Built.")))) == ["Built."]
