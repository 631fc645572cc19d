"""The feeds made again from the store: without a tracker, by any number of processes, and the same."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update
from zstandard import compress, decompress

from fake_jira import running
from jira_crawler.extensions.issue_rows import row as as_row
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine import chunk
from jira_crawler.refine import clean as module
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Refined, Rejected
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store
from jira_crawler.store.tables import issues
from tests.conftest import ROOT, Crawled, command
from tests.rounds import thorough

ISSUES = 110  # two chunks
SAME = ("written", "dropped", "examples", "leaks", "redacted", "dataset")  # in the reports of a crawl and its replay
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """A whole crawl, by whose end the tracker is gone."""
    folder = tmp_path_factory.mktemp("pristine")
    with running(issues=ISSUES, seed=6) as sandbox:
        done = scrapy("jira", folder / "output", site=sandbox.url, projects="DEMO,TOOLS", STATE_DIR=folder / "state")
        scraped = scrapy(
            "jira",
            folder / "scraped",
            site=sandbox.url,
            projects="DEMO,TOOLS",
            STATE_DIR=folder / "state",
            SCRAPE_ONLY=1,
        )
    assert (done.status, scraped.status) == (0, 0), done.log + scraped.log
    yield done


@pytest.fixture
def crawled(pristine: Crawled, tmp_path: Path) -> Crawled:
    """A copy of it, to change."""
    shutil.copytree(pristine.folder, tmp_path / "output")
    return replace(pristine, folder=tmp_path / "output")


@pytest.fixture
def scraped(pristine: Crawled, tmp_path: Path) -> Crawled:
    """A copy of a crawl of the same issues that only scraped."""
    shutil.copytree(pristine.folder.with_name("scraped"), tmp_path / "output")
    return replace(pristine, folder=tmp_path / "output")


def scrapy(spider: str, folder: Path, **chosen: object) -> Crawled:
    """Runs a spider; keywords in capitals are settings, others arguments."""
    arguments = ["-s", f"OUTPUT_DIR={folder}"]
    for name, value in chosen.items():
        arguments += ["-s" if name.isupper() else "-a", f"{name}={value}"]
    done = command("crawl", spider, *arguments)
    assert "Traceback" not in done.stderr, done.stderr
    return Crawled(done.returncode, done.stdout, done.stderr, folder)


def replay(crawled: Crawled, processes: int = 1, **chosen: object) -> Crawled:
    return scrapy("replay", crawled.folder, REFINE_PROCESSES=processes, **chosen)


def account(folder: Path) -> dict[str, object]:
    return json.loads((folder / "replay.json").read_bytes())


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.json*")) if path.name != "replay.json"}


def stored(folder: Path) -> dict[str, Row]:
    """Every row of a store by issue id, payloads compressed."""
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    rows = {row.id: row for chunk in store.chunks(100) for row in chunk}
    store.close()
    return rows


def change(folder: Path, id_: str, **fields: object) -> None:
    """Edits the stored payload of an issue, so that refining makes something else of it."""
    engine = connect(f"sqlite:///{folder / 'store.sqlite'}")
    with engine.begin() as connection:
        chosen = issues.c.id == id_
        payload = json.loads(decompress(connection.execute(select(issues.c.payload).where(chosen)).scalar_one()))
        payload["fields"] |= fields
        connection.execute(update(issues).where(chosen).values(payload=compress(json.dumps(payload).encode())))
    engine.dispose()


def lines_of(done: Crawled, id_: str) -> list[str]:
    return [json.dumps(line) for line in done.examples if line["metadata"]["issue_id"] == id_]


@pytest.mark.parametrize("processes", [1, 2])
def test_nothing_changes_where_nothing_changed_nor_the_state_of_a_crawl(crawled, tmp_path, processes):
    before, rows = files(crawled.folder), stored(crawled.folder)
    done = replay(crawled, processes, JOBDIR=tmp_path / "job")
    assert not (tmp_path / "job").exists()
    assert done.status == 0
    assert files(crawled.folder) == before
    assert stored(crawled.folder) == rows
    report, first = account(done.folder), done.report
    assert (report["complete"], report["listed"], report["requests"]) == (True, ISSUES, 0)
    assert {name: report[name] for name in SAME} == {name: first[name] for name in SAME}


@pytest.mark.parametrize("processes", [1, 2])
def test_feeds_that_are_gone_come_back_from_the_store_alone(pristine, crawled, processes):
    for path in crawled.folder.glob("*.jsonl"):
        path.unlink()
    done = replay(crawled, processes)
    assert done.status == 0
    assert done.sorted_feeds() == pristine.sorted_feeds()
    assert done.rejects == pristine.rejects
    rows = [{id_: replace(row, offset=None) for id_, row in stored(each.folder).items()} for each in (pristine, done)]
    assert rows[0] == rows[1]  # the crawl's own marks included: which one listed the issue, and when


def test_only_what_comes_out_differently_is_written(crawled):
    feed = crawled.folder / "DEMO.jsonl"
    one = next(line["metadata"]["issue_id"] for line in crawled.feeds["DEMO"])
    before, old = feed.read_bytes(), lines_of(crawled, one)
    change(crawled.folder, one, summary="A title that no other issue has", comment={"comments": [], "total": 0})
    done = replay(crawled, 2)
    new = lines_of(done, one)
    assert new
    assert not set(new) & set(old)
    kept = [line for line in before.decode().splitlines() if json.loads(line)["metadata"]["issue_id"] != one]
    assert feed.read_text("utf-8").splitlines()[: len(kept)] == kept  # in their old order, the new ones after them
    assert len(done.feeds["DEMO"]) == len(kept) + len(new)


def content(rows: dict[str, Row], id_: str) -> dict[str, object]:
    fields = json.loads(decompress(rows[id_].payload))["fields"]
    return {name: fields[name] for name in ("summary", "description", "comment")}


@pytest.mark.parametrize("processes", [1, *thorough(2)])
def test_of_new_duplicates_the_lowest_id_stays(crawled, processes):
    rows = stored(crawled.folder)
    refined = sorted((row.number, id_) for id_, row in rows.items() if not row.stage)
    low, high = refined[0][1], refined[-1][1]
    change(crawled.folder, low, **content(rows, high))
    done = replay(crawled, processes)
    assert lines_of(done, low)
    assert not lines_of(done, high)
    assert {each["id"]: each["reason"] for each in done.rejects}[high] == f"duplicate of {rows[low].key}"


@pytest.mark.parametrize("processes", [1, *thorough(2)])
def test_a_duplicate_whose_canonical_issue_changed_comes_back(crawled, processes):
    rows = stored(crawled.folder)
    loser = next(each for each in crawled.rejects if each["stage"] == "Deduplicate")
    key = loser["reason"].removeprefix("duplicate of ")
    canonical = next(row for row in rows.values() if row.key == key)
    change(crawled.folder, canonical.id, summary="A title that no other issue has")
    done = replay(crawled, processes)
    assert lines_of(done, canonical.id)
    # It is the lowest now, or another duplicate is.
    same = min(row.number for row in rows.values() if row.content == canonical.content and row.id != canonical.id)
    assert lines_of(done, str(same))


def test_an_empty_store_is_said_to_be_empty(tmp_path):
    done = scrapy("replay", tmp_path / "output")
    assert done.status == 1
    assert "INCOMPLETE: The store holds no issue." in done.out


def test_an_issue_that_was_removed_stays_removed(crawled):
    engine = connect(f"sqlite:///{crawled.folder / 'store.sqlite'}")
    one = crawled.examples[0]["metadata"]["issue_id"]
    gone = {"payload": b"", "stage": "removed", "reason": "deleted", "feed": None, "offset": None, "length": None}
    with engine.begin() as connection:
        connection.execute(update(issues).where(issues.c.id == one).values(**gone, content="", lines=""))
    engine.dispose()
    done = replay(crawled)
    assert done.status == 0
    assert account(done.folder)["listed"] == ISSUES - 1
    assert not lines_of(done, one)
    assert next(each for each in done.rejects if each["id"] == one)["stage"] == "removed"


def test_some_projects_only(crawled):
    before = crawled.sorted_feeds()
    for path in crawled.folder.glob("*.jsonl"):
        path.unlink()
    done = replay(crawled, projects="tools")
    assert done.status == 0
    assert done.sorted_feeds() == before  # for the other feed was lost
    counts = crawled.report["dataset"]["TOOLS"]
    assert account(done.folder)["listed"] == counts["in_feed"] + counts["rejected"]
    nothing = replay(crawled, projects="TOOLS,NONE")
    assert nothing.status == 1
    assert "INCOMPLETE: The store holds no issue of NONE." in nothing.out


@contextmanager
def under_way(crawled: Crawled) -> Iterator[subprocess.Popen[str]]:
    """A replay by two processes, in a process group of its own, that has begun to read."""
    arguments = ["crawl", "replay", "-s", f"OUTPUT_DIR={crawled.folder}", "-s", "REFINE_PROCESSES=2"]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "scrapy", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running_replay:
        until(lambda: len(group(running_replay.pid)) >= 4)  # itself, the fork server and its like, and one that refines
        yield running_replay


def group(leader: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, number = path.read_text().rpartition(")")[2].split()[:3]
            if int(number) == leader and state != "Z":
                found.append(int(path.parent.name))
    return found


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 600
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@needs_proc
def test_no_process_outlives_a_replay_that_was_killed(pristine, crawled):
    for path in crawled.folder.glob("*.jsonl"):
        path.unlink()
    with under_way(crawled) as running_replay:
        time.sleep(0.5)
        running_replay.kill()
        until(lambda: not group(running_replay.pid))
    assert replay(crawled, 2).status == 0
    assert crawled.sorted_feeds() == pristine.sorted_feeds()


@needs_proc
def test_an_interrupted_replay_says_so_and_the_next_one_ends_it(pristine, crawled):
    for _ in range(5):  # on a busy machine a replay may be through before it hears of it
        for path in crawled.folder.glob("*.jsonl"):
            path.unlink()
        with under_way(crawled) as running_replay:
            os.killpg(running_replay.pid, signal.SIGINT)  # as a terminal does, which means every process
            out, log = running_replay.communicate(timeout=600)
        assert "Traceback" not in log, log
        if running_replay.returncode != 0:
            break
    assert running_replay.returncode == 1
    assert "INCOMPLETE: The crawl was ended before it was complete (shutdown)." in out
    assert replay(crawled).status == 0
    assert crawled.sorted_feeds() == pristine.sorted_feeds()


def test_scraping_alone_stores_everything_and_refines_nothing(pristine, scraped):
    report = scraped.report
    assert (report["complete"], report["listed"], report["written"]) == (True, ISSUES, 0)
    assert report["dropped"] == {"Keep/not refined yet": ISSUES}
    assert report["proof"] == pristine.report["proof"]
    assert scraped.feeds == {}
    rows = stored(scraped.folder)
    assert rows.keys() == stored(pristine.folder).keys()
    assert all(json.loads(decompress(row.payload))["id"] == id_ for id_, row in rows.items())
    assert {(row.stage, row.version, row.content) for row in rows.values()} == {("Keep", "", "")}


@pytest.mark.parametrize("processes", [1, 2])
def test_scraping_and_then_replaying_is_a_crawl(pristine, scraped, processes):
    done = replay(scraped, processes)
    assert done.status == 0
    assert done.sorted_feeds() == pristine.sorted_feeds()
    assert done.rejects == pristine.rejects


def test_a_crawl_refines_what_was_only_scraped(crawl):
    with running(issues=16) as sandbox:
        whole = crawl(sandbox.url, folder="whole")
        crawl(sandbox.url, folder="scraped", SCRAPE_ONLY=1)
        done = crawl(sandbox.url, folder="scraped")
    assert (done.status, done.sorted_feeds()) == (0, whole.sorted_feeds())


def test_scraping_alone_keeps_the_lines_of_what_did_not_change(crawl):
    with running(issues=16) as sandbox:
        first = crawl(sandbox.url)
        one = first.examples[0]["metadata"]["issue_id"]
        before, lines = first.sorted_feeds(), lines_of(first, one)
        engine = connect(f"sqlite:///{first.folder / 'store.sqlite'}")
        with engine.begin() as connection:
            connection.execute(update(issues).where(issues.c.id == one).values(version="another"))
        engine.dispose()
        second = crawl(sandbox.url, SCRAPE_ONLY=1, full="true")
    assert (second.status, second.report["complete"]) == (0, True)
    assert second.report["dropped"]["Keep/not refined yet"] == 1
    assert {line for feed in before.values() for line in feed} - set(lines) == {
        line for feed in second.sorted_feeds().values() for line in feed
    }
    assert replay(second).sorted_feeds() == before


def test_a_fault_of_ours_costs_one_issue(pristine, monkeypatch):
    rows = list(stored(pristine.folder).values())[:3]
    clean, odd = module.clean, rows[1].key

    def broken(issue, policy):
        if issue.key == odd:
            raise TypeError("not like this")
        return clean(issue, policy)

    monkeypatch.setattr(module, "clean", broken)
    raws = [row.raw_issue() for row in rows]
    first, second, third = chunk.unpack(chunk.refine_chunk(chunk.pack(raws, DEFAULTS)))
    assert second == Rejected("pipelines", "TypeError: not like this")
    assert isinstance(first, Refined) and isinstance(third, Refined)


def test_refining_a_row_gives_the_row_of_the_crawl(pristine):
    rows = [row for row in stored(pristine.folder).values() if not row.stage and not row.canned][:20]
    for row in rows:
        raw = replace(row, payload=decompress(row.payload)).raw_issue()
        outcome = refine(raw, DEFAULTS)
        assert isinstance(outcome, Refined)
        became, lines = as_row(raw, row.run, outcome), outcome.lines
        assert replace(
            became, **{name: getattr(row, name) for name in ("since", "payload", "feed", "offset", "length", "cluster")}
        ) == (replace(row, lines=""))
        assert len(lines) == row.length
