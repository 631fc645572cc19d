"""Scraping alone: the step is off unless it is asked for, and comes before anything that refines."""

from __future__ import annotations

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from jira_crawler import settings
from jira_crawler.pipelines.defer_refining import DeferRefining


def test_without_the_setting_the_step_is_not_there():
    with pytest.raises(NotConfigured):
        DeferRefining.from_crawler(get_crawler(settings_dict={"SCRAPE_ONLY": settings.SCRAPE_ONLY}))


def test_it_comes_after_validation_and_before_refining():
    steps = sorted(settings.ITEM_PIPELINES, key=settings.ITEM_PIPELINES.__getitem__)
    assert [step.rpartition(".")[2] for step in steps[:3]] == ["Validate", "DeferRefining", "Clean"]
