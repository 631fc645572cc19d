"""Feeds, tables and exports are the same whoever makes them, though workers die and stores change, and made once."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from fake_jira import running
from jira_crawler import settings
from tests.conftest import QUICK, Crawled, command
from tests.integration.tables.lake import Lake
from tests.servers import ray, sail, seaweedfs
from tests.system.engines import dying

ISSUES = 130
SHARDS = r"(\d+) of (\d+) shards are as they were, (\d+) are made by (\w+)"


def scrapy(*command_line: str, folder: Path, **chosen: object) -> Crawled:
    given = {**QUICK, "OUTPUT_DIR": folder, "STATE_DIR": folder.parent / "state", "ENGINE_ISSUES": 20, **chosen}
    env = {name: str(given.pop(name)) for name in [*given] if name.startswith("RAY_AUTH")}
    done = command(
        *command_line, *(part for name, value in given.items() for part in ("-s", f"{name}={value}")), env=env
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Crawled(done.returncode, done.stdout, done.stderr, folder)


def made(crawled: Crawled) -> tuple[int, int, int]:
    """How many shards were there, of how many, and how many were made."""
    found = re.search(SHARDS, crawled.log)
    assert found, crawled.log
    return int(found[1]), int(found[2]), int(found[3])


def feeds(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.jsonl")}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a crawl that only scraped."""
    folder = tmp_path_factory.mktemp("pristine") / "output"
    with running(issues=ISSUES) as sandbox:
        asked = ("-a", f"site={sandbox.url}", "-a", "projects=DEMO,TOOLS")
        assert scrapy("crawl", "jira", *asked, folder=folder, SCRAPE_ONLY=1).status == 0
    return folder


@pytest.fixture(scope="module")
def truth(pristine: Path) -> dict[str, bytes]:
    """The feeds that a replay without any engine makes, in two processes."""
    folder = pristine.parent / "truth" / "output"
    shutil.copytree(pristine, folder)
    assert scrapy("replay", folder=folder, REFINE_PROCESSES=2).status == 0
    return feeds(folder)


@pytest.fixture(scope="module")
def truth_folder(pristine: Path, truth: dict[str, bytes]) -> Path:
    """The folder that those feeds are in."""
    return pristine.parent / "truth" / "output"


@pytest.fixture(scope="module")
def exported(truth_folder: Path) -> dict[str, bytes]:
    """What is exported of them without any engine."""
    to = truth_folder.parent / "dataset"
    switches = ("--format", "chat", "--tasks", "all", "--by-task", "--to", str(to))
    assert scrapy("export", *switches, folder=truth_folder).status == 0
    return dataset(to)


