"""Every command of ours looks through what it was given, and says in one sentence what is wrong: status 2, no more."""

from __future__ import annotations

import re
import signal
import warnings
from pathlib import Path

import pytest
import scrapy
import scrapy_playwright
import scrapy_redis
from scrapy.settings import Settings

from jira_crawler.commands.checked import ends_when_told
from jira_crawler.commands.known_settings import KNOWN, misspelt, wrong_setting

PARTS = {"EXTENSIONS": {"somebody.elses.Extension": 1}}


def given(values: dict[str, object], priority: str = "cmdline", **project: object) -> Settings:
    settings = Settings()
    settings.setmodule("jira_crawler.settings", priority="project")
    settings.setdict(project, priority="project")
    settings.setdict(values, priority=priority)
    return settings


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("COMIT_ISSUES", "COMMIT_ISSUES"),
        ("page_size", "PAGE_SIZE"),
        ("LANGUAGE", "LANGUAGES"),
        ("OUTPUT", "OUTPUT_DIR"),
        ("DOWNLOAD_DELAYS", "DOWNLOAD_DELAY"),
        ("HTTPCACHE_ENABLE", "HTTPCACHE_ENABLED"),
        ("REDIS_URI", "REDIS_URL"),
    ],
)
def test_a_misspelt_name_gets_the_one_that_was_meant(name, meant):
    assert misspelt(given({name: "5"})) == f"There is no setting {name}; {meant} is one."


def test_a_name_like_no_other_is_refused_without_a_proposal():
    assert misspelt(given({"XYZZY": "5"})) == "There is no setting XYZZY."


def test_names_of_what_we_stand_on_are_known():
    names = ("CLOSESPIDER_PAGECOUNT", "REDIS_PARAMS", "SCHEDULER_PERSIST", "PLAYWRIGHT_LAUNCH_OPTIONS", "JOBDIR")
    assert misspelt(given(dict.fromkeys(names, "1"))) == ""


def test_every_name_that_what_we_stand_on_reads_is_known():
    reading = re.compile(r"settings(?:\.get\w*\(|\[)\s*[\"']([A-Z][A-Z0-9_]+)[\"']")
    for package in (scrapy, scrapy_redis, scrapy_playwright):
        sources = [path.read_text("utf-8") for path in Path(package.__file__).parent.rglob("*.py")]
        names = {name for source in sources for name in reading.findall(source)}
        assert names - KNOWN == set()
        assert names


def test_where_parts_of_somebody_else_are_at_work_only_what_looks_like_ours_is_refused():
    assert misspelt(given({"XYZZY": "5"}, **PARTS)) == ""
    assert misspelt(given({"XYZZY": "5"}, SPIDER_MODULES=["jira_crawler.spiders", "mine.spiders"])) == ""
    assert "COMMIT_ISSUES is one" in misspelt(given({"COMIT_ISSUES": "5"}, **PARTS))


def test_a_settings_module_may_have_names_for_its_own_use():
    assert misspelt(given({}, XYZZY="5")) == ""
    assert "MIN_QUALITY is one" in misspelt(given({}, MINQUALITY=0.5))


def test_the_project_as_it_is_has_nothing_wrong():
    assert wrong_setting(given({}), None) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [("CLOSESPIDER_PAGECOUNT", "1.5"), ("COOKIES_ENABLED", "maybe"), ("DNS_TIMEOUT", "nan"), ("MAIL_PORT", "smtp")],
)
def test_other_settings_of_scrapy_are_read_as_their_defaults_are(name, value):
    assert wrong_setting(given({name: value}), None).startswith(f"{name}={value} is not ")


def test_a_command_checks_what_it_uses():
    settings = given({"PAGE_SIZE": "0"})
    assert wrong_setting(settings, ("OUTPUT_DIR",)) == ""
    assert wrong_setting(settings, None).startswith("PAGE_SIZE=0 ")


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_file_that_a_signal_leaves_open_is_not_complained_of(told):
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            ends_when_told()
            with pytest.raises(SystemExit) as end:
                signal.raise_signal(told)
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        warnings.warn("a file between its opening and its with", ResourceWarning, stacklevel=1)
    assert end.value.code == 128 + told
