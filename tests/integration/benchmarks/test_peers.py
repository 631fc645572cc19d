"""Others are measured in an environment of their own, only if it can be made, and only if they bring every issue."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from rich.console import Console

from benchmarks import crawl, peers
from benchmarks.peers import Peer

# Writes what the package says that there is.
SCRIPT = """
import json, sys
import brings
with open(sys.argv[3], "w") as lines:
    for number in brings.IDS:
        print(json.dumps({"id": number, "site": sys.argv[1]}), file=lines)
"""


def wheel(folder: Path, ids: list[str]) -> str:
    """Makes a package that knows some ids."""
    path, about = folder / "brings-1-py3-none-any.whl", "brings-1.dist-info"
    with ZipFile(path, "w") as made:
        made.writestr("brings.py", f"IDS = {ids}")
        made.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: brings\nVersion: 1\n")
        made.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{about}/RECORD", "")
    return str(path)


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No index, and a folder of its own."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(peers, "FOLDER", tmp_path / "peers")


def test_a_peer_is_installed_once_and_its_issues_are_counted(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    peer = Peer("peer", wheel(tmp_path, ["1", "2", "2"]), script)
    peer.install()
    Path(peer.package).unlink()
    peer.install()
    site = crawl.Site("http://nowhere", 2, tmp_path / "unused")
    assert crawl.downloaded(peer, site, tmp_path).status == 0
    site.issues = 3
    with pytest.raises(RuntimeError, match="peer listed 2 of 3 issues"):
        crawl.downloaded(peer, site, tmp_path)


def test_who_cannot_be_had_is_left_out_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(crawl, "PEERS", (Peer("nobody", "nobody-has-this==1", Path("unused")),))
    assert crawl.installed(Console()) == []
    *_, sentence = capsys.readouterr().out.splitlines()
    assert sentence.startswith("nobody-has-this==1 cannot be installed and is left out: ERROR: ")
    assert not crawl.PEERS[0].ready()
