"""A session of a Spark that is reached over Spark Connect, or begun by this process."""

from __future__ import annotations

import os
import socket
import sys
import warnings
from typing import Any, Final
from unittest import mock
from urllib.parse import urlsplit

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked

PATIENCE: Final = 10.0  # seconds that a server may take to answer
PORT: Final = 15002  # Spark Connect's own


def session(url: str) -> Any:
    """Opens a session at a URL of Spark Connect."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning)  # of pandas, which nothing here goes through
        from pyspark.sql import SparkSession

        # PySpark looks at the name of the program, which need not have one.
        with mock.patch.object(sys.modules["__main__"], "__file__", __file__, create=True):
            return SparkSession.builder.remote(url).create()


def classic(master: str) -> Any:
    """Begins a driver of Spark in this process; raises BadArgument where only the client is installed."""
    from pyspark.sql import SparkSession
    from pyspark.util import is_remote_only

    if is_remote_only():
        raise BadArgument("SPARK_MASTER needs the whole pyspark, which begins a JVM: pip install pyspark.")
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # a worker is this very Python
    return SparkSession.builder.master(master).appName("jira_crawler").getOrCreate()


def knock(url: str) -> None:
    """Raises Refused where nobody answers: PySpark itself would go on trying for minutes."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORT), PATIENCE).close()
    except OSError as error:
        said = error.strerror or "nobody answers"
        raise Refused(f"There is no Spark at {masked(url, url)}: {said}.") from error
