"""What workers read of the feeds is exported byte for byte as without them, whatever happens to workers and feeds."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from jira_crawler.engines import reading_work
from jira_crawler.engines.engine import Engine, Where
from jira_crawler.engines.job import Answer
from jira_crawler.engines.local import local
from jira_crawler.engines.reading_job import ReadingJob, ReadingShards
from jira_crawler.engines.readings import ReadingsByEngine
from jira_crawler.engines.work import OTHER, work
from jira_crawler.exceptions import Refused
from jira_crawler.exports.benchmarks import Grams
from jira_crawler.exports.export import export
from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.options import Choice, ExportOptions
from jira_crawler.exports.shards import Layout
from jira_crawler.exports.source import Source
from tests.engine_here import Here
from tests.unit.exports import test_duplicates, test_preference
from tests.unit.exports.conftest import Line, issue, write_feeds
from tests.unit.exports.talk import lines

SIZE = 10
LEARNABLE = Choice(diet=True, min_value=0.0)


def several() -> list[list[Line]]:
    """Issues of which there is something to export in every format, in three feeds."""
    compared = [lines(replace(each, project="ABC")) for each in test_duplicates.tracker()]
    more = [issue(number, "ACME" if number % 3 else "OTHER") for number in range(200, 240)]
    return [*test_preference.several(), *compared, *more]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_feeds(tmp_path_factory.mktemp("feeds") / "output", several())


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    return shutil.copytree(pristine, tmp_path / "output")


def exported(folder: Path, kind: str = "chat", **more: Any) -> dict[str, str]:
    """The hash of every file that an export leaves, without an engine."""
    to = folder.parent / "alone" / "dataset"
    with Source(folder) as source:
        export(source, ExportOptions(format=kind, to=str(to), **more))
    return hashes(to)


def by_engine(
    folder: Path, engine: Callable[..., Any], kind: str = "chat", feeds: str = "", **more: Any
) -> tuple[dict[str, str], tuple[int, int, int]]:
    """The same with an engine; and how many readings were as they were, made by workers, and made here."""
    to = folder.parent / "by-engine" / "dataset"
    with (
        Source(folder) as source,
        ReadingsByEngine(
            source, lambda _: None, engine, "here", feeds or str(folder), lambda _: str(folder.parent / "shards"), SIZE
        ) as read,
    ):
        export(source, ExportOptions(format=kind, to=str(to), **more), read=read)
    return hashes(to), (read.as_they_were, read.made, read.here)


def hashes(to: Path) -> dict[str, str]:
    files = [path for path in sorted(to.rglob("*")) if path.is_file()]
    return {str(path.relative_to(to)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_has_the_same_bytes(folder: Path, kind: str) -> None:
    options: dict[str, Any] = {"choice": LEARNABLE, "layout": Layout(files="jsonl", most_rows=20)}
    options |= {"split_by": "time", "shares": (60, 20, 20)} if kind in ("threads", "preference") else {}
    options |= {"split_by": "none"} if kind == "triplets" else {}
    options |= {"layout": Layout(most_rows=20), "by_task": True} if kind == "alpaca" else {}

    made, counts = by_engine(folder, Here().opened, kind, **options)

    assert made == exported(folder, kind, **options)
    assert counts[1] > 10
    assert counts[::2] == (0, 0)


def test_lists_and_texts_that_are_left_out_reach_workers(folder: Path) -> None:
    unlike = Grams(["the broker of issue 203 does not give up its lease after all that was said of it"])
    options: dict[str, Any] = {
        "choice": Choice(without=frozenset({"ACME-200", "ACME-202"}), unlike=unlike),
        "split_by": "none",
    }

    assert by_engine(folder, Here().opened, "issues", **options)[0] == exported(folder, "issues", **options)


def test_nothing_is_read_twice_and_only_what_is_another(folder: Path) -> None:
    first = by_engine(folder, Here().opened)
    again, counts = by_engine(folder, Here().opened)
    assert (again, counts) == (first[0], (first[1][1], 0, 0))

    jobs = list[ReadingJob]()

    def doing(job: bytes) -> bytes:
        jobs.append(msgspec.msgpack.decode(job, type=ReadingJob))
        return work(job)

    shutil.rmtree(folder)
    write_feeds(folder, [*several(), issue(500)])
    made, counts = by_engine(folder, Here(doing).opened)
    assert made == exported(folder)
    assert {job.feed for job in jobs} == {"ACME.jsonl"}
    assert counts[0] > counts[1] == len(jobs)
    by_engine(folder, Here().opened, "text")
    assert by_engine(folder, Here().opened)[1][0] == 0  # what the last export needed is all that is there


@pytest.mark.parametrize("what", ["died", "shard cut", "sidecar cut"])
def test_what_workers_do_not_read_is_read_here(folder: Path, what: str) -> None:
    asked, shards = list[bytes](), folder.parent / "shards"
    if "cut" in what:
        by_engine(folder, Here().opened)
        for path in shards.glob("*.shard" if what == "shard cut" else "*.json"):
            path.write_bytes(path.read_bytes()[:-3])

    def doing(job: bytes) -> bytes | None:
        asked.append(job)
        return None if what == "died" and len(asked) % 5 == 2 else work(job)

    made, counts = by_engine(folder, Here(doing).opened)

    assert made == exported(folder)
    assert counts[2] > 0
    assert by_engine(folder, Here().opened)[0] == made


@pytest.mark.parametrize(
    "what", ["away", "other code", "lost", "all die", "no place", "no feeds", "other feeds", "damaged"]
)
def test_workers_that_can_read_nothing_are_one_sentence_and_what_was_exported_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    exported(folder)
    before = hashes(folder.parent / "alone" / "dataset")
    place, elsewhere = folder.parent / "shards", folder.parent / "elsewhere"
    cannot = "A worker of here cannot read the feeds: "
    said = {
        "away": "There is no such engine any more.",
        "other code": f"{cannot}{OTHER}.",
        "lost": f"What workers left in ENGINE_FOLDER={place} is not to be found: they and this machine have to reach "
        "the same place by that name.",
        "all die": "Workers of here die, whatever they are given.",
        "no place": f"ENGINE_FOLDER={place} cannot be used: File exists.",
        "no feeds": f"{cannot}there is no ABC.jsonl in {elsewhere}: workers have to reach the feeds, or a copy of "
        "them, by that name.",
        "other feeds": f"{cannot}ABC.jsonl is not as it was, or another one there than here.",
        "damaged": f"{cannot}ACME.jsonl is damaged at byte 0: move it away, and scrapy crawl replay makes it again.",
    }

    def doing(job: bytes) -> bytes | None:
        if what == "lost":
            return msgspec.msgpack.encode(Answer(msgspec.msgpack.decode(job, type=ReadingJob).name))
        if what == "away":
            raise RuntimeError("connection lost")
        return None if what == "all die" else work(job)

    @contextmanager
    def opened() -> Iterator[Engine]:
        try:
            yield Here(doing)
        except RuntimeError as error:
            raise Refused("There is no such engine any more.") from error

    if what == "other code":
        monkeypatch.setattr(reading_work, "export_code", lambda: "of yesterday")
    if what == "all die":
        monkeypatch.setattr("jira_crawler.engines.answers.DEADLY", 3)
    if what == "no place":
        place.touch()
    if what == "other feeds":
        shutil.copytree(folder, elsewhere)
        feed = elsewhere / "ABC.jsonl"
        feed.write_bytes(feed.read_bytes().replace(b"Pump", b"Bump"))
    if what == "damaged":
        feed = folder / "ACME.jsonl"
        feed.write_bytes(b"?" + feed.read_bytes()[1:])
    with pytest.raises(Refused) as raised:
        by_engine(folder, opened, feeds=str(elsewhere) if "feeds" in what else "")

    assert str(raised.value) == said[what]
    assert hashes(folder.parent / "alone" / "dataset") == before
    assert not (folder.parent / "by-engine" / "dataset").exists()
    assert not [*folder.parent.glob("by-engine/.*")]


def test_what_cannot_be_swept_is_swept_the_next_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ReadingShards, "sweep", lambda *_: (_ for _ in ()).throw(Refused("The disk is gone.")))
        made, _ = by_engine(folder, Here().opened, "text")

    assert made == exported(folder, "text")
    names = len([*(folder.parent / "shards").iterdir()])
    by_engine(folder, Here().opened, "issues")
    assert len([*(folder.parent / "shards").iterdir()]) <= names


def test_what_is_interrupted_goes_on_from_the_shards_that_are_there(folder: Path) -> None:
    asked = list[bytes]()

    def doing(job: bytes) -> bytes:
        asked.append(job)
        if len(asked) == 7:
            sys.exit(143)
        return work(job)

    with pytest.raises(SystemExit):
        by_engine(folder, Here(doing).opened)
    made, counts = by_engine(folder, Here().opened)

    assert (made, counts[0]) == (exported(folder), 6)


def test_processes_read_them_and_what_is_forgotten_is_in_no_shard(folder: Path) -> None:
    made, counts = by_engine(folder, lambda: local(Where(1)), choice=LEARNABLE)
    shards = ReadingShards(str(folder.parent / "shards"))
    names = len(shards.there())

    assert made == exported(folder, choice=LEARNABLE)
    assert counts[1] > 5
    assert {path.stat().st_mode & 0o077 for path in (folder.parent / "shards").iterdir()} == {0}
    assert 0 < shards.forget("example", "200") < names


def test_jobs_hold_neither_where_the_export_goes_nor_who_is_asked(folder: Path) -> None:
    jobs = list[bytes]()

    def doing(job: bytes) -> bytes:
        jobs.append(job)
        return work(job)

    by_engine(folder, Here(doing).opened, contact="whom@example.org")
    shards = ReadingShards(str(folder.parent / "shards"))
    names = {msgspec.msgpack.decode(job, type=ReadingJob).wanted for job in jobs}
    told = [zstandard.decompress(shards.content(name) or b"") for name in names]

    assert all(b"chat" in each for each in told)
    for secret in (b"by-engine", b"whom@example.org"):
        assert not any(secret in each for each in (*jobs, *told))
