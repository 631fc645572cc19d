"""ITEM_PIPELINES as everybody reads it who refines: the order, what is out, and what can be no step."""

from __future__ import annotations

from typing import Any, Self

import pytest
from scrapy.settings import Settings

from jira_crawler import settings as ours
from jira_crawler.exceptions import BadArgument
from jira_crawler.item_pipelines import steps
from jira_crawler.pipelines.clean import Clean
from jira_crawler.policy import DEFAULTS, STEPS, Policy

HERE = __name__
VALIDATE = "jira_crawler.pipelines.validate.Validate"


def made(parts: dict[Any, Any] | None = None, **more: object) -> Settings:
    """The project's settings, with some parts and settings more."""
    settings = Settings()
    settings.setmodule(ours)
    settings.set("ITEM_PIPELINES", ours.ITEM_PIPELINES | (parts or {}), priority="cmdline")
    settings.update(more, priority="cmdline")
    return settings


class Simple:
    def process_item(self, item: object) -> object:
        return item


class WithPolicy(Simple):
    def __init__(self, something: int):
        self.something = something

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        return cls(1)

    @classmethod
    def from_crawler(cls, crawler: object) -> Self:
        return cls(2)


class OfACrawlAlone(Simple):
    step = None

    def open_spider(self) -> None:
        """Only a crawl has a spider."""


class FromCrawler(Simple):
    @classmethod
    def from_crawler(cls, crawler: object) -> Self:
        return cls()


class WithArguments(Simple):
    def __init__(self, something: int):
        self.something = something


class Opened(Simple):
    def open_spider(self) -> None:
        """Asks for a spider."""


class Awaited:
    async def process_item(self, item: object) -> object:
        return item


class WithSpider:
    def process_item(self, item: object, spider: object) -> object:
        return item


class Nothing:
    pass


class BringsNothing(Simple):
    step = Nothing


class OnlyApplied:
    def apply(self, draft: object) -> object:
        return draft


class CleansMore(Clean):
    def process_item(self, item: Any) -> Any:
        return super().process_item(item)


class CleansTheSame(Clean):
    """Says no word of what becomes of an issue."""


def test_the_defaults_are_those_of_the_project():
    assert Policy.of(made()) == DEFAULTS


def test_numbers_are_the_order_whatever_the_order_of_writing():
    found = steps(made({Simple: 350, f"{HERE}.WithPolicy": 50, OfACrawlAlone: 60}))
    assert found == (f"{HERE}.WithPolicy", *STEPS[:3], f"{HERE}.Simple", *STEPS[3:])


def test_none_takes_a_part_out():
    policy = Policy.of(made({"jira_crawler.pipelines.deduplicate.Deduplicate": None}))
    assert policy.steps == tuple(step for step in STEPS if not step.endswith(".Deduplicate"))
    assert DEFAULTS.deduplicates and not policy.deduplicates


def test_a_part_that_only_has_another_name_brings_the_same_step():
    assert steps(made({"jira_crawler.pipelines.clean.Clean": None, CleansTheSame: 200})) == STEPS


@pytest.mark.parametrize(
    ("part", "why"),
    [
        (FromCrawler, "it is made by from_crawler and has no from_policy"),
        (WithArguments, "it cannot be made without arguments and has no from_policy"),
        (Opened, "it is opened and closed with a spider"),
        (Awaited, "its process_item has to be awaited"),
        (WithSpider, "its process_item asks for more than the item"),
        (Nothing, "it has no process_item"),
        (BringsNothing, "it has no process_item"),
        (OnlyApplied, "it has no process_item"),
        (CleansMore, "it changes what jira_crawler.pipelines.clean.Clean does and names no step of its own"),
    ],
)
def test_what_can_be_no_step_is_refused_in_one_sentence(part, why):
    with pytest.raises(BadArgument) as caught:
        steps(made({part: 350}))
    assert str(caught.value) == (
        f"ITEM_PIPELINES: {HERE}.{part.__name__} cannot be run wherever issues are refined: {why}. "
        "docs/adding-a-part.md says what a pipeline step is."
    )


def test_what_another_process_cannot_import_is_refused():
    class Local(Simple):
        pass

    with pytest.raises(BadArgument, match="another process cannot import it"):
        steps(made({Local: 350}))


@pytest.mark.parametrize(
    "part", ["nowhere.Nothing", f"{HERE}.Missing", f"{HERE}.VALIDATE", "jira_crawler.pipelines.clean.Nonsense"]
)
def test_what_is_not_there_is_a_sentence(part):
    with pytest.raises(BadArgument, match=r"^ITEM_PIPELINES cannot be read: .*\.$"):
        steps(made({part: 350}))


@pytest.mark.parametrize("part", [VALIDATE, "jira_crawler.pipelines.write_feeds.WriteFeeds"])
def test_without_a_beginning_and_an_end_nothing_comes_of_an_issue(part):
    with pytest.raises(BadArgument, match=f"^ITEM_PIPELINES lacks {part}, "):
        steps(made({part: None}))


def test_a_step_of_somebody_else_is_told_its_own_settings_and_no_others():
    policy = Policy.of(made(MY_LEAST=3, MY_NAME="x", MY_LIST=[1], STORE_URL="sqlite:///x", JOBDIR="job"))
    assert dict(policy.own) == {"MY_LEAST": 3, "MY_NAME": "x"}
    assert (policy.setting("MY_LEAST"), policy.setting("MY_OTHER", 7)) == (3, 7)
