"""What a worker does, wherever it is: it reads a range, a month or a stretch, and leaves a shard and its sidecar."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import msgspec
import zstandard
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.engines.code import code_hash
from jira_crawler.engines.job import Answer, Entry, Job, Sidecar, policy_hash, stamp
from jira_crawler.engines.month_job import MonthJob
from jira_crawler.engines.reading_job import ReadingJob
from jira_crawler.engines.shards import Shards, packed
from jira_crawler.engines.sources import is_store, opened
from jira_crawler.exceptions import Refused
from jira_crawler.items import RawIssue, replace
from jira_crawler.refine.chain import refine_all
from jira_crawler.refine.source import Fingerprint, PayloadSource, StoredIssue
from jira_crawler.sentences import masked

OTHER = "its jira_crawler, or what that stands on, is of another version than here"
_JOB = msgspec.msgpack.Decoder(Job | MonthJob | ReadingJob)


def work(job: bytes) -> bytes:
    """Does a job, unless it is done, and says so; what it says of a fault of its own is one sentence without a mark."""
    asked = _JOB.decode(job)
    return msgspec.msgpack.encode(Answer(asked.name, _problem(asked)))


def _problem(job: Job | MonthJob | ReadingJob) -> str:
    try:
        if isinstance(job, MonthJob):
            from jira_crawler.engines import month_work  # only who makes tables pays for Arrow

            if not month_work.is_fit(job):
                return OTHER
            month_work.make(job)
        elif isinstance(job, ReadingJob):
            from jira_crawler.engines import reading_work

            if not reading_work.is_fit(job):
                return OTHER
            reading_work.make(job)
        elif code_hash(job.policy) != job.code:
            return OTHER
        else:
            _do(job)
    except (Refused, OSError, SQLAlchemyError) as error:
        return masked(str(getattr(error, "orig", None) or error).strip().splitlines()[0]).rstrip(".")
    return ""


def _do(job: Job) -> None:
    shards = _shards(job.shards)
    if shards.done(job.name):
        return
    read, stamps = Fingerprint(), list[tuple[str, bytes]]()

    def plain(issues: Iterable[StoredIssue]) -> Iterator[RawIssue]:
        for issue in issues:
            read.add(issue)
            whole = unpacked(issue)
            stamps.append((issue.id, stamp(whole)))
            yield whole.raw

    with _source(job.source, job.projects) as source:
        outcomes = list(refine_all(plain(source.read(job.part)), job.policy))
    entries = [Entry(*told, outcome) for told, outcome in zip(stamps, outcomes, strict=True)]
    shard = packed(entries)
    sidecar = Sidecar(
        rows=len(entries),
        bytes=len(shard),
        sha256=hashlib.sha256(shard).hexdigest(),
        policy=policy_hash(job.policy),
        code=job.code,
        range=job.part,
        fingerprint=str(read),
    )
    shards.leave(job.name, sidecar, shard)


def unpacked(issue: StoredIssue) -> StoredIssue:
    """Gives an issue with its payload as it came."""
    payload = issue.raw.payload
    if not payload.startswith(zstandard.FRAME_HEADER):  # which no JSON begins with
        return issue
    return StoredIssue(issue.id, replace(issue.raw, payload=zstandard.decompress(payload)))


@lru_cache(maxsize=2)
def _shards(address: str) -> Shards:
    return Shards(address)


@contextmanager
def _source(address: str, projects: tuple[str, ...]) -> Iterator[PayloadSource]:
    if not is_store(address):
        yield _snapshot(address, projects)
        return
    source = opened(address, projects)  # nobody holds a connection while there is no job
    try:
        yield source
    finally:
        source.close()


@lru_cache(maxsize=2)
def _snapshot(address: str, projects: tuple[str, ...]) -> PayloadSource:
    return opened(address, projects)  # its manifest may be long
