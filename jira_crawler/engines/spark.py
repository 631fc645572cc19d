"""Jobs are rows of Spark, and what becomes of them is what `mapInArrow` makes of these."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, Final

import pyarrow as pa

from jira_crawler.engines.engine import Done, Where, unfit
from jira_crawler.engines.spark_session import classic, knock, session
from jira_crawler.engines.work import work
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked

logger = logging.getLogger(__name__)
WAVE = 256  # jobs that Spark is given at once, each a task of its own
SCHEMA: Final = "job binary, answer binary"
_JOBS: Final = pa.schema([("job", pa.binary())])
_ANSWERS: Final = pa.schema([("job", pa.binary()), ("answer", pa.binary())])


def worked(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Does the jobs of a partition, in whichever worker it is."""
    for batch in batches:
        for job in batch.column("job").to_pylist():
            yield pa.RecordBatch.from_arrays([[job], [work(job)]], schema=_ANSWERS)


class Spark:
    """A session. Where a wave fails, its halves are tried, down to the job that kills whoever does it."""

    def __init__(self, session: Any, url: str):
        self.session, self.url, self.interrupted = session, url, False

    def interrupt(self) -> None:
        """Cancels what Spark is at: a wave may take long."""
        self.interrupted = True
        with suppress(Exception):  # Sail, and whoever is gone, know of no such thing
            if self.url.startswith("sc://"):
                self.session.interruptAll()
            else:
                self.session.sparkContext.cancelAllJobs()

    def run(self, jobs: Iterable[bytes]) -> Iterator[Done]:
        left = iter(jobs)
        while wave := list(islice(left, WAVE)):
            yield from self._wave(wave)

    def _wave(self, jobs: Sequence[bytes]) -> list[Done]:
        try:
            return self._done(jobs)
        except Exception as error:
            if self.interrupted or not _is_sparks(error) or is_away(error):
                raise
            if "No module named" in str(error):
                raise unfit("Spark", masked(str(error), self.url)) from error
            told = masked(str(error).strip().partition("\n")[0], self.url)[:200]
            logger.warning("Spark lost a wave of %d jobs: its halves are tried: %s", len(jobs), told)
        if len(jobs) == 1:
            return [(jobs[0], None)]
        middle = len(jobs) // 2
        return [*self._wave(jobs[:middle]), *self._wave(jobs[middle:])]

    def _done(self, jobs: Sequence[bytes]) -> list[Done]:
        table = pa.Table.from_arrays([pa.array(jobs, pa.binary())], schema=_JOBS)
        frame = self.session.createDataFrame(table).repartition(len(jobs)).mapInArrow(worked, SCHEMA)
        return [(bytes(row.job), bytes(row.answer)) for row in frame.collect()]


@contextmanager
def spark(where: Where) -> Iterator[Spark]:
    """Opens a session at SPARK_REMOTE, or begins one for SPARK_MASTER; raises Refused where it cannot be had."""
    url = where.spark_remote or where.spark_master
    if not url:
        raise BadArgument("The engine spark needs SPARK_REMOTE, such as sc://HOST:15002, or SPARK_MASTER.")
    if where.spark_remote:
        knock(url)
    try:
        opened = session(url) if where.spark_remote else classic(url)
        try:
            yield Spark(opened, url)
        finally:
            opened.stop()
    except Refused:
        raise
    except Exception as error:
        if not _is_sparks(error):
            raise
        raise unfit("Spark", masked(str(error).strip().partition("\n")[0] or type(error).__name__, url)) from error


def _is_sparks(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("pyspark", "grpc", "py4j")


def is_away(error: Exception) -> bool:
    """Tells whether Spark itself is gone, and not a worker."""
    return "UNAVAILABLE" in str(error) or type(error).__name__ in ("Py4JNetworkError", "SessionClosed")
