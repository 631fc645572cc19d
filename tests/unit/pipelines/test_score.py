"""What Score adds to a clean issue, and what it rejects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy.utils.test import get_crawler

from jira_crawler.items import Body, Issue, RawIssue
from jira_crawler.pipelines.score import Score
from jira_crawler.policy import Policy
from jira_crawler.refine.score import score
from jira_crawler.refine.step import DropIssue
from jira_crawler.settings import ITEM_PIPELINES

STEPS = {"ITEM_PIPELINES": ITEM_PIPELINES}
NOON = datetime(2024, 5, 17, 12, tzinfo=UTC)
RAW = RawIssue(site="s", base_url="", dialect="", project="P", id="1", key="P-1", payload=b"", fetched_at=NOON)
ENGLISH = "The pump stops working after the second restart, and nobody can see why it does not come back."
GERMAN = "Die Pumpe bleibt nach dem zweiten Neustart stehen, und niemand weiß, warum sie nicht mehr anläuft."


def issue(text: str) -> Issue:
    body = Body(text, "markdown")
    return Issue(
        site="s",
        id="1",
        key="P-1",
        project="P",
        url="",
        title="Pump",
        description=body,
        created=NOON,
        updated=NOON,
        raw=RAW,
    )


def reason(text: str, policy: Policy) -> str:
    with pytest.raises(DropIssue) as caught:
        score(issue(text), policy)
    assert caught.value.stage == "Score"
    assert caught.value.issue is not None
    assert caught.value.issue.content
    return caught.value.reason


def test_an_issue_learns_its_worth_and_why() -> None:
    made = score(issue(ENGLISH))
    assert 0 < made.quality < 1
    assert [name for name, _ in made.reasons] == [
        *("length", "structure", "code", "discussion", "resolution", "language", "boilerplate")
    ]
    assert made.language == "en"
    assert made.content


def test_below_the_least_quality_it_is_rejected() -> None:
    assert reason("asdf", Policy(min_quality=0.3)) == "quality below 0.3"
    assert score(issue(ENGLISH), Policy(min_quality=0.1)).quality >= 0.1


def test_in_another_language_it_is_rejected() -> None:
    assert reason(GERMAN, Policy(languages=("en", "fr"))) == "language not asked for: de"
    assert score(issue(GERMAN), Policy(languages=("en", "de"))).language == "de"
    assert score(issue("asdf"), Policy(languages=("en",))).language == ""


def test_scrapy_hands_over_the_settings() -> None:
    step = Score.from_crawler(get_crawler(settings_dict={"LANGUAGES": "EN, fr", "MIN_QUALITY": "0.25"} | STEPS))
    assert (step.own.policy.languages, step.own.policy.min_quality) == (("en", "fr"), 0.25)
    with pytest.raises(DropIssue, match="language not asked for: de"):
        step.process_item(issue(GERMAN))
