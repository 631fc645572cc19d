"""Every question is answered or missed, whoever makes it vanish: a crawl that lost one is never complete."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from jira_crawler import settings
from tests.conftest import QUICK, Crawled
from tests.servers.hostile import Answer, Asked, Hostile, hostile
from tests.system.durability.trial import Nursery

HERE = "tests.system.durability.thieves"
SPIDER, DOWNLOADER, AROUND = "SPIDER_MIDDLEWARES", "DOWNLOADER_MIDDLEWARES", "EXTENSIONS"


def crawled(nursery: Nursery, folder: Path, jira: Hostile, **chosen: Any) -> Crawled:
    """Crawls in a fork; with `jql=` nothing is counted against a whole project, so only the answers tell."""
    options = QUICK | {"OUTPUT_DIR": str(folder / "output"), "STATE_DIR": str(folder / "state"), "RETRY_TIMES": "1"}
    options |= {"projects": "ACME", "site": jira.url, "PAGE_SIZE": "10"} | chosen
    parts = ["crawl", "jira"]
    for name, value in options.items():
        parts += ["-s" if name.isupper() else "-a", f"{name}={value}"]
    log = folder / "log"
    status = nursery.wait(nursery.start(parts, log))
    text = log.read_text(errors="replace")
    return Crawled(status, text, text, folder / "output")


def with_thief(kind: str, places: dict[str, int]) -> dict[str, str]:
    """The setting of ours with others in it, in JSON, as a command line gives it."""
    ours = dict(getattr(settings, kind)) if hasattr(settings, kind) else {}
    return {kind: json.dumps(ours | {f"{HERE}.{name}": place for name, place in places.items()})}


THIEVES = {
    "a spider middleware drops it": with_thief(SPIDER, {"Drops": 500}),
    "a spider middleware raises": with_thief(SPIDER, {"Breaks": 500}),
    "a spider middleware raises, and another one hushes it up": with_thief(SPIDER, {"Breaks": 500, "Hushes": 400}),
    "no callback sees its answer": with_thief(SPIDER, {"RaisesBefore": 500}),
    "a downloader middleware raises on the way out": with_thief(DOWNLOADER, {"RaisesOnTheWayOut": 100}),
    "a downloader middleware raises on the way back": with_thief(DOWNLOADER, {"RaisesOnTheWayBack": 100}),
    "a downloader middleware ignores its answer": with_thief(DOWNLOADER, {"Ignores": 580}),
    "an extension does not let it be scheduled": with_thief(AROUND, {"Filters": 500}),
    "the scheduler forgets it": {"SCHEDULER": f"{HERE}.Forgets"},
    "an item is dropped": with_thief(SPIDER, {"DropsItems": 500}),
}


@pytest.mark.parametrize("thief", THIEVES.values(), ids=list(THIEVES))
def test_a_crawl_that_loses_a_question_is_not_complete(nursery: Nursery, tmp_path: Path, thief: dict[str, str]) -> None:
    with hostile(30) as jira:
        done = crawled(nursery, tmp_path, jira, limit="25", **thief)
    assert done.status == 1, done.log
    assert not done.report["complete"]
    (said, *_) = done.report["missing"]
    assert len(said) <= 300
    assert "?" not in said, "what was asked may hold what is nobody's business"


def test_the_path_of_a_lost_question_is_named(nursery: Nursery, tmp_path: Path) -> None:
    with hostile(30) as jira:
        done = crawled(nursery, tmp_path, jira, limit="25", **THIEVES["a spider middleware drops it"])
    (said,) = done.report["missing"]
    assert said == "1 questions were not answered to the end, and nobody said why; one of them: /rest/api/2/search"


def test_what_a_thief_took_is_asked_by_the_next_run(nursery: Nursery, tmp_path: Path) -> None:
    """With JOBDIR, what left the frontier and never came back is still in it."""
    with hostile(30) as jira:
        chosen = {"JOBDIR": str(tmp_path / "job")}
        assert crawled(nursery, tmp_path, jira, **chosen, **THIEVES["no callback sees its answer"]).status == 1
        done = crawled(nursery, tmp_path, jira, **chosen)
    assert done.status == 0, done.log
    assert len(done.ids) == 30


# --- bodies that are not what they say


def garbled(often: int) -> Any:
    """A rule: what comes after the first page says that it is packed, and is not, so many times."""
    left = iter(range(often))

    def rule(asked: Asked) -> Answer | None:
        behind = "created >=" in asked.jql and not asked.is_count
        if (behind or "/issue/" in asked.path) and next(left, None) is not None:
            packed = zlib.compress(b'{"issues": []}') + b"!"
            return Answer(packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
        return None

    return rule


def test_a_body_that_cannot_be_unpacked_is_asked_for_again(nursery: Nursery, tmp_path: Path) -> None:
    with hostile(30, garbled(1)) as jira:
        done = crawled(nursery, tmp_path, jira, limit="25")
    assert done.status == 0, done.log
    assert len(done.ids) == 25


def test_a_body_that_can_never_be_unpacked_is_missed(nursery: Nursery, tmp_path: Path) -> None:
    with hostile(30, garbled(1000)) as jira:
        done = crawled(nursery, tmp_path, jira, limit="25")
    assert done.status == 1, done.log
    assert not done.report["complete"]
    assert "A part of ACME was not listed" in done.report["missing"][0]


# --- long questions


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_a_long_question_is_posted(nursery: Nursery, tmp_path: Path, dialect: str) -> None:
    """Addresses of more than 2,000 characters are refused on the way; bodies are not."""
    jql = "summary ~ " + " OR summary ~ ".join(f'"number {n}"' for n in range(400))
    with hostile(30, dialect=dialect) as jira:
        done = crawled(nursery, tmp_path, jira, jql=jql, PAGE_SIZE="7")
    assert done.status == 0, done.log
    assert len(done.ids) == 30
    posted = [asked for asked in jira.requests if len(asked.jql) > 2_000]
    assert len(posted) >= 6
    assert {asked.method for asked in posted} == {"POST"}
    (page, *_) = (json.loads(asked.body) for asked in posted if asked.is_page)
    expand = ["changelog", "names"] if dialect == "server" else "changelog,names"
    assert (page["fields"], page["expand"], page["maxResults"]) == (["*all"], expand, 7)
