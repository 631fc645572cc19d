"""A snapshot holds what can be refined, only what changed is written, and whoever dies leaves a whole one."""

from __future__ import annotations

import errno
import hashlib
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.snapshot import payload_file
from jira_crawler.snapshot.folder import Folder
from jira_crawler.snapshot.manifest import FILES, NAME
from jira_crawler.snapshot.source import Snapshot
from jira_crawler.store.payloads import identities
from jira_crawler.store.rows import KEPT, Row
from tests.integration.snapshot.stocked import Killed, Mortal, Stocked, a_row, manifest, whole
from tests.servers.postgres import shared


@pytest.fixture
def stocked(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Stocked]:
    database = getattr(request, "param", "sqlite")
    made = Stocked(tmp_path / "output", shared().create() if database == "postgres" else "")
    made.put(*range(1, 41))
    made.put(1, 2, 3, site="other")
    yield made
    made.store.close()


@pytest.fixture
def place(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "snapshot")


def opened(place: Folder, *projects: str) -> Snapshot:
    return Snapshot(place, place.name, projects)


def raw(row: Row) -> tuple[str, object]:
    return row.id, row.raw_issue()


def held(source: Snapshot) -> list[tuple[str, object]]:
    return [(issue.id, issue.raw) for part in source.ranges() for issue in source.read(part)]


def in_order(*rows: Row) -> list[tuple[str, object]]:
    return [raw(row) for row in sorted(rows, key=lambda row: row.identity)]


ALL = [a_row(n) for n in range(1, 41)] + [a_row(n, "other") for n in (1, 2, 3)]


@pytest.mark.parametrize("stocked", ["sqlite", "postgres"], indirect=True)
def test_it_holds_every_issue_as_it_came_in_the_order_of_site_and_id(stocked, place):
    taken = stocked.take(place)
    source = opened(place)
    assert held(source) == in_order(*ALL)
    assert taken.files == len(taken.manifest.files) > 5
    assert taken.manifest.through == stocked.store.changes.latest()
    assert all(file.rows <= 8 for file in taken.manifest.files)
    assert source.counted() == {"ACME": 22, "TOOLS": 21}
    assert held(opened(place, "ACME")) == held(source)  # for all were asked for by it
    assert held(opened(place, "TOOLS")) == in_order(*(row for row in ALL if row.project == "TOOLS"))
    assert held(opened(place, "NONE")) == []
    within = identities(stocked.store.engine, ("acme", "38"), ("other", "1"), ("TOOLS",))
    assert within == [("acme", "4"), ("acme", "40"), ("acme", "6"), ("acme", "8")]
    assert identities(stocked.store.engine, ("other", "1"), None) == [("other", "2"), ("other", "3")]


def test_only_what_changed_is_written_again_and_nothing_else_is_touched(stocked, place):
    stocked.take(place)
    before = manifest(place)
    again = stocked.take(place)
    assert (again.files, again.removed, manifest(place)) == (0, 0, before)
    stocked.put(*range(1, 41), fetched_at=1_900_000_000_000, run=2)  # listed again, and as they were
    assert stocked.take(place).files == 0
    stocked.put(7, text="Another one", fetched_at=1_900_000_000_000)
    one = stocked.take(place)
    assert (one.files, one.removed) == (1, 1)
    stocked.put(8, payload=b'{"a": "counter that moved"}', fetched_at=1_900_000_000_001)  # and is of the same version
    assert stocked.take(place).files == 1
    stocked.put(1000, version="", stage=KEPT)  # waits to be refined
    assert stocked.take(place).files in (1, 2)
    stocked.put(1000, version="", stage=KEPT, text="Yet another one that is longer", fetched_at=1_900_000_000_001)
    assert stocked.take(place).files == 1
    assert whole(place)
    assert sorted(path.name for path in place.files.iterdir()) == sorted(file.name for file in manifest(place).files)


def test_what_is_gone_or_forgotten_is_not_in_it_any_more(stocked, place):
    stocked.take(place)
    stocked.store.progress.remove("acme", "5", "deleted (status 410)")
    (found,) = stocked.store.erasure.find("ACME-9")[:1]
    stocked.store.erasure.erase(found, 1)
    stocked.take(place)
    assert held(opened(place)) == in_order(*(row for row in ALL if row.identity not in {("acme", "5"), found.identity}))
    left = b"".join(path.read_bytes() for path in place.files.iterdir())
    assert left.count(b"PAR1") == 2 * len(manifest(place).files)


def test_others_read_the_files(stocked, place):
    stocked.take(place)
    found = duckdb.sql(
        f"SELECT site, id, epoch_ms(fetched_at), json_extract_string(decode(payload), '$.fields.summary') "
        f"FROM read_parquet('{place.files}/*.parquet') ORDER BY site, id"
    ).fetchall()
    told = [(row.site, row.id, row.fetched_at, json.loads(row.payload)["fields"]["summary"]) for row in ALL]
    assert found == sorted(told)


