"""An export replaces another export, and nothing else unless it is told to."""

from __future__ import annotations

from pathlib import Path

import fsspec
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.destination import STAGE, UNFINISHED, destination
from tests.unit.exports.test_export import JSONL, files, hashes, run


def test_an_earlier_export_is_replaced_whole(feeds, tmp_path):
    folder, to = feeds(), tmp_path / "out"
    run(folder, to, layout=JSONL)
    before = set(hashes(to))
    run(folder, to, "text")
    assert {name for name in hashes(to) if name.endswith("jsonl")} == set()
    assert before & set(hashes(to)) == {"README.md"}
    assert not list(tmp_path.glob(f".*{STAGE}"))


@pytest.mark.parametrize("name", ["notes.txt", "data/mine.parquet", "README.md"])
def test_what_is_not_ours_is_left_alone(feeds, tmp_path, name):
    folder, mine = feeds(), tmp_path / "out" / name
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(BadArgument, match=f"such as {name}: choose another place, or say --force"):
        run(folder, tmp_path / "out")
    assert [each.read_text() for each in files(tmp_path / "out")] == ["mine"]


def test_force_replaces_card_and_data_and_keeps_the_rest(feeds, tmp_path):
    folder, to = feeds(), tmp_path / "out"
    for name in (".git/config", "data/train-old.parquet", "README.md", "notes.txt"):
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_text("mine")
    run(folder, to, layout=JSONL, force=True)
    kept = {str(path.relative_to(to)) for path in files(to) if path.read_text() == "mine"}
    assert kept == {".git/config", "notes.txt"}
    assert (to / "README.md").read_text().startswith("---\n")
    assert {path.name.split("-")[0] for path in to.glob("data/*")} == {"train", "validation", "test"}


def test_what_a_killed_export_left_is_cleared(feeds, tmp_path):
    folder, to = feeds(), tmp_path / "deep" / "er" / "out"
    left = to.with_name(f".out{STAGE}") / "data"
    left.mkdir(parents=True)
    (left / "train-00000-of-00009.parquet").write_text("half")
    run(folder, to)
    assert [each.name for each in to.parent.iterdir()] == ["out"]
    assert not list(to.glob("data/*-of-00009.parquet"))


def test_an_export_that_was_killed_while_it_took_its_place_is_ours(feeds, tmp_path):
    folder, to = feeds(), tmp_path / "out"
    to.mkdir()
    (to / "README.md").write_text(UNFINISHED)
    run(folder, to)
    assert "unfinished" not in (to / "README.md").read_text()


def test_a_file_or_an_unwritable_place_is_told(feeds, tmp_path):
    folder = feeds()
    (tmp_path / "file").write_text("x")
    for to in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere/out"), Path("/")):
        with pytest.raises(BadArgument, match=r"\.$"):
            run(folder, to)


def test_any_fsspec_url_will_do(feeds, tmp_path):
    folder = feeds()
    run(folder, tmp_path / "here", layout=JSONL)
    run(folder, "memory://bucket/there", layout=JSONL)
    memory = fsspec.filesystem("memory")
    there = {path.removeprefix("/bucket/there/"): memory.cat(path) for path in memory.find("/bucket/there")}
    assert there == {str(path.relative_to(tmp_path / "here")): path.read_bytes() for path in files(tmp_path / "here")}
    run(folder, f"file://{tmp_path / 'url'}", layout=JSONL)
    assert hashes(tmp_path / "url") == hashes(tmp_path / "here")
    assert not (folder / STAGE).exists()


def test_an_unknown_protocol_is_told(feeds):
    with pytest.raises(BadArgument, match="Nothing can be exported to gopher://x/y: Protocol not known: gopher"):
        run(feeds(), "gopher://x/y")


def test_no_password_of_a_destination_is_said(feeds, monkeypatch):
    def quoting(*_: object) -> None:
        raise OSError("530 s3://KEY:SEC/hidden@bucket/x: SEC/hidden is wrong")

    monkeypatch.setattr(fsspec.core, "url_to_fs", quoting)
    where = destination("s3://KEY:SEC/hidden@bucket/x", feeds(), force=False)
    with pytest.raises(BadArgument, match="Nothing can be exported to s3://KEY:") as caught, where:
        pass
    assert "hidden" not in str(caught.value)
