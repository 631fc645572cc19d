"""A SeaweedFS that speaks S3, from the wheel that the dev extras bring."""

from __future__ import annotations

import atexit
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from tests.servers import ports

_GRPC = 10_000  # each of its ports has another one as far above it
_PATIENCE = 600.0


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Starts a server over an empty folder and gives its address."""
    master, volume, filer, s3 = (ports.free(_GRPC) for _ in range(4))
    told = [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-s3.port={s3}"]
    # Catalogues would listen at ports that are always the same, and whoever comes second dies of that.
    told += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    # A bucket takes seven volumes, and eight are all that there are without being asked for.
    command = [str(Path(sys.executable).with_name("weed")), "server", "-s3", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    command += [f"-dir={folder}", "-volume.max=100", "-master.volumeSizeLimitMB=64", *told]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(process, f"http://127.0.0.1:{s3}/", folder / "log")
            yield f"http://127.0.0.1:{s3}"
        finally:
            process.kill()  # nobody needs what it holds, and it takes half a minute to say goodbye


@cache
def shared() -> str:
    """Gives the address of the one server of this process of tests, which ends with it."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running(Path(stack.enter_context(TemporaryDirectory(prefix="seaweedfs-")))))


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    opener, until = build_opener(ProxyHandler({})), time.monotonic() + _PATIENCE  # it is on this machine
    while time.monotonic() < until and process.poll() is None:
        try:
            with opener.open(url, timeout=5):
                return
        except HTTPError:
            return  # it answers, if only to say no
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(log.read_text("utf-8", "replace")[-2_000:])
