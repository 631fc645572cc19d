"""A shard is done when its sidecar says so and its bytes are those: whatever was killed, lost or made twice."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from jira_crawler.engines.job import Entry, Sidecar
from jira_crawler.engines.shards import SHARD, SIDECAR, Shards, address, packed
from jira_crawler.exceptions import Refused
from jira_crawler.refine.outcome import Rejected
from jira_crawler.refine.source import Range

ENTRIES = [Entry("1", b"one", Rejected("Clean", "empty")), Entry("2", b"two", Rejected("Clean", "empty"))]


def leave(shards: Shards, name: str, entries: list[Entry], first: str = "1", last: str = "2") -> str:
    shard = packed(entries)
    told = hashlib.sha256(shard).hexdigest()
    part = Range("example", first, last, len(entries), "f")
    shards.leave(name, Sidecar(
        rows=2, bytes=len(shard), sha256=told, policy="p", code="c", range=part, fingerprint="f"
    ), shard)  # fmt: skip
    return told


@pytest.fixture
def shards(tmp_path: Path) -> Shards:
    return Shards(str(tmp_path / "shards"))


def test_what_is_left_twice_is_there_once(shards: Shards, tmp_path: Path) -> None:
    told = leave(shards, "a", ENTRIES)
    leave(shards, "a", ENTRIES)

    assert shards.done("a")
    assert shards.read("a") == {"1": ENTRIES[0], "2": ENTRIES[1]}
    assert {path.name for path in (tmp_path / "shards").iterdir()} == {"a" + SIDECAR, told + SHARD}
    assert [path.stat().st_mode & 0o077 for path in (tmp_path / "shards").rglob("*")] == [0, 0]


@pytest.mark.parametrize("damage", ["shard cut", "shard gone", "sidecar cut", "sidecar empty"])
def test_what_is_damaged_is_not_done_and_made_again(shards: Shards, tmp_path: Path, damage: str) -> None:
    told = leave(shards, "a", ENTRIES)
    shard, sidecar = tmp_path / "shards" / (told + SHARD), tmp_path / "shards" / ("a" + SIDECAR)
    if damage == "shard gone":
        shard.unlink()
    else:
        file = shard if damage == "shard cut" else sidecar
        file.write_bytes(b"" if damage == "sidecar empty" else file.read_bytes()[:-3])

    assert not shards.done("a")
    assert shards.read("a") == {}
    assert shards.there() == set()  # so the next one asks for it again
    leave(shards, "a", ENTRIES)
    assert shards.done("a")


def test_a_shard_without_a_sidecar_is_not_done(shards: Shards, tmp_path: Path) -> None:
    leave(shards, "a", ENTRIES)
    (tmp_path / "shards" / ("a" + SIDECAR)).unlink()

    assert not shards.done("a")
    leave(shards, "a", ENTRIES)
    assert shards.done("a")


def test_only_what_is_ours_and_of_no_job_is_swept(shards: Shards, tmp_path: Path) -> None:
    leave(shards, "a", ENTRIES)
    leave(shards, "b", ENTRIES[:1])
    (tmp_path / "shards" / "half.new").touch()
    (tmp_path / "shards" / "notes.txt").touch()

    shards.sweep(["b"])

    assert (shards.done("a"), shards.done("b")) == (False, True)
    assert len([*(tmp_path / "shards").iterdir()]) == 3
    assert (tmp_path / "shards" / "notes.txt").exists()


def test_what_is_forgotten_is_in_no_shard(shards: Shards, tmp_path: Path) -> None:
    leave(shards, "a", ENTRIES)
    leave(shards, "b", ENTRIES[:1], "3", "4")

    assert [shards.forget("other", "1"), shards.forget("example", "5"), shards.forget("example", "15")] == [0, 0, 1]
    assert (shards.done("a"), shards.done("b")) == (False, True)
    assert len([*(tmp_path / "shards").iterdir()]) == 2


def test_a_folder_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Refused, match=r"^ENGINE_FOLDER=.*/file/x cannot be used: Not a directory\.$"):
        Shards(str(tmp_path / "file" / "x"))


def test_each_store_has_a_place_of_its_own(tmp_path: Path) -> None:
    assert address("s3://bucket/some/", tmp_path, "id") == "s3://bucket/some/id"
    assert address("", tmp_path, "id") == f"{tmp_path}/engine/id"
    assert address(f"{tmp_path}/shared", tmp_path, "id") == f"{tmp_path}/shared/id"
