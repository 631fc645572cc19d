"""What of a lake has to be sent when some issues changed: as blocks told by content, and by rsync, if it is there."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jira_crawler.tables.check import check


def keep(folder: Path) -> None:
    """Keeps the tables of a folder as they are in `before`, as somebody who copied them last has them."""
    shutil.rmtree(folder / "before", ignore_errors=True)
    shutil.copytree(folder / "tables", folder / "before")


def sent(folder: Path) -> dict[str, Any]:
    """Says how much of the lake differs from what was kept, in whole files, in blocks, and in what rsync sends.

    Blocks are cut where a rolling sum says so. Where there is an rsync, what was kept is the present lake afterwards;
    `wrong` is what is wrong with it.
    """
    tables, before = folder / "tables", folder / "before"
    known = {block for path in before.rglob("*.parquet") for block in map(_digest, _cut(path.read_bytes()))}
    lake = files = fresh = 0
    for path in tables.rglob("*.parquet"):
        content, old = path.read_bytes(), before / path.relative_to(tables)
        lake += len(content)
        if not old.is_file() or old.read_bytes() != content:
            files += len(content)
            fresh += sum(len(block) for block in _cut(content) if _digest(block) not in known)
    return {"lake_mb": lake / 1e6, "files_mb": files / 1e6, "blocks": fresh / lake, **_rsync(tables, before)}


def _rsync(source: Path, copy: Path) -> dict[str, Any]:
    program = shutil.which("rsync")
    if not program:
        return {}
    switches = [
        "-a",
        "--delete",
        "--delay-updates",
        "--no-whole-file",
        "--stats",
        "--exclude=.*",
    ]  # as to another machine
    done = subprocess.run(
        [program, *switches, f"{source}/", str(copy)], capture_output=True, text=True, check=True, env={"LC_ALL": "C"}
    )
    found = {name: int(value.replace(",", "")) for name, value in re.findall(r"^(.+?): ([\d,]+)", done.stdout, re.M)}
    return {
        "rsync_literal_mb": found["Literal data"] / 1e6,
        "rsync_sent_mb": found["Total bytes sent"] / 1e6,
        "wrong": check(copy)[0],
    }


def _digest(block: bytes) -> bytes:
    return hashlib.blake2b(block, digest_size=16).digest()


def _cut(content: bytes) -> Iterator[bytes]:
    """Cuts bytes into blocks of about 2 KiB, at places that depend on what stands there."""
    begin = 0
    at = content.find(b"\x00", begin + 512)
    while at >= 0:
        yield content[begin : at + 1]
        begin = at + 1
        at = content.find(b"\x00", begin + 512)
    yield content[begin:]
