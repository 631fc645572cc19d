"""Answers that are too large, or larger than they look: bounded, asked for in smaller parts, never lost in silence."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd

from tests.conftest import QUICK, ROOT
from tests.servers.hostile import Answer, as_json, hostile, issue

MIB = 2**20
PACK = {"gzip": gzip.compress, "br": brotli.compress, "zstd": zstd.compress}


def packed(answer: Answer, name: str) -> Answer:
    return Answer(PACK[name](answer.body), answer.status, answer.headers | {"Content-Encoding": name})


def garbled(name: str, times: int) -> Any:
    """Lets so many pages of issues be cut in the middle of what they are packed in."""
    left = iter(range(times))

    def rule(asked):
        if asked.is_page and next(left, None) is not None:
            whole = packed(as_json({"total": 3, "issues": [], "startAt": 0}), name)
            return Answer(whole.body[:-9] + b"#" * 9, 200, whole.headers)
        return None

    return rule


@pytest.mark.parametrize("name", PACK)
def test_a_garbled_body_is_asked_for_again(crawl, name):
    with hostile(30, garbled(name, 1), page_cap=10) as jira:
        done = crawl(jira.url, projects="ACME")
    assert (done.status, len(done.ids)) == (0, 30)
    assert done.report["retries"] == 1


def test_a_body_that_stays_garbled_is_a_fault_also_where_nothing_is_counted(crawl):
    """With limit= no count would notice that a part never came."""

    def rule(asked):
        if asked.is_count or asked.path.endswith("serverInfo"):
            return None
        whole = packed(jira.honest(asked), "gzip")
        return Answer(whole.body[:-9] + b"#" * 9, 200, whole.headers)

    with hostile(3, rule) as jira:
        done = crawl(jira.url, projects="ACME", limit=2, RETRY_TIMES=1)
    assert (done.status, done.ids) == (1, set())
    assert "A part of ACME was not listed: a garbled body (gzip)." in done.out


def test_an_encoding_whose_name_is_no_text_loses_nothing(crawl):
    def rule(asked):
        if asked.is_count or asked.path.endswith("serverInfo"):
            return None
        return b"HTTP/1.1 200 OK\r\nContent-Encoding: \xff\xfe\r\nContent-Length: 3\r\n\r\n\xff{}"

    with hostile(3, rule) as jira:
        done = crawl(jira.url, projects="ACME", limit=2, RETRY_TIMES=1)
    assert (done.status, done.ids) == (1, set())
    assert "A part of ACME was not listed: broken JSON." in done.out


@pytest.mark.parametrize("name", ["", "gzip"])
def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones(crawl, name):
    """By its Content-Length, or only once it is unpacked."""
    issues = [issue(n, description=f"{n} " + "The broker loses its lease. " * 400) for n in range(1, 41)]

    def rule(asked):
        return packed(jira.honest(asked), name) if name else None

    with hostile(issues, rule) as jira:
        done = crawl(jira.url, projects="ACME", DOWNLOAD_MAXSIZE=100_000)
        sizes = [int(asked.params["maxResults"]) for asked in jira.requests if asked.is_page]
    assert (done.status, len(done.ids)) == (0, 40)
    assert "larger than 0.0954 MiB" in done.log
    assert min(sizes) < 10 < max(sizes)
    assert len(sizes) < 60


def test_an_issue_that_is_too_large_is_rejected_by_name_and_the_others_live(crawl):
    issues = [issue(n, description="The broker loses its lease. " * 4) for n in range(1, 21)]
    issues[6] = issue(7, description="x" * 200_000)

    def rule(asked):
        if not asked.is_listing:
            return None
        page = json.loads(jira.honest(asked).body)  # with the fields that were asked for, and no others
        few = [each | {"fields": {"created": each["fields"]["created"]}} for each in page["issues"]]
        return as_json(page | {"issues": few})

    with hostile(issues, rule) as jira:
        done = crawl(jira.url, projects="ACME", DOWNLOAD_MAXSIZE=100_000)
        alone = [asked for asked in jira.requests if "/issue/1007" in asked.path]
    assert done.status == 1, done.log
    assert [(each["key"], "larger than" in each["reason"]) for each in done.rejects if each["key"] == "ACME-7"] == [
        ("ACME-7", True)
    ]
    assert len(done.ids) == 20
    assert "ACME-7 cannot be fetched: its answer is larger than 0.0954 MiB (DOWNLOAD_MAXSIZE)" in done.out
    assert len(alone) <= 3  # what is too large is too large when it is asked for again


def test_a_page_for_people_may_be_16_mib_and_no_more(crawl):
    body = b"<html><title>x</title>" + b"<p>x</p>" * 3 * MIB

    def rule(asked):
        return (
            Answer(status=404) if asked.path == "/robots.txt" else Answer(body, headers={"Content-Type": "text/html"})
        )

    with hostile(1, rule) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="", keys="ACME-1", browser="never")
        assert len(jira.requests) == 2
    assert done.status == 1
    assert "The page of ACME-1 cannot be read: its answer is larger than 16 MiB (DOWNLOAD_MAXSIZE)" in done.out


# --- memory


def peak(url: str, folder: Path, spider: str, **arguments: Any) -> int:
    """Runs a crawl to its end and gives the most memory that its process ever held, in MiB."""
    chosen = QUICK | {"OUTPUT_DIR": folder / "output", "STATE_DIR": folder / "state", "RETRY_TIMES": "1"}
    command = [sys.executable, "-m", "scrapy", "crawl", spider, "-a", f"site={url}"]
    command += [part for name, value in arguments.items() for part in ("-a", f"{name}={value}")]
    command += [part for name, value in chosen.items() for part in ("-s", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss // 1024


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Half a megabyte that becomes five times of what it may take."""
    return gzip.compress(bytes(512 * MIB), compresslevel=6)


@pytest.mark.parametrize("where", ["rest", "robots"])
def test_a_bomb_costs_less_than_100_mib(tmp_path, where, bomb):
    assert len(bomb) < MIB
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    def rule(asked):
        if asked.path == "/robots.txt":
            return Answer(bomb, headers=headers) if where == "robots" else Answer(status=404)
        return Answer(bomb, headers=headers) if where == "rest" and asked.is_page else None

    spider, arguments = ("jira", {"projects": "ACME"}) if where == "rest" else ("jira_pages", {"keys": "ACME-1"})
    peaks = {}
    for name, chosen in (("honest", lambda asked: None), ("bomb", rule)):
        folder = tmp_path / name
        folder.mkdir()
        with hostile(3, chosen) as jira:
            peaks[name] = peak(jira.url, folder, spider, **arguments)
        assert "Traceback" not in (folder / "log").read_text()
    assert peaks["bomb"] - peaks["honest"] < 100, peaks
    report = json.loads((tmp_path / "bomb" / "output" / "report.json").read_bytes())
    if where == "robots":
        assert "says what robots may read, and cannot be read: its answer is larger than 1 MiB" in report["missing"][0]
