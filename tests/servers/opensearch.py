"""A server with the API of OpenSearch, from the wheel that the dev extras bring: no mock, and no Java."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osmem_server import resolve_binary


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Starts one that holds nothing, and gives its address; it forgets all when it ends."""
    command = [resolve_binary(), "--no-ja", "--parent-pid", str(os.getpid())]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log) as process,
    ):
        try:
            yield _address(process, folder / "log")
        finally:
            process.kill()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    assert process.stdout
    for line in process.stdout:
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if isinstance(told, dict) and "url" in told:
            return str(told["url"])
    raise RuntimeError(log.read_text("utf-8", "replace")[-2_000:])
