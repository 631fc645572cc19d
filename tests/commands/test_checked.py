"""Every command of ours looks through what it was given, and says in one sentence what is wrong: status 2, no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import scrapy
import scrapy_playwright
import scrapy_redis
from scrapy.settings import Settings

from jira_crawler.commands.known_settings import KNOWN, misspelt, wrong_setting
from tests.conftest import command

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


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (["verify", "-a", "projects=A1", "-s", "PAGE_SIZE=1e3"], {}, "PAGE_SIZE=1e3 is not a whole number"),
        (["verify", "A1"], {}, "Say what to verify with -a projects=KAFKA,SPARK"),
        (["verify", "-a", "projects=../etc"], {}, "is not a list of project keys"),
        (["crawl", "replay", "-s", "MIN_QUALITY=nan"], {}, "MIN_QUALITY=nan is not a number from 0 to 1."),
        (["crawl", "jira", "--projects", "A1"], {}, "There is no option --projects; scrapy crawl --help lists them."),
        (["crawl", "jira", "-a", "projects"], {}, "Invalid -a value, use -a NAME=VALUE"),
        (["crawl", "jira", "-L", "FOO"], {}, "LOG_LEVEL=FOO is not one of"),
        (["crawl", "jira", "--pidfile", "/nowhere/pid"], {}, "/nowhere/pid cannot be written"),
        (["export", "-s", "OUTPUT_DIR="], {}, "OUTPUT_DIR= is not the path of a folder."),
        (["stats"], {"STORE_URL": "sqlite://"}, "STORE_URL is not sqlite:///PATH"),
        (["merge", "-s", "LANGUAGES=klingon"], {}, "LANGUAGES=klingon is not codes of ar, bg"),
        (["merge", "-s", "COMIT_ISSUES=5"], {}, "There is no setting COMIT_ISSUES"),
        (["enqueue", "A1"], {"REDIS_URL": "localhost"}, "REDIS_URL is not redis://"),
        (["queue"], {"REDIS_URL": "http://me:sesame@h"}, "REDIS_URL is not redis://"),
        (["queue", "--all"], {}, "There is no option --all"),
        (["sandbox", "--projekts", "A1"], {}, "There is no option --projekts"),
        (["sandbox", "-s", "PAGE_SIZ=5"], {}, "There is no setting PAGE_SIZ; PAGE_SIZE is one."),
        (["demo", "-s", "LOG_FILE=/nowhere/x"], {}, "LOG_FILE=/nowhere/x is not"),
        (["demo", "\udcff"], {}, "\\udcff is not text in UTF-8."),
    ],
)
def test_each_command_says_it_in_one_sentence_that_names_it(arguments, env, said):
    done = command(*arguments, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    *log, sentence = done.stderr.splitlines()  # a spider's arguments are looked at by the spider, whose log is open
    assert sentence.startswith(f"scrapy {arguments[0]}: ")
    assert said in sentence
    assert not log or (arguments[0] == "verify" and log[0].endswith("(bot: jira_crawler)"))
    assert "sesame" not in done.stderr
