"""Refines stored issues in other processes: a chunk is bytes on the way in and on the way out."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import forkserver, get_context, parent_process

import msgspec
import zstandard

from jira_crawler.extensions import settle
from jira_crawler.pipelines import Rejected
from jira_crawler.pipelines.clean import clean
from jira_crawler.pipelines.redact import redact_issue
from jira_crawler.pipelines.score import score
from jira_crawler.pipelines.validate import validate
from jira_crawler.pipelines.write_feeds import lines
from jira_crawler.policy import Policy
from jira_crawler.store.rows import Row


class Refined(msgspec.Struct, array_like=True):
    """A chunk after refining: each issue's row, without its payload, and its lines; what was counted on the way."""

    issues: list[tuple[Row, bytes]]
    counts: dict[str, int]


class Chunk(msgspec.Struct, array_like=True):
    """Issues to refine, and how."""

    rows: list[Row]
    policy: Policy


_read, _read_refined = msgspec.msgpack.Decoder(Chunk), msgspec.msgpack.Decoder(Refined)


def pack(rows: list[Row], policy: Policy) -> bytes:
    return msgspec.msgpack.encode(Chunk(rows, policy))


def unpack(chunk: bytes) -> Refined:
    return _read_refined.decode(chunk)


def refine_chunk(chunk: bytes) -> bytes:
    """Refines rows as `pack` gives them; `unpack` reads the result."""
    counts: Counter[str] = Counter()
    refined = []
    work = _read.decode(chunk)
    for row in work.rows:
        became, text = refine(replace(row, payload=zstandard.decompress(row.payload)), work.policy, counts)
        refined.append((replace(became, payload=b""), text))
    return msgspec.msgpack.encode(Refined(refined, dict(counts)))


def refine(stored: Row, policy: Policy, counts: Counter[str]) -> tuple[Row, bytes]:
    """Gives what the steps before Deduplicate and the one after it make of an issue.

    Adds to `counts` what these steps would count in a crawl, by the names of its stats.
    """
    raw = stored.raw_issue()
    try:
        issue, found = redact_issue(clean(validate(raw), policy))
        counts.update({f"redacted/{kind}": n for kind, n in found.items()})
        issue = score(issue, policy)
        text, tasks, dropped = lines(issue)
        counts.update({f"leaks/{task}": n for task, n in dropped.items()})
    except Rejected as drop:
        return replace(settle.row(raw, stored.run, drop.issue), stage=drop.stage, reason=drop.reason), b""
    except Exception as error:  # as extensions.rejects has it: a fault of ours costs one issue
        reason = f"{type(error).__name__}: {error}"
        return replace(settle.row(raw, stored.run, None), stage="pipelines", reason=reason), b""
    return settle.with_tasks(settle.row(raw, stored.run, issue), tasks), text


def executor(processes: int) -> Executor:
    """Makes processes that share nothing with this one, in which a reactor runs; for one process, a thread of it."""
    if processes <= 1:
        return ThreadPoolExecutor(1)
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    # A Ctrl-C reaches every process of a terminal: whoever begins with it ignored leaves it to the one who reads.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)
    return ProcessPoolExecutor(processes, context, outlive_nobody)


def outlive_nobody() -> None:
    """Sees to it that a process does not wait for work for ever after its parent was killed."""
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)
