"""Files on disk: names that lead nowhere, parts that go on where they were certain, and no link that is followed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.feeds import attachments
from jira_crawler.feeds.attachment_names import folder_of, name_of
from jira_crawler.feeds.attachments import AttachmentFolder, PartFile

SITE = "apache"


OPEN: list[PartFile] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Lets go of what a test has left open, as a process that dies does."""
    yield
    while OPEN:
        OPEN.pop()._file.close()


def part(folder: Path, id_: str = "7", name: str = "a.txt", site: str = SITE) -> PartFile:
    OPEN.append(AttachmentFolder(folder).part(site, "100", "DEMO-1", id_, name))
    return OPEN[-1]


def below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


HOSTILE = [
    *("..", ".", "../../etc/passwd", "/etc/passwd", "C:\\Windows\\x", "\\\\host\\share", "a\0b", "", " ", "..."),
    *("CON", "con.txt", "NUL", "COM1.log", "AUX.", "LPT9 ", "x" * 300, "ä" * 300, "😀" * 300, "a." + "b" * 300),
    *("．．／．．／etc", "a\u2044b", "a\u2215b", "\u202egnp.exe", "a\u200bb", "‥", "a\nb", "~", "-rf", "a:b", "$(x)"),
    *("trailing.", "trailing ", ".hidden", "%2e%2e%2f", "e\u0301.txt", "\ud800.txt", "a\tb", "tab\x1b[31m"),
]


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_a_file_is_called_it_is_one_step_of_a_path(name):
    is_one_step(name_of("10", name))


@given(st.text(alphabet=st.characters()))
def test_any_name_is_one_step_of_a_path(name):
    is_one_step(name_of("10", name))


def is_one_step(name: str) -> None:
    assert name.startswith("10_") and len(name.encode()) <= 140
    assert PurePosixPath(name).parts == PureWindowsPath(name).parts == (name,)
    assert not PureWindowsPath(name).is_reserved()
    assert name.isprintable() and not set(name) & set('\\/:*?"<>|%\0') and not name.endswith((".", " "))
    assert ".." not in name.partition("_")[2][:2]


def test_a_name_that_is_harmless_stays():
    assert name_of("10", "конфиг (2).tar.gz") == "10_конфиг_(2).tar.gz"
    assert name_of("0010", "x") == "10_x"
    assert name_of("10", "a" * 300 + ".png").endswith("a.png")


@pytest.mark.parametrize("key", ["../x", "", "DEMO", "DEMO-1/..", "DEMO-" + "9" * 30, "démo-1"])
def test_a_key_that_is_none_names_no_folder(key):
    assert folder_of(key, "100") == "issue-100"
    assert folder_of("con-1", "100") == "CON-1"


def test_a_file_has_its_name_only_when_all_of_it_is_here(tmp_path):
    growing = part(tmp_path)
    growing.write(b"first ")
    assert below(tmp_path) == {f"attachments/DEMO-1/.7.{growing.mark}.part"}
    growing.write(b"second")
    there = growing.finish()
    assert (there.path, there.size) == ("attachments/DEMO-1/7_a.txt", 12)
    assert there.sha256 == sha256(b"first second").hexdigest()
    assert there.head == b"first second"
    assert below(tmp_path) == {there.path}
    assert (tmp_path / there.path).read_bytes() == b"first second"
    folder = AttachmentFolder(tmp_path)
    assert folder.holds(there.path, 12) and not folder.holds(there.path, 11)
    folder.remove(there.path)
    folder.remove(there.path)
    assert list((tmp_path / "attachments").iterdir()) == []


def test_what_was_certain_is_gone_on_with_and_what_was_not_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(attachments, "SYNC", 8)
    killed = part(tmp_path)
    killed.restart('"tag"')
    killed.write(b"12345678")  # certain by now
    killed.write(b"90")
    killed._file.flush()  # as if it died here
    again = part(tmp_path)
    assert (again.size, again.tag, again.head) == (8, '"tag"', b"12345678")
    again.write(b"xy")
    assert again.finish().sha256 == sha256(b"12345678xy").hexdigest()


def test_a_part_that_is_closed_is_certain_and_one_that_is_thrown_away_is_nothing(tmp_path):
    closed = part(tmp_path)
    closed.write(b"abc")
    closed.close()
    again = part(tmp_path)
    assert again.size == 3
    again.discard()
    assert below(tmp_path) == set()
    assert part(tmp_path).size == 0


@pytest.mark.parametrize(
    "note", [b"", b"{", b"[]", b'{"size": -1}', b'{"size": 99}', b'{"size": "3"}', b'{"tag": 7}', b"\xff"]
)
def test_a_note_that_is_none_is_not_believed(tmp_path, note):
    closed = part(tmp_path)
    closed.write(b"abc")
    closed.close()
    next((tmp_path / "attachments" / "DEMO-1").glob("*.json")).write_bytes(note)
    assert part(tmp_path).size == 0


def test_parts_of_two_sites_are_two(tmp_path):
    mine, other = part(tmp_path), part(tmp_path, site="other")
    mine.write(b"mine")
    other.write(b"other")
    mine.finish()
    taken = other.finish(lambda path: path == "attachments/DEMO-1/7_a.txt")
    assert below(tmp_path) == {"attachments/DEMO-1/7_a.txt", taken.path}
    assert taken.path == f"attachments/DEMO-1/7_{other.mark}_a.txt"


@pytest.mark.parametrize("place", ["attachments", "attachments/DEMO-1", "part", "name"])
def test_no_link_is_followed(tmp_path, place):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.mkdir()
    (elsewhere / "file").write_bytes(b"precious")
    folder = out / "attachments" / "DEMO-1"
    if place == "attachments":
        (out / place).symlink_to(elsewhere)
    elif place == "attachments/DEMO-1":
        (out / "attachments").mkdir()
        (out / place).symlink_to(elsewhere)
    else:
        folder.mkdir(parents=True)
        mark = part(tmp_path / "other_out").mark if (tmp_path / "other_out").mkdir() is None else ""
        (folder / (f".7.{mark}.part" if place == "part" else "7_a.txt")).symlink_to(elsewhere / "file")
    try:
        growing = part(out)
        growing.write(b"new")
        growing.finish()
    except OSError:
        assert place != "name"
    assert {path.name for path in elsewhere.iterdir()} == {"file"}
    assert (elsewhere / "file").read_bytes() == b"precious"
    if place == "name":  # the link itself is replaced
        assert not (folder / "7_a.txt").is_symlink()


@pytest.mark.parametrize(
    "path", ["../x", "/etc/passwd", "attachments/../x", "attachments/DEMO-1", "a/b/c", "attachments/./x"]
)
def test_nothing_is_deleted_that_is_no_attachment(tmp_path, path):
    folder = AttachmentFolder(tmp_path)
    assert not folder.holds(path, 1)
    with pytest.raises(ValueError, match="is no attachment"):
        folder.remove(path)


def test_what_nobody_waits_for_is_cleared_and_files_stay(tmp_path):
    part(tmp_path, "7").finish()
    left = part(tmp_path, "8")
    left.write(b"half")
    left.close()
    AttachmentFolder(tmp_path).clear_parts()
    assert below(tmp_path) == {"attachments/DEMO-1/7_a.txt"}
    AttachmentFolder(tmp_path / "nowhere").clear_parts()


def test_a_note_is_written_in_one_step(tmp_path):
    growing = part(tmp_path)
    growing.write(b"abc")
    growing.sync()
    (note,) = (tmp_path / "attachments" / "DEMO-1").glob("*.json")
    assert json.loads(note.read_bytes()) == {"size": 3, "tag": ""}
