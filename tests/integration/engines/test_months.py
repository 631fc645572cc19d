"""Months that workers make are those that the store gives, byte for byte, whatever happens to either."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pytest

from jira_crawler.engines import month_work
from jira_crawler.engines.answers import DEADLY
from jira_crawler.engines.engine import Where
from jira_crawler.engines.job import Answer
from jira_crawler.engines.local import local
from jira_crawler.engines.month_job import MonthJob, MonthShards
from jira_crawler.engines.months import MonthsByEngine
from jira_crawler.engines.sources import address_of
from jira_crawler.engines.work import OTHER, work
from jira_crawler.exceptions import Refused
from jira_crawler.tables import manifest
from jira_crawler.tables.parquet import sha256_of
from jira_crawler.tables.remembered import NAME
from jira_crawler.tables.schemas import Column
from jira_crawler.tables.update import Options, Updated, update
from tests.engine_here import Here
from tests.integration.tables.lake import Flow, Lake, OwnColumn
from tests.servers.postgres import shared

FEED = "ACME.jsonl"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    """Six issues in three months, of which three are in a feed, one was removed, and one is not as it was."""
    made = Lake(tmp_path / "output")
    for number in range(1, 7):
        made.put(number, f"2024-0{(number + 1) // 2}")
    lines = b""
    for number, quality in (1, 0.25), (4, 1), (6, 0.5):
        about = {"site": "acme", "issue_id": str(number), "quality": quality, "language": "en"}
        line = json.dumps({"metadata": about}).encode() + b"\n"
        made.placed(number, FEED, len(lines), len(line))
        lines += line
    (made.output / FEED).write_bytes(lines)
    made.put(3, "2024-02", summary="Another one", comment={"comments": []})
    made.remove(5)
    yield made
    made.store.close()


def rebuilt(lake: Lake, engine: Here, **options: Any) -> tuple[Updated, MonthsByEngine]:
    by_engine = MonthsByEngine(
        engine.opened, "here", address_of(lake.output, ""), lambda store: str(lake.output.parent / "shards" / store)
    )
    return lake.up(rebuild=True, elsewhere=by_engine, **options), by_engine


def alone(lake: Lake, **options: Any) -> tuple[Updated, dict[str, str]]:
    """What the store alone gives, in a folder beside it: what an update came to, and the hash of every file."""
    folder = lake.output.parent / "alone"
    result = update(lake.store, lake.url, folder, lake.output, Options(rebuild=True, **options))
    names = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in (".lock", NAME)]
    return result, {str(path.relative_to(folder)): sha256_of(path) for path in names}


def counts(by_engine: MonthsByEngine) -> tuple[int, int, int]:
    return by_engine.as_they_were, by_engine.made, by_engine.here


def test_the_same_bytes_without_the_feeds_and_nothing_twice(lake: Lake) -> None:
    feed, first, again = lake.output / FEED, Here(), Here()

    def without_feeds(job: bytes) -> bytes:
        feed.rename(feed.with_suffix(".away"))
        try:
            return work(job)
        finally:
            feed.with_suffix(".away").rename(feed)

    first.doing = without_feeds
    result, made = rebuilt(lake, first)
    twice, there = rebuilt(lake, again)

    assert (result, lake.bytes()) == alone(lake)
    assert [value for _, value in sorted(lake.column("quality").items())] == [0.25, None, None, 1, None, 0.5]
    assert (counts(made), first.jobs) == ((0, 3, 0), 3)
    assert (counts(there), again.jobs, twice.files) == ((3, 0, 0), 0, 0)
    assert made.note == "0 of 3 months are as workers left them, 3 were made by here, and 0 here."


def test_only_what_is_another_is_made_again(lake: Lake) -> None:
    rebuilt(lake, Here())
    columns = {"acme": (OwnColumn(Column("points", "number"), "customfield_1"),)}
    flows = {"acme": Flow(done=frozenset({"resolved"}))}

    lake.put(2, "2024-01", summary="Another one")
    assert counts(rebuilt(lake, Here())[1]) == (2, 1, 0)
    (lake.output / FEED).write_bytes((lake.output / FEED).read_bytes().replace(b"0.25", b"0.75"))
    assert counts(rebuilt(lake, Here())[1]) == (2, 1, 0)
    assert lake.column("quality")[1] == 0.75
    lake.put(2, "2024-02", summary="Another one")  # was created later than was thought
    assert counts(rebuilt(lake, Here())[1]) == (1, 2, 0)
    for options in {"columns": columns}, {"columns": columns, "flows": flows}, {"redacted": True}:
        assert counts(rebuilt(lake, Here(), **options)[1]) == (0, 3, 0), options
        assert lake.bytes() == alone(lake, **options)[1], options
    lake.put(9, "2024-03", status=lake.status("77", "new", "Parked"))  # which histories of all months may name
    assert counts(rebuilt(lake, Here(), redacted=True)[1]) == (0, 3, 0)
    assert len([*(lake.output.parent / "shards").glob("*/*.json")]) == 3  # the others are of no use any more


def test_what_is_not_there_any_more_goes_as_it_does_alone(lake: Lake) -> None:
    rebuilt(lake, Here())
    alone(lake)
    for number in 1, 2:
        lake.put(number, "2024-04", worklog={"worklogs": []}, comment={"comments": []}, attachment=[])

    result, made = rebuilt(lake, Here())

    assert (result, lake.bytes()) == alone(lake)
    assert counts(made) == (2, 2, 0)
    assert lake.months() == ["2024-02", "2024-03", "2024-04"]


@pytest.mark.parametrize("what", ["died", "changed", "shard cut", "sidecar cut"])
def test_what_workers_do_not_make_is_made_here(lake: Lake, what: str) -> None:
    engine, shards, months = Here(), lake.output.parent / "shards", list[str]()
    if "cut" in what:
        rebuilt(lake, Here())
        for path in shards.glob("*/*.shard" if what == "shard cut" else "*/*.json"):
            path.write_bytes(path.read_bytes()[:-3])

    def doing(job: bytes) -> bytes | None:
        months.append(msgspec.msgpack.decode(job, type=MonthJob).month)
        if months[-1] != "2024-02":
            return work(job)
        if what == "changed":
            lake.put(4, "2024-02", summary="Meanwhile")
        return None if what == "died" else work(job)

    engine.doing = doing
    _, made = rebuilt(lake, engine)

    assert lake.bytes() == alone(lake)[1] if what != "changed" else lake.column("summary")[4] == "Meanwhile"
    assert counts(made) == ((0, 0, 3) if "cut" in what else (0, 2, 1))
    assert counts(rebuilt(lake, Here())[1]) == ((0, 3, 0) if "cut" in what else (2, 1, 0))
    assert lake.bytes() == alone(lake)[1]


@pytest.mark.parametrize("what", ["other code", "no store", "lost", "all die", "no place"])
def test_workers_that_can_make_nothing_are_one_sentence_and_the_tables_are_as_they_were(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    lake.up()
    before = lake.bytes()
    lake.put(1, "2024-01", summary="Another one")
    for number in range(20, 20 + DEADLY):
        lake.put(number, f"20{number}-01")
    engine, place = Here(), lake.output.parent / "shards"
    said = {
        "other code": f"A worker of here cannot make a month: {OTHER}.",
        "no store": "A worker of here cannot make a month: There is no store sqlite:////nowhere/store.sqlite: crawl "
        "first, or set STORE_URL.",
        "lost": f"What workers left in ENGINE_FOLDER={place}/{lake.store.identity} is not to be found: they and this "
        "machine have to reach the same place by that name.",
        "all die": "Workers of here die, whatever they are given.",
        "no place": f"ENGINE_FOLDER={place}/{lake.store.identity} cannot be used: Not a directory.",
    }

    def doing(job: bytes) -> bytes | None:
        asked = msgspec.msgpack.decode(job, type=MonthJob)
        if what == "no store":
            return work(
                msgspec.msgpack.encode(msgspec.structs.replace(asked, source="sqlite:////nowhere/store.sqlite"))
            )
        if what == "lost":
            return msgspec.msgpack.encode(Answer(asked.name))
        return None if what == "all die" else work(job)

    engine.doing = doing
    if what == "other code":
        monkeypatch.setattr(month_work, "month_code", lambda: "of yesterday")
    if what == "no place":
        place.touch()
    with pytest.raises(Refused) as raised:
        rebuilt(lake, engine)

    assert str(raised.value) == said[what]
    assert lake.bytes() == before


def test_what_arrow_does_not_hold_is_a_workers_sentence(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def bad(*_: object) -> None:
        raise pa.ArrowInvalid("Value too large\nfor a column")

    monkeypatch.setattr(month_work, "_files", bad)
    with pytest.raises(Refused, match=r"^A worker of here cannot make a month: Value too large\.$"):
        rebuilt(lake, Here())


def test_processes_make_months_and_what_is_forgotten_is_in_no_shard_of_its_month(lake: Lake) -> None:
    by_engine = MonthsByEngine(
        lambda: local(Where(1)), "local", address_of(lake.output, ""), lambda _: str(lake.output.parent / "shards")
    )
    lake.up(rebuild=True, elsewhere=by_engine)
    shards = MonthShards(str(lake.output.parent / "shards"))

    assert lake.bytes() == alone(lake)[1]
    assert counts(by_engine) == (0, 3, 0)
    assert (shards.forget("other", "3"), shards.forget("acme", "99"), shards.forget("acme", "3")) == (0, 0, 1)
    assert len(shards.there()) == 2
    assert {path.stat().st_mode & 0o077 for path in (lake.output.parent / "shards").iterdir()} == {0}


def test_what_is_interrupted_goes_on_from_the_months_that_are_there(lake: Lake) -> None:
    lake.up()
    before, asked = lake.bytes(), list[bytes]()

    def doing(job: bytes) -> bytes:
        asked.append(job)
        if len(asked) == 3:
            sys.exit(143)
        return work(job)

    lake.put(1, "2024-01", summary="Another one")
    with pytest.raises(SystemExit):
        rebuilt(lake, Here(doing))

    told = (lake.folder / manifest.NAME).read_bytes()
    assert hashlib.sha256(told).hexdigest() == before[manifest.NAME]
    assert counts(rebuilt(lake, Here())[1]) == (2, 1, 0)
    assert lake.bytes() == alone(lake)[1]


def test_months_of_a_store_on_postgres_are_made_without_its_password_in_any_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class OnPostgres(Lake):
        url = shared().create()

    def doing(job: bytes) -> bytes:
        jobs.append(job)
        return work(job)

    lake, jobs = OnPostgres(tmp_path / "output"), list[bytes]()
    for number in 1, 2, 3:
        lake.put(number, f"2024-0{number}")
    monkeypatch.setenv("STORE_URL", lake.url)
    by_engine = MonthsByEngine(
        Here(doing).opened,
        "here",
        address_of(lake.output, lake.url),
        lambda _: str(tmp_path / "shards"),
    )

    lake.up(rebuild=True, elsewhere=by_engine)

    assert (counts(by_engine), len(jobs)) == ((0, 3, 0), 3)
    assert not any(lake.url.split(":")[2].partition("@")[0].encode() in job for job in jobs)
    assert lake.bytes() == alone(lake)[1]
    lake.store.close()
