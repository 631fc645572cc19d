"""Jobs are tasks of Ray: of a cluster, or of one that is begun here and ends with this process."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

import ray as rays
from ray.exceptions import RayError, RayTaskError

from jira_crawler.engines.engine import Done, Where, unfit
from jira_crawler.engines.work import work
from jira_crawler.exceptions import Refused

WAITING = 2  # tasks for each processor that are out
RETRIES = 3  # of a task whose worker died
PATIENCE: Final = 10.0  # seconds that a cluster may take to answer
_DEATHS = rays.exceptions.WorkerCrashedError, rays.exceptions.OutOfMemoryError, rays.exceptions.NodeDiedError


_resources: Any = rays.cluster_resources


class Ray:
    """A connection to a cluster."""

    def run(self, jobs: Iterable[bytes]) -> Iterator[Done]:
        task = rays.remote(work).options(num_cpus=1, max_retries=RETRIES)
        most = max(1, int(_resources().get("CPU", 1))) * WAITING
        left, out = iter(jobs), dict[Any, bytes]()
        while True:
            for job in islice(left, most - len(out)):
                out[task.remote(job)] = job
            if not out:
                return
            for ref in rays.wait(list(out))[0]:
                yield out.pop(ref), _answer(ref)


def _answer(ref: Any) -> bytes | None:
    try:
        return bytes(rays.get(ref))
    except _DEATHS:
        return None
    except (RayTaskError, RayError) as error:
        raise unfit("Ray", str(error)) from error


@contextmanager
def ray(where: Where) -> Iterator[Ray]:
    """Connects to RAY_ADDRESS, or begins a Ray of so many processes; raises Refused where it cannot be had."""
    if where.ray not in ("", "auto", "local"):
        _knock(where.ray)
    folder = ""
    here: dict[str, Any] = {}
    if where.ray in ("", "local"):
        folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # sockets are in it, whose names must be short
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nobody is told of what is begun here
        here = {"num_cpus": where.processes, "include_dashboard": False, "_temp_dir": folder}
    try:
        rays.init(
            address=where.ray or "local",
            log_to_driver=False,
            configure_logging=False,
            logging_level=logging.ERROR,
            **here,
        )
        yield Ray()
    except Refused:
        raise
    except (RayError, ConnectionError, RuntimeError, ValueError, OSError, TimeoutError) as error:
        raise unfit("Ray", str(error)) from error
    finally:
        rays.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _knock(address: str) -> None:
    """Raises Refused where nobody answers: Ray itself would go on trying for minutes."""
    parts = urlsplit(address if "://" in address else f"ray://{address}")
    try:
        socket.create_connection((parts.hostname or "", parts.port or 6379), PATIENCE).close()
    except (OSError, ValueError) as error:
        raise Refused(
            f"There is no Ray at {address}: {getattr(error, 'strerror', None) or 'nobody answers'}."
        ) from error
