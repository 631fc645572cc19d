"""`scrapy demo` uses nothing that is set up for real trackers, and removes nothing but what it has made itself."""

from __future__ import annotations

import os
import subprocess

import pytest

from jira_crawler.commands import demo
from jira_crawler.exceptions import BadArgument

SET_UP = {
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "JIRA_TOKEN": "sesame-made-up",
    "JIRA_CRAWLER_CONTACT": "mailto:somebody@example.org",
    "http_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "PYTHONSTARTUP": "/nowhere",
    "SCRAPY_CHECK": "1",
}


def test_a_crawl_is_given_a_clean_environment(monkeypatch):
    seen = {}

    def run(arguments, *, env, check):
        seen.update(env)
        return subprocess.CompletedProcess(arguments, 3)

    monkeypatch.setattr(subprocess, "run", run)
    for name, value in SET_UP.items():
        monkeypatch.setenv(name, value)
    assert demo.crawled(["crawl"]) == 3
    assert SET_UP.keys() & seen.keys() == set()
    assert seen["SCRAPY_SETTINGS_MODULE"] == "jira_crawler.settings"
    assert seen["PATH"] == os.environ["PATH"]


def test_the_folder_is_emptied_of_what_an_earlier_demo_has_left(tmp_path):
    folder = tmp_path / "demo"
    for _ in range(2):
        with demo.fresh(folder):
            assert [*folder.iterdir()] == []
            (folder / "DEMO.jsonl").write_text("{}\n")
    assert sorted(path.name for path in folder.iterdir()) == [demo.NOTE, "DEMO.jsonl"]


@pytest.mark.parametrize("note", [None, b"[]", b"broken", b'{"a": 1}', b'["../victim", "/victim", 5, "folder"]'])
def test_what_no_demo_has_left_is_left_alone(tmp_path, note):
    folder, victim = tmp_path / "demo", tmp_path / "victim"
    (folder / "folder").mkdir(parents=True)
    for path in (victim, folder / "DEMO.jsonl", folder / "folder" / "thesis.txt"):
        path.write_text("of great worth")
    if note is not None:
        (folder / demo.NOTE).write_bytes(note)
    with pytest.raises(BadArgument, match=r"holds what no demo has left, such as DEMO\.jsonl"), demo.fresh(folder):
        pytest.fail("it began")
    assert victim.exists()
    assert (folder / "DEMO.jsonl").exists()
    assert (folder / "folder" / "thesis.txt").exists()


def test_a_link_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "DEMO.jsonl").write_text("of great worth")
    (elsewhere / demo.NOTE).write_bytes(b'["DEMO.jsonl"]')
    (tmp_path / "demo").symlink_to(elsewhere)
    with pytest.raises(BadArgument, match="is a link to somewhere else"), demo.fresh(tmp_path / "demo"):
        pytest.fail("it began")
    assert (elsewhere / "DEMO.jsonl").exists()


def test_a_link_that_stands_in_the_place_of_a_feed_is_removed_and_not_its_target(tmp_path):
    folder, victim = tmp_path / "demo", tmp_path / "victim"
    with demo.fresh(folder):
        (folder / "DEMO.jsonl").write_text("{}\n")
    victim.write_text("of great worth")
    (folder / "DEMO.jsonl").unlink()
    (folder / "DEMO.jsonl").symlink_to(victim)
    with demo.fresh(folder):
        assert [*folder.iterdir()] == []
    assert victim.read_text() == "of great worth"
