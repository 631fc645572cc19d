"""`scrapy snapshot` and `scrapy replay --from`: the feeds of a store, made without it, byte for byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import select, update
from zstandard import compress, decompress

from fake_jira import running
from jira_crawler.store.database import connect
from jira_crawler.store.tables import issues
from tests.conftest import Crawled, command

ISSUES = 104  # two chunks


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """A whole crawl, and a snapshot of it; the tracker is gone."""
    folder = tmp_path_factory.mktemp("pristine")
    with running(issues=ISSUES) as sandbox:
        given = ("-a", f"site={sandbox.url}", "-a", "projects=DEMO,TOOLS", "-s", f"STATE_DIR={folder / 'state'}")
        done = scrapy("crawl", "jira", *given, output=folder / "output")
    assert done.returncode == 0, done.stderr
    taken = snapshot(folder / "output", folder / "snapshot")
    assert taken.returncode == 0, taken.stderr
    assert f"holds {ISSUES} issues in " in taken.stdout
    yield Crawled(done.returncode, done.stdout, done.stderr, folder / "output")


@pytest.fixture
def crawled(pristine: Crawled, tmp_path: Path) -> Crawled:
    """A copy of both, to change."""
    shutil.copytree(pristine.folder.parent, tmp_path, dirs_exist_ok=True)
    return replace(pristine, folder=tmp_path / "output")


def scrapy(*arguments: str, output: Path) -> CompletedProcess[str]:
    done = command(*arguments, "-s", f"OUTPUT_DIR={output}", "-s", "REFINE_PROCESSES=1")
    assert "Traceback" not in done.stderr, done.stderr
    return done


def snapshot(output: Path, to: Path | str) -> CompletedProcess[str]:
    done = command("snapshot", "--to", str(to), "-s", f"OUTPUT_DIR={output}")
    assert "Traceback" not in done.stderr, done.stderr
    return done


def feeds(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.jsonl"))}


def made_again(folder: Path) -> dict[str, bytes]:
    """The feeds of a replay of the store, from the first line on."""
    for path in folder.glob("*.jsonl"):
        path.unlink()
    assert scrapy("replay", output=folder).returncode == 0
    return feeds(folder)


def test_feeds_without_the_store_are_those_of_its_replay_byte_for_byte(crawled, tmp_path):
    wanted = made_again(crawled.folder)
    given = ("--from", str(tmp_path / "snapshot"))
    done = scrapy("replay", *given, "--engine", "local", output=tmp_path / "other")
    assert done.returncode == 0, done.stdout
    assert "were refined here" not in done.stderr  # the engine had all issues as the new store has them
    assert feeds(tmp_path / "other") == wanted
    report = json.loads((tmp_path / "other" / "replay.json").read_bytes())
    assert (report["complete"], report["listed"]) == (True, ISSUES)
    again = scrapy("replay", *given, output=tmp_path / "other")
    assert (again.returncode, feeds(tmp_path / "other")) == (0, wanted)


def test_its_own_store_is_refined_from_it_too(crawled, tmp_path):
    wanted = made_again(crawled.folder)
    for path in crawled.folder.glob("*.jsonl"):
        path.unlink()
    done = scrapy("replay", "--from", str(tmp_path / "snapshot"), output=crawled.folder)
    assert done.returncode == 0, done.stdout
    assert "are not those that" not in done.stderr  # all were refined as the snapshot has them
    assert feeds(crawled.folder) == wanted


def change(folder: Path, id_: str, **fields: object) -> None:
    engine = connect(f"sqlite:///{folder / 'store.sqlite'}")
    with engine.begin() as connection:
        chosen = issues.c.id == id_
        payload = json.loads(decompress(connection.execute(select(issues.c.payload).where(chosen)).scalar_one()))
        payload["fields"] |= fields
        new = {"payload": compress(json.dumps(payload).encode()), "version": "another", "since": 1_900_000_000_000}
        connection.execute(update(issues).where(chosen).values(**new))
    engine.dispose()


def test_what_changed_and_what_was_forgotten_comes_and_goes_with_the_next_one(crawled, tmp_path):
    other = tmp_path / "other"
    assert scrapy("replay", "--from", str(tmp_path / "snapshot"), output=other).returncode == 0
    first, second = (line["metadata"]["issue_id"] for line in (crawled.feeds["DEMO"][0], crawled.feeds["TOOLS"][0]))
    change(crawled.folder, first, summary="A title that no other issue has")
    forgotten = command("forget", second, "-s", f"OUTPUT_DIR={crawled.folder}")
    assert forgotten.returncode == 0, forgotten.stderr
    # The folder was copied: where its first snapshot was taken to is still what it says.
    assert "holds it until the next one: scrapy snapshot --to " in forgotten.stdout
    taken = snapshot(crawled.folder, tmp_path / "snapshot")
    assert "Written: 1 files, " in taken.stdout or "Written: 2 files, " in taken.stdout
    done = scrapy("replay", "--from", str(tmp_path / "snapshot"), output=other)
    assert done.returncode == 0, done.stdout
    ids = replace(crawled, folder=other).ids
    assert first in ids and second not in ids
    assert b"A title that no other issue has" in feeds(other)["DEMO.jsonl"]
    fresh = scrapy("replay", "--from", str(tmp_path / "snapshot"), output=tmp_path / "fresh")
    assert fresh.returncode == 0
    lines = [
        {name: sorted(feed.splitlines()) for name, feed in feeds(of).items()} for of in (other, tmp_path / "fresh")
    ]
    assert lines[0] == lines[1]
    engine = connect(f"sqlite:///{other / 'store.sqlite'}")
    with engine.begin() as connection:
        connection.execute(update(issues).values(run=1))
    engine.dispose()
    assert "was crawled into since" in scrapy("replay", "--from", str(tmp_path / "snapshot"), output=other).stdout


def test_of_a_torn_file_nothing_is_refined_and_it_is_named(crawled, tmp_path):
    torn = sorted((tmp_path / "snapshot" / "payloads").iterdir())[0]
    content = torn.read_bytes()
    for spoilt in (content[:-5], content[:-5] + b"12345"):
        torn.write_bytes(spoilt)
        done = scrapy("replay", "--from", str(tmp_path / "snapshot"), output=tmp_path / "other")
        assert done.returncode == 2
        assert f"{torn.name} of the snapshot at" in done.stderr
        assert not (tmp_path / "other" / "store.sqlite").exists()


def test_a_folder_of_other_issues_is_left_alone(crawled, tmp_path):
    other = tmp_path / "elsewhere"
    shutil.copytree(crawled.folder, other)
    (other / ".snapshots").unlink()
    engine = connect(f"sqlite:///{other / 'store.sqlite'}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE identities SET identity = 'another'")
    engine.dispose()
    before = feeds(other)
    done = scrapy("replay", "--from", str(tmp_path / "snapshot"), output=other)
    assert done.returncode == 1
    assert "holds issues of another store than the snapshot: set another OUTPUT_DIR." in done.stdout
    assert feeds(other) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("snapshot",), "Say where the snapshot is to be"),
        (("snapshot", "--to", "{}/new"), "There is no store in "),
        (("snapshot", "--to", "s3://me:secret@bucket/x"), "holds no user or password"),
        (("replay", "--from", "{}/nothing"), "holds no snapshot: there is no _snapshot.json"),
    ],
)
def test_what_cannot_be_is_one_sentence(tmp_path, arguments, said):
    done = scrapy(*(each.format(tmp_path) for each in arguments), output=tmp_path / "output")
    assert done.returncode == 2
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("scrapy ")]) == 1
    assert "secret" not in done.stderr
    assert not (tmp_path / "output" / "store.sqlite").exists()