def test_only_its_owner_reads_it(stocked, place):
    stocked.take(place)
    for path in (place.folder, *place.folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_whoever_dies_at_any_step_leaves_a_whole_one_and_the_next_ends_it(stocked, place):
    stocked.take(place)
    before = manifest(place)
    stocked.put(7, 25, text="Another one", fetched_at=1_900_000_000_000)
    stocked.put(100, 200)
    for steps in range(100):
        mortal = Mortal(place, steps)
        try:
            stocked.take(mortal)
        except Killed:
            found = whole(place)
            assert found.files == before.files or held(opened(place)) == in_order(
                *(row for row in ALL if row.identity not in {("acme", "7"), ("acme", "25")}),
                *(a_row(n, text="Another one", fetched_at=1_900_000_000_000) for n in (7, 25)),
                *(a_row(n) for n in (100, 200)),
            )
        else:
            break
    assert 4 < steps < 99
    assert sorted(path.name for path in place.files.iterdir()) == sorted(file.name for file in whole(place).files)


def test_a_first_one_that_is_killed_is_gone_on_with(stocked, place):
    with pytest.raises(Killed):
        stocked.take(Mortal(place, 3))
    with pytest.raises(BadArgument, match=rf"holds no snapshot: there is no {NAME}"):
        opened(place)
    stocked.take(place)
    assert held(opened(place)) == in_order(*ALL)
    assert len(list(place.files.iterdir())) == len(manifest(place).files)


def test_a_full_disk_leaves_what_was_there(stocked, place, monkeypatch):
    stocked.take(place)
    before = manifest(place)
    stocked.put(7, text="Another one", fetched_at=1_900_000_000_000)
    monkeypatch.setattr(payload_file.TableFile, "publish", full)
    with pytest.raises(OSError, match="No space"):
        stocked.take(place)
    assert whole(place) == before
    assert len(list(place.files.iterdir())) == len(before.files)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_that_is_torn_or_missing_is_named_and_written_again(stocked, place):
    stocked.take(place)
    torn, gone, changed, *_ = (place.files / file.name for file in manifest(place).files)
    torn.write_bytes(torn.read_bytes()[:-9])
    with pytest.raises(BadArgument, match=rf"{torn.name} of the snapshot at .* has [\d,]+ bytes instead of [\d,]+"):
        opened(place).check()
    gone.unlink()
    with pytest.raises(BadArgument, match=rf"{gone.name} of the snapshot at .* is not there"):
        list(opened(place).read(list(opened(place).ranges())[1]))
    assert stocked.take(place).files == 2
    opened(place).check()
    content = bytearray(changed.read_bytes())
    content[9] ^= 1
    changed.write_bytes(content)
    for look in (opened(place).check, lambda: list(opened(place).read(list(opened(place).ranges())[2]))):
        with pytest.raises(BadArgument, match=rf"{changed.name} of the snapshot at .* has another content: "):
            look()
    changed.unlink()
    assert stocked.take(place).files == 1
    opened(place).check()


def test_one_that_is_replaced_under_a_reader_says_so(stocked, place):
    stocked.take(place)
    source = opened(place)
    ranges = list(source.ranges())
    stocked.put(*range(1, 41), text="Another one", fetched_at=1_900_000_000_000)
    first = source.read(ranges[0])
    next(first)
    stocked.take(place)
    assert len(list(first)) == ranges[0].count - 1  # what is open stays readable
    with pytest.raises(Refused, match="was replaced while it was read: begin again"):
        list(source.read(ranges[1]))
    with pytest.raises(Refused, match="was replaced while it was read: begin again"):
        list(opened(place).read(ranges[1]))
    long_open = opened(place)  # by a worker that is there for one run after the other
    stocked.put(*range(1, 41), text="Yet another", fetched_at=1_900_000_000_001)
    stocked.take(place)
    assert [list(long_open.read(part)) for part in opened(place).ranges()]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no manifest of a snapshot, or a broken one"),
        (b'{"format":1,"store":"x","through":1}', "is no manifest of a snapshot, or a broken one"),
        (b'{"format":2}', "is of format 2, and this version of jira_crawler knows 1"),
        (b"[" * 100_000, "is no manifest of a snapshot, or a broken one"),
    ],
)
def test_a_manifest_that_is_none_of_ours_is_refused(stocked, place, content, said):
    stocked.take(place)
    (place.folder / NAME).write_bytes(content)
    with pytest.raises(BadArgument, match=said):
        opened(place)
    with pytest.raises(BadArgument, match=said):
        stocked.take(place)


