"""A Spark on the JVM that answers over Spark Connect: one that runs, or one that is started here and ends with us."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0  # seconds that a JVM may take to begin
_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@contextmanager
def spark(wanted: str) -> Iterator[str]:
    """Gives the URL of a Spark; `wanted` is that, or SPARK_HOME, of a distribution or of the package pyspark."""
    if wanted.startswith("sc://"):
        yield wanted
        return
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    binding = {"port": port, "address": "127.0.0.1"}
    settings = {f"spark.connect.grpc.binding.{name}": value for name, value in binding.items()}
    settings |= {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
    command = [f"{wanted}/bin/spark-submit", "--master", "local[2]", "--driver-memory", "2g", "--class", _SERVER]
    command += [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    with tempfile.TemporaryDirectory(prefix="spark-") as folder:
        with (Path(folder) / "log").open("wb") as log:
            environment = os.environ | {"SPARK_HOME": wanted}
            environment.pop("SPARK_REMOTE", None)
            process = subprocess.Popen(
                [*command, "spark-internal"], cwd=folder, env=environment, stdout=log, stderr=log
            )
        try:
            _wait(port, process, Path(folder) / "log")
            yield f"sc://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"Spark does not start:\n{log.read_text(errors='replace')[-2000:]}")
