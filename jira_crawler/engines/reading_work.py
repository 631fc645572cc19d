"""What a worker does with a stretch of a feed: it reads the lines, makes of them what is wanted, and leaves a shard."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import pyarrow as pa

from jira_crawler.engines.code import export_code
from jira_crawler.engines.feeds import lines
from jira_crawler.engines.reading_job import ReadingJob, ReadingShards, ReadingSidecar, digest, numbers
from jira_crawler.exceptions import Refused
from jira_crawler.exports.packing import packed, unpacked, unpacked_wanted
from jira_crawler.exports.reading import Decided, Wanted, issues
from jira_crawler.exports.readings import READINGS
from jira_crawler.exports.source import Entry, Span, decoded


def is_fit(job: ReadingJob) -> bool:
    """Tells whether the same would be made here."""
    return job.code == export_code()


def make(job: ReadingJob) -> None:
    """Leaves the shard of a stretch, unless it is there; raises Refused where its lines are not those of the job."""
    shards = _shards(job.shards)
    if shards.done(job.name):
        return
    decided = unpacked(job.decided, Decided)
    try:
        shard = packed(_made(job, _wanted(job.shards, job.wanted), decided))
    except pa.ArrowException as error:  # of what no column holds
        raise Refused((str(error).splitlines() or [type(error).__name__])[0].rstrip(".")) from error
    others = {(each.site, each.id) for pairs in decided.pairs.values() for pair in pairs for each in pair}
    sidecar = ReadingSidecar(
        rows=len(job.spans),
        bytes=len(shard),
        sha256=hashlib.sha256(shard).hexdigest(),
        code=job.code,
        reading=job.reading,
        digest=job.digest,
        numbers=numbers(job.spans),
        beside=tuple(sorted(others)),
    )
    shards.leave(job.name, sidecar, shard)


def _made(job: ReadingJob, wanted: Wanted, decided: Decided) -> Any:
    read = lines(job.feeds, job.feed, job.spans)
    if digest(job.spans, read) != job.digest:
        raise Refused(f"{job.feed} is not as it was, or another one there than here")
    spans = [Span(job.feed, *each) for each in job.spans]
    held = dict(zip(spans, read, strict=True))

    def entry(span: Span) -> Entry:
        return decoded(span, held[span])

    return READINGS[job.reading].of(wanted, issues(spans, entry, decided), decided)


@lru_cache(maxsize=2)
def _wanted(address: str, name: str) -> Wanted:
    told = _shards(address).content(name)
    if told is None:
        raise _shards(address).lost()
    return unpacked_wanted(told)


@lru_cache(maxsize=2)
def _shards(address: str) -> ReadingShards:
    return ReadingShards(address)