def dataset(folder: Path) -> dict[str, bytes]:
    # Trainers' files name the folder that they are in, and both are called so.
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> Path:
    shutil.copytree(pristine, tmp_path / "output")
    return tmp_path / "output"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """An empty bucket; whoever begins after it finds server and credentials in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in {
            "ENDPOINT_URL": seaweedfs.shared(),
            "ACCESS_KEY_ID": "any",
            "SECRET_ACCESS_KEY": "any",
        }.items():
            patch.setenv(f"AWS_{name}", value)
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        fsspec.filesystem("s3", skip_instance_cache=True).mkdir("engines")
        yield "s3://engines"


@pytest.fixture(scope="module")
def engines(bucket: str) -> Iterator[dict[str, dict[str, object]]]:
    """What each engine needs to be told."""
    with ray.running() as (address, entry), sail.running() as url:
        yield {
            "local": {"REFINE_PROCESSES": 2},
            "ray": {"RAY_ADDRESS": address, **entry},
            "spark": {"SPARK_REMOTE": url},
        }


@pytest.fixture(scope="module", params=["local", "ray", "spark"])
def engine(request: pytest.FixtureRequest, engines: dict[str, dict[str, object]]) -> dict[str, object]:
    return {"ENGINE": request.param, **engines[request.param]}


def test_every_engine_makes_the_same_bytes_and_nothing_twice(
    folder: Path, truth: dict[str, bytes], engine: dict[str, object]
) -> None:
    first = scrapy("replay", folder=folder, **engine)
    between = feeds(folder)
    again = scrapy("replay", folder=folder, **engine)

    assert (first.status, again.status) == (0, 0), first.log + again.log
    assert between == truth == feeds(folder)
    shards = made(first)[1]
    assert shards > 3
    assert (made(first), made(again)) == ((0, shards, shards), (shards, shards, 0))
    assert "written" not in json.dumps(again.report["dataset"]) or first.report["dataset"] == again.report["dataset"]


def test_every_engine_makes_the_same_tables_and_only_months_that_changed(
    engine: dict[str, object], tmp_path: Path
) -> None:
    lake, told = Lake(tmp_path / "output"), list[tuple[int, ...]]()
    for number in range(1, 9):
        lake.put(number, f"2024-0{(number + 1) // 2}")
    about = {"site": "acme", "issue_id": "4", "quality": 0.5, "language": "en"}
    line = json.dumps({"metadata": about}).encode() + b"\n"
    lake.placed(4, "ACME.jsonl", 0, len(line))
    (lake.output / "ACME.jsonl").write_bytes(line)

    for given in ("--engine", str(engine["ENGINE"])), (), ():
        done = scrapy("tables", "--rebuild", *given, folder=lake.output, **engine)
        assert done.status == 0, done.log
        found = re.search(r"(\d+) of (\d+) months are .*, (\d+) were made by (\w+), and 0 here", done.out)
        told.append(tuple(map(int, found.groups()[:3])) if found else ())
        if len(told) == 2:
            lake.put(6, "2024-03", summary="Another one")
    made = lake.bytes()
    shutil.rmtree(lake.folder)
    lake.up()

    assert told == [(0, 4, 4), (4, 4, 0), (3, 4, 1)]
    assert made == lake.bytes()
    assert lake.column("quality")[4] == 0.5
    lake.store.close()


def test_every_engine_exports_the_same_bytes_and_reads_nothing_twice(
    truth_folder: Path, exported: dict[str, bytes], engine: dict[str, object], bucket: str, tmp_path: Path
) -> None:
    switches, told = ["--format", "chat", "--tasks", "all", "--by-task", "--to", str(tmp_path / "dataset")], []
    if engine["ENGINE"] == "ray":  # whose workers read a copy
        fsspec.filesystem("s3").put([str(path) for path in truth_folder.glob("*.jsonl")], f"{bucket}/feeds/")
        switches += ["--feeds", f"{bucket}/feeds"]
    for _ in range(2):
        done = scrapy("export", *switches, folder=truth_folder, ENGINE_FOLDER=tmp_path / "shards", **engine)
        assert done.status == 0, done.log
        found = re.search(
            r"^(\d+) of (\d+) readings are .*, (\d+) were made by (\w+), and 0 here", done.out, re.MULTILINE
        )
        told.append(tuple(map(int, found.groups()[:3])) if found else ())

    assert dataset(tmp_path / "dataset") == exported
    readings = told[0][1]
    assert readings > 10
    assert told == [(0, readings, readings), (readings, readings, 0)]


@pytest.mark.parametrize("name", ["local", "ray"])  # Sail's workers are threads of the server
def test_workers_that_die_cost_nothing_but_time(
    folder: Path, truth: dict[str, bytes], engines: dict[str, dict[str, object]], name: str
) -> None:
    marks = folder.parent / "marks"
    marks.mkdir()
    ids = sorted(id_ for id_ in Crawled(0, "", "", folder).ids)
    for id_ in (ids[40], ids[90]):
        (marks / id_).touch()
    parts = json.dumps({**settings.ITEM_PIPELINES, dying.PATH: 50})

    done = scrapy("replay", "--engine", name, folder=folder, ITEM_PIPELINES=parts, DYING=marks, **engines[name])

    assert done.status == 0, done.log
    assert not [*marks.iterdir()]
    assert feeds(folder) == truth


def test_an_issue_that_kills_every_worker_is_a_reject(folder: Path, engines: dict[str, dict[str, object]]) -> None:
    ids = sorted(Crawled(0, "", "", folder).ids)
    (folder.parent / "marks" / ids[40]).mkdir(parents=True)
    given = {
        "ITEM_PIPELINES": json.dumps({**settings.ITEM_PIPELINES, dying.PATH: 50}),
        "DYING": folder.parent / "marks",
    }

    done = scrapy("replay", "--engine", "local", folder=folder, **given, **engines["local"])

    assert done.status == 0, done.log
    said = [each["reason"] for each in done.rejects if each["id"] == ids[40]]
    assert said == ["the process that refined it died of it"]
    assert "issues were refined here: they are not those that local was given" in done.log


def test_ray_refines_a_snapshot_in_a_bucket_where_nobody_has_the_store(
    folder: Path, truth: dict[str, bytes], bucket: str, engines: dict[str, dict[str, object]], tmp_path: Path
) -> None:
    taken = scrapy("snapshot", "--to", f"{bucket}/snapshot", folder=folder)
    shutil.rmtree(folder)
    given = {"ENGINE_FOLDER": f"{bucket}/shards", **engines["ray"]}

    first = scrapy("replay", "--engine", "ray", "--from", f"{bucket}/snapshot", folder=tmp_path / "new", **given)
    again = scrapy("replay", "--engine", "ray", "--from", f"{bucket}/snapshot", folder=tmp_path / "new", **given)

    assert (taken.status, first.status, again.status) == (0, 0, 0), taken.log + first.log + again.log
    assert feeds(tmp_path / "new") == truth
    assert made(first) == (0, made(again)[1], made(again)[0])
    assert made(again)[2] == 0
    assert sum(name.endswith(".shard") for name in fsspec.filesystem("s3").find("engines/shards")) == made(again)[1]


def test_what_is_forgotten_is_in_no_shard(folder: Path, engines: dict[str, dict[str, object]]) -> None:
    done = scrapy("replay", "--engine", "local", folder=folder, **engines["local"])
    assert scrapy("tables", "--rebuild", "--engine", "local", folder=folder, **engines["local"]).status == 0
    switches = ("--format", "issues", "--to", str(folder.parent / "dataset"), "--engine", "local")
    assert scrapy("export", *switches, folder=folder, **engines["local"]).status == 0

    def shards(of: str) -> int:
        return len([*folder.glob(f"engine/*{of}/*.json")])

    before = {of: shards(of) for of in ("", "-tables", "-exports")}
    key = done.examples[0]["metadata"]["issue_key"]

    forgotten = scrapy("forget", key, folder=folder)

    assert forgotten.status == 0, forgotten.log
    # Of exports: what was surveyed, what was written, and what both were told.
    assert {of: before[of] - shards(of) for of in before} == {"": 5, "-tables": 1, "-exports": 3}
    assert re.search(r"shards of an engine +5$", forgotten.out, re.MULTILINE)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"ENGINE": "dask"}, 2, "scrapy replay: ENGINE=dask is not one of local, ray, spark."),
        ({"ENGINE": "spark"}, 1, "The engine spark needs SPARK_REMOTE, such as sc://HOST:15002, or SPARK_MASTER."),
        ({"ENGINE": "spark", "SPARK_REMOTE": "sc://127.0.0.1:9"}, 1, "There is no Spark at sc://127.0.0.1:9: "),
        (
            {"ENGINE": "spark", "SPARK_MASTER": "local[2]"},
            1,
            "SPARK_MASTER needs the whole pyspark, which begins a JVM",
        ),
        ({"ENGINE": "ray", "RAY_ADDRESS": "127.0.0.1:9"}, 1, "There is no Ray at 127.0.0.1:9: "),
        ({"ENGINE": "local", "ENGINE_FOLDER": "/dev/null/x"}, 1, "ENGINE_FOLDER=/dev/null/x"),
    ],
    ids=["unknown", "nowhere", "no Spark", "no JVM", "no Ray", "no folder"],
)
def test_an_engine_that_cannot_be_had_is_one_sentence_and_nothing_is_lost(
    pristine: Path, given: dict[str, object], status: int, said: str
) -> None:
    before = feeds(pristine)

    done = scrapy("replay", folder=pristine, **given)

    assert done.status == status, done.log
    assert said in done.log + done.out
    assert feeds(pristine) == before
