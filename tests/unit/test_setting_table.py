"""What settings may be: every setting of ours is in one table, which the page shows and every value is held against."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy.settings import default_settings

from jira_crawler import settings
from jira_crawler.configuration.kinds import excerpt, is_text
from jira_crawler.configuration.page import page
from jira_crawler.configuration.table import KINDS, OURS, first_wrong

ROOT = Path(__file__).parent.parent.parent
DEFAULTS = {name: getattr(settings, name, None) for name in KINDS} | {"LOG_FILE": None, "JOBDIR": None}
# What Scrapy has defaults for, and we leave alone.
DEFAULTS |= {name: getattr(default_settings, name) for name, value in DEFAULTS.items() if value is None}


def wrong(name: str, value: object) -> str:
    return first_wrong({name: value}, [name])


def test_every_setting_of_ours_is_in_the_table():
    theirs = {*vars(default_settings), "SCHEDULER_QUEUE_CLASS"}  # which is of scrapy-redis
    ours = {name for name in vars(settings) if name.isupper()} - theirs
    assert {setting.name for setting in OURS} == ours
    assert len(OURS) == len(ours)


def test_the_page_is_made_from_the_table():
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert page(text) == text, "python -m jira_crawler.configuration.page docs/settings.md"


def test_a_page_without_a_place_for_the_table_is_not_touched():
    with pytest.raises(ValueError, match="no heading"):
        page("# Settings\n")


def test_the_defaults_are_what_they_may_be():
    assert first_wrong(DEFAULTS, [*KINDS]) == ""


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("MIN_QUALITY", ["2", "-0.1", "nan", "inf", "", "half", "0,5", "1_0", 2, float("nan"), True, None]),
        ("LANGUAGES", ["klingon", "en;de", "en de", "tlh", 5, ["en", "xx"]]),
        ("COMMIT_SECONDS", ["0", "-1", "nan", "inf", "1e308", "1e-9", "", 0, -1.0]),
        ("COMMIT_ISSUES", ["0", "-1", "1.5", "abc", "9" * 5_000, 10**9, 0]),
        ("PAGE_SIZE", ["0", "-5", "1.5", "1e3", "1_000", "²", "٣", " 5", "5 ", "", "0x10", 1.0, True, "9" * 5_000]),
        ("SLICE_ISSUES", ["-1", "0", "5k"]),
        ("SCRAPE_ONLY", ["maybe", "yes", "", "2", "TRUE", None]),
        ("STAY", ["on", "-1"]),
        ("OUTPUT_DIR", ["", "  ", "a\0b", "\udcff", "x" * 5_000, None, __file__]),
        ("STORE_URL", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true", "mysql://u:p@h/d"]),
        ("STORE_URL", ["store.sqlite", "sqlite", "postgresql+asyncpg://h/d", "postgresql://h:port/d", None]),
        ("REDIS_URL", ["127.0.0.1:6379", "http://h", "redis://h:port/0", "redis://h:99999/0", "redis://h/production"]),
        ("REDIS_URL", ["redis://[::1/0", "redis://", "redis://h/0?socket_timeout=soon", "redis", None]),
        ("CONTACT", ["a\nb", "\x1b[2J", "x" * 201]),
        ("BROWSER_PATH", ["/", "a\0b"]),
        ("DAILY_BUDGET", ["-1", "many"]),
        ("LIVE_HOST", ["", "127.0.0.1 ", "http://h", "h/x", "ü", "x" * 254, None]),
        ("LIVE_PORT", ["-1", "65536", "http", ""]),
        ("WEBHOOK_BYTES", ["0", "1023", "1e6", str(2**27 + 1)]),
        ("AUDIT_DAYS", ["0", "7", "1.5", "4000"]),
        ("REFINE_PROCESSES", ["-1", "100000"]),
        ("CONCURRENT_REQUESTS", ["0", "-1", "2.5"]),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", ["0"]),
        ("DOWNLOAD_DELAY", ["-1", "nan", "soon"]),
        ("DOWNLOAD_TIMEOUT", ["0", "-1", "inf"]),
        ("RETRY_TIMES", ["-1", "1.5", "often"]),
        ("LOG_LEVEL", ["FOO", "debug", "", "10", None]),
        ("LOG_FILE", ["", "/nowhere/crawl.log", "/", "a\0b"]),
        ("JOBDIR", ["", __file__]),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(name, values):
    for value in values:
        said = wrong(name, value)
        assert said.startswith(name), value
        assert said.endswith(f" is not {KINDS[name].words}."), value
        assert len(said) < 400, value
        assert said.isprintable(), value


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("MIN_QUALITY", ["0", "1", "0.25", ".5", "1.", "5e-1", 1]),
        ("LANGUAGES", ["", "en", "EN, de", ["en", "fr"], "en,"]),
        ("PAGE_SIZE", ["1", "1000", "+5", 7]),
        ("SCRAPE_ONLY", ["0", "1", "True", "true", "False", "false", 0, 1, True]),
        ("OUTPUT_DIR", ["output", "a/b/../c", ".", Path("x")]),
        ("STORE_URL", ["", "sqlite:///x.sqlite", "sqlite:////a/x", "postgresql://h/d", "postgresql+psycopg://u:p@h/d"]),
        ("REDIS_URL", ["", "redis://h", "redis://:pw@h:6379/3", "rediss://u:p@h/", "unix:///run/redis.sock?db=2"]),
        ("LOG_FILE", [None, "crawl.log", "/dev/null"]),
        ("JOBDIR", [None, "state/"]),
        ("BROWSER_PATH", ["", "/usr/bin/chromium"]),
    ],
)
def test_what_makes_sense_is_taken(name, values):
    assert [value for value in values if wrong(name, value)] == []


@pytest.mark.parametrize("name", ["STORE_URL", "REDIS_URL"])
def test_what_may_hold_a_password_is_not_said(name):
    assert "sesame" not in wrong(name, "nosuch://me:sesame@host:port/x?password=sesame")


def test_a_value_is_shown_in_part_and_without_what_a_terminal_would_obey():
    assert wrong("PAGE_SIZE", "\x1b[2J").startswith("PAGE_SIZE=\\x1b[2J is not")
    assert excerpt("ä\udcff") == "ä\\udcff"
    assert len(excerpt("9" * 5_000)) == 101
    assert [is_text(text) for text in ("ä😀", "", "a\0", "\udcff")] == [True, True, False, False]
