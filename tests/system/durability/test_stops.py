"""Told to stop: whatever a crawl waits for, it ends at once and in good order, and never as if it were complete."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUICK, ROOT
from tests.rounds import thorough
from tests.servers.hostile import Answer, Asked, as_json, hostile
from tests.system.durability.test_questions import crawled
from tests.system.durability.trial import Nursery

LONG = 3600  # seconds, which no test lives to see
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def from_the_second_page(answer: Answer | None) -> Any:
    """A rule: what comes after the first page is answered so, as long as the test has not changed its mind."""

    def rule(asked: Asked) -> Answer | None:
        return answer if answer and asked.is_page and "created >=" in asked.jql else None

    return rule


def start(nursery: Nursery, home: Path, url: str, **chosen: Any) -> int:
    options = QUICK | {"OUTPUT_DIR": str(home / "output"), "STATE_DIR": str(home / "state"), "MAX_PAUSE": str(LONG)}
    options |= {"projects": "ACME", "site": url, "PAGE_SIZE": "10"} | chosen
    parts = ["crawl", "jira"]
    for name, value in options.items():
        parts += ["-s" if name.isupper() else "-a", f"{name}={value}"]
    return nursery.start(parts, home / "log")


def report(home: Path) -> dict[str, Any]:
    return json.loads((home / "output" / "report.json").read_bytes())


# What a crawl can wait for: the answer that makes it, its settings, and the number of requests that come before.
WAITS = {
    "a pause": (as_json({}, 429, Retry_After=str(LONG)), {}, 4),
    "an answer": (Answer(seconds=LONG), {"DOWNLOAD_TIMEOUT": LONG}, 4),
    "a back-off": (as_json({}, 500), {"RETRY_BACKOFF": LONG, "RETRY_BACKOFF_MAX": LONG}, 4),
    # Longer than a crawl of these tests may take, and shorter than any machine has been up.
    "a delay": (None, {"DOWNLOAD_DELAY": 100}, 1),
}


@pytest.mark.parametrize(("wait", "number"), [*zip(WAITS.values(), SIGNALS * 2, strict=True)], ids=list(WAITS))
def test_one_signal_ends_a_crawl_that_waits(nursery: Nursery, tmp_path: Path, wait: Any, number: int) -> None:
    answer, chosen, asked = wait
    with hostile(30, from_the_second_page(answer)) as jira:
        pid = start(nursery, tmp_path, jira.url, **chosen)
        jira.wait_for(asked)
        nursery.signal(pid, number)
        status = nursery.wait(pid)
    log = (tmp_path / "log").read_text()
    assert status == 1, log
    assert f"Stopping: {signal.Signals(number).name} came" in log
    assert "Traceback" not in log
    assert report(tmp_path)["missing"] == ["The crawl was ended before it was complete (shutdown)."]
    assert len(jira.requests) == asked


def test_what_was_waited_for_is_asked_by_the_next_run(nursery: Nursery, tmp_path: Path) -> None:
    with hostile(30, from_the_second_page(as_json({}, 429, Retry_After=str(LONG)))) as jira:
        pid = start(nursery, tmp_path, jira.url, JOBDIR=tmp_path / "job")
        jira.wait_for(4)
        nursery.signal(pid, signal.SIGINT)
        assert nursery.wait(pid) == 1
        jira.rule = lambda asked: None
        done = crawled(nursery, tmp_path, jira, JOBDIR=tmp_path / "job")
    assert done.status == 0, done.log
    assert len(done.ids) == 30
    assert sum(asked.is_page and "ted >=" not in asked.jql for asked in jira.requests) == 1


@pytest.mark.parametrize("numbers", [SIGNALS, SIGNALS[:1] * 2, SIGNALS[1:] * 2], ids=str)
def test_two_signals_at_once_do_not_make_a_crawl_complete(nursery: Nursery, tmp_path: Path, numbers: Any) -> None:
    with hostile(30, lambda asked: None) as jira:
        assert crawled(nursery, tmp_path, jira).report["complete"]
        jira.rule = from_the_second_page(Answer(seconds=LONG))
        before = len(jira.requests)
        pid = start(nursery, tmp_path, jira.url, full="true")
        jira.wait_for(before + 4)
        for number in numbers:
            nursery.signal(pid, number)
        status = nursery.wait(pid)
    log = (tmp_path / "log").read_text()
    assert status == 1, log
    assert "Traceback" not in log
    assert not report(tmp_path)["complete"]


def test_a_kill_leaves_no_report_of_an_earlier_run(nursery: Nursery, tmp_path: Path) -> None:
    with hostile(30, lambda asked: None) as jira:
        assert crawled(nursery, tmp_path, jira).report["complete"]
        before = len(jira.requests)
        jira.rule = from_the_second_page(Answer(seconds=LONG))
        pid = start(nursery, tmp_path, jira.url, full="true")
        jira.wait_for(before + 4)
        nursery.signal(pid, signal.SIGKILL)
        nursery.wait(pid)
    assert report(tmp_path) == {
        "complete": False,
        "missing": ["The crawl is under way, or was ended before it could report."],
    }


# The moments of a start, by what has just been loaded or said.
MOMENTS = (
    r"\| +platformdirs$",  # by the settings
    r"\| +jira_crawler\.commands\.stopping$",
    r"\| +jira_crawler\.spiders\.tracker_spider$",
    r"Scrapy .* started",
    r"Spider opened",
    r"is a Jira",
)


@pytest.mark.parametrize(("moment", "number"), [*zip(MOMENTS, SIGNALS * 3, strict=True)])
def test_an_early_signal_is_a_sentence(tmp_path: Path, moment: str, number: signal.Signals) -> None:
    with hostile(30, from_the_second_page(Answer(seconds=LONG))) as jira:
        arguments = ["-a", "projects=ACME", "-a", f"site={jira.url}", "-s", f"OUTPUT_DIR={tmp_path / 'output'}"]
        arguments += ["-s", f"STATE_DIR={tmp_path / 'state'}", "-s", "PAGE_SIZE=10"]
        command = [sys.executable, "-W", "error", "-X", "importtime", "-m", "scrapy", "crawl", "jira", *arguments]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            lines = []
            try:
                for line in process.stderr:
                    lines.append(line)
                    if re.search(moment, line):
                        process.send_signal(number)
                        break
                else:
                    pytest.fail(f"It never came by {moment}: {''.join(lines)}")
                out, rest = process.communicate(timeout=600)
            finally:
                process.kill()  # one that did not hear would be waited for
    said = "".join(line for line in [*lines, *rest.splitlines(keepends=True)] if not line.startswith("import time"))
    assert process.returncode == 1, said
    assert re.search("Stopp(ed|ing)", said), said
    assert "Traceback" not in said + out, said
    left = tmp_path / "output" / "report.json"
    assert not left.exists() or not json.loads(left.read_bytes())["complete"]


# As a library that is being loaded may do it.
SWALLOWS = """
import os, sys
sys.argv = ["scrapy", "crawl", "jira"]
import jira_crawler
class Busy:  # as a stream is that is being written to
    def write(self, text):
        raise RuntimeError("reentrant call")
    def flush(self):
        pass
{busy}
try:
    os.kill(os.getpid(), {number})
    print("It goes on.")
except BaseException:
    print("It goes on, too.")
"""


BUSY = "sys.stderr = Busy()"  # something is being written


@pytest.mark.parametrize(
    ("number", "busy"),
    [(signal.SIGINT, ""), (signal.SIGTERM, BUSY), *thorough((signal.SIGTERM, ""), (signal.SIGINT, BUSY))],
)
def test_an_early_signal_is_not_swallowed(number: signal.Signals, busy: str) -> None:
    command = [sys.executable, "-c", SWALLOWS.format(number=int(number), busy=busy)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    said = "scrapy crawl: Stopped before anything was begun.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)
