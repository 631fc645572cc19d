"""Jobs are tasks of Ray: of a cluster, or of one that is begun here and ends with this process."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from jira_crawler.engines.engine import Done, Where, unfit
from jira_crawler.engines.work import work
from jira_crawler.exceptions import Refused

WAITING = 2  # tasks for each processor that are out
RETRIES = 3  # of a task whose worker died
PATIENCE: Final = 10.0  # seconds that a cluster may take to answer
PORT: Final = 6379  # Ray's own
# Of a Ray that is begun here: nobody is told of it, and nobody else may give it work.
_OURS = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "token"}


class Ray:
    """A connection to a cluster, by the package `ray`, which is loaded only once it is clear where that is."""

    def __init__(self, rays: Any):
        self.rays = rays
        self._deaths = tuple(
            getattr(rays.exceptions, name) for name in ("WorkerCrashedError", "OutOfMemoryError", "NodeDiedError")
        )

    def run(self, jobs: Iterable[bytes]) -> Iterator[Done]:
        task = self.rays.remote(work).options(num_cpus=1, max_retries=RETRIES)
        most = max(1, int(self.rays.cluster_resources().get("CPU", 1))) * WAITING
        left, out = iter(jobs), dict[Any, bytes]()
        while True:
            for job in islice(left, most - len(out)):
                out[task.remote(job)] = job
            if not out:
                return
            for ref in self.rays.wait(list(out))[0]:
                yield out.pop(ref), self._answer(ref)

    def interrupt(self) -> None:
        """Waits for the next job that is done: that is soon."""

    def _answer(self, ref: Any) -> bytes | None:
        try:
            return bytes(self.rays.get(ref))
        except self._deaths:
            return None


@contextmanager
def ray(where: Where) -> Iterator[Ray]:
    """Connects to RAY_ADDRESS, or begins a Ray of so many processes; raises Refused where it cannot be had."""
    folder, here = "", dict[str, Any]()
    if where.ray in ("", "local"):
        folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # sockets are in it, whose names must be short
        os.environ |= _OURS | {"RAY_AUTH_TOKEN": secrets.token_hex(32)}  # else one is written into the user's home
        here = {"num_cpus": where.processes, "include_dashboard": False, "_temp_dir": folder}
        here |= {"_node_ip_address": "127.0.0.1"}
    elif where.ray != "auto":
        _knock(where.ray)
    import ray as rays  # which reads the environment only once

    logging.getLogger("ray").setLevel(logging.ERROR)  # it warns of threads that have no signals
    quiet: dict[str, Any] = {"log_to_driver": False, "configure_logging": False, "logging_level": logging.ERROR}
    try:
        rays.init(address=where.ray or "local", **quiet, **here)
        yield Ray(rays)
    except (rays.exceptions.RayError, ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
        raise unfit("Ray", str(error)) from error
    finally:
        rays.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _knock(address: str) -> None:
    """Raises Refused where nobody answers: Ray itself would go on trying for minutes."""
    parts = urlsplit(address if "://" in address else f"ray://{address}")
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORT), PATIENCE).close()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "nobody answers"
        raise Refused(f"There is no Ray at {address}: {said}.") from error