def elsewhere(files: list[dict[str, str]]) -> None:
    files[0]["name"] = "../../output/store.sqlite"


def overlapping(files: list[dict[str, str]]) -> None:
    files[1]["first"] = files[0]["last"]


@pytest.mark.parametrize("spoil", [elsewhere, overlapping, list.reverse])
def test_a_manifest_that_leads_astray_is_refused(stocked, place, spoil):
    stocked.take(place)
    told = json.loads((place.folder / NAME).read_bytes())
    spoil(told["files"])
    (place.folder / NAME).write_bytes(json.dumps(told).encode())
    with pytest.raises(BadArgument, match="is no manifest of a snapshot"):
        opened(place)


def test_what_cannot_be_read_is_one_sentence(stocked, place, tmp_path):
    stocked.take(place)
    first, second, *_ = manifest(place).files
    (tmp_path / "elsewhere").write_bytes((place.files / first.name).read_bytes())
    (place.files / first.name).unlink()
    (place.files / first.name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadArgument, match=f"{first.name} of the snapshot at .* is not there"):
        opened(place).check()
    with pytest.raises(BadArgument, match="Snapshots cannot be read from "):
        list(opened(place).read(next(opened(place).ranges())))
    content = b"no Parquet, but as the manifest says"
    (place.files / second.name).write_bytes(content)
    told = json.loads((place.folder / NAME).read_bytes())
    told["files"][1] |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    (place.folder / NAME).write_bytes(json.dumps(told).encode())
    with pytest.raises(BadArgument, match=f"{second.name} of the snapshot at .* cannot be read"):
        list(opened(place).read(list(opened(place).ranges())[1]))
    (place.folder / NAME).unlink()
    (place.folder / NAME).mkdir()
    with pytest.raises(BadArgument, match=r"Snapshots cannot be read from .*: Is a directory"):
        opened(place)


def test_what_is_somebody_elses_is_not_written_to(stocked, place, tmp_path):
    place.folder.mkdir()
    (place.folder / "holiday.jpg").touch()
    with pytest.raises(BadArgument, match=r"holds what is no snapshot, such as holiday\.jpg"):
        stocked.take(place)
    (place.folder / "holiday.jpg").unlink()
    stocked.take(place)
    other = Stocked(tmp_path / "other")
    with pytest.raises(BadArgument, match="holds the snapshot of another store"):
        other.take(place)
    other.store.close()
    (tmp_path / "link").symlink_to(place.folder)
    with pytest.raises(BadArgument, match="is a symbolic link"):
        stocked.take(Folder(tmp_path / "link"))
    with place.taken(), pytest.raises(BadArgument, match="Somebody else is writing snapshots"):
        stocked.take(place)
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadArgument, match="Snapshots cannot be written to"):
        stocked.take(Folder(file))


def test_a_store_of_an_earlier_day_does_not_replace_a_newer_one(stocked, place):
    stocked.take(place)
    told = json.loads((place.folder / NAME).read_bytes())
    (place.folder / NAME).write_bytes(json.dumps(told | {"through": told["through"] + 1}).encode())
    with pytest.raises(BadArgument, match="holds a newer snapshot than this store"):
        stocked.take(place)


def test_a_long_payload_and_one_that_is_no_text_come_back(stocked, place, monkeypatch):
    monkeypatch.setattr(payload_file, "GROUP_BYTES", 1_000)
    odd = replace(a_row(77), payload=b"\xff\x00 no JSON" * 300, id="unreadable-00ff", version="", created=-1)
    stocked.store.save([odd], {})
    stocked.take(place)
    found = dict(held(opened(place)))["unreadable-00ff"]
    assert (found.payload, found.id) == (odd.payload, "")


def test_what_is_committed_meanwhile_is_in_the_next_one(stocked, place):
    """A transaction sees one moment: neither a half of what is written while it reads, nor a number too many."""

    class Slow(Mortal):
        def put(self, path: Path, name: str) -> None:
            super().put(path, name)
            if not committed:
                committed.append(name)
                stocked.put(39, 500, text="Meanwhile", fetched_at=1_900_000_000_000)

    committed: list[str] = []
    through = stocked.store.changes.latest()
    taken = stocked.take(Slow(place, 1_000))
    assert held(opened(place)) == in_order(*ALL)
    assert taken.manifest.through == through
    assert stocked.take(place).files >= 1
    assert {"500"} == {id_ for id_, _ in held(opened(place))} - {row.id for row in ALL}


def test_the_folder_of_files_may_not_be_a_link(stocked, place, tmp_path):
    stocked.take(place)
    (place.folder / FILES).rename(tmp_path / "elsewhere")
    (place.folder / FILES).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadArgument, match="is a symbolic link, which nothing is written through"):
        stocked.take(place)
