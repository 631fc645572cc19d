"""The servers that a fleet needs: an embedded Jira that takes its time, a real Redis, a real Postgres that syncs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT, SCRAPY, environment
from tests.servers import postgres, redis


@dataclass(frozen=True, slots=True)
class Servers:
    site: str
    redis: redis.RedisServer
    postgres: postgres.Postgres
    pids: dict[str, int]


@contextmanager
def servers(folder: Path, issues: int, seed: int, latency: float) -> Iterator[Servers]:
    """Runs all three, each in a process of its own, and ends them whatever happens."""
    with ExitStack() as stack:
        jira, site = stack.enter_context(_sandbox(issues, seed, latency))
        queue = stack.enter_context(redis.running(folder / "redis"))
        store = stack.enter_context(postgres.running(folder / "postgres", durable=True))
        pids = {"sandbox": jira, "Redis": int(queue.client().info("server")["process_id"])}
        pids["Postgres"] = int((store.data / "postmaster.pid").read_text().split("\n", 1)[0])
        yield Servers(site, queue, store, pids)


@contextmanager
def _sandbox(issues: int, seed: int, latency: float) -> Iterator[tuple[int, str]]:
    """Serves made-up issues, and waits so many seconds before each answer; gives process and address."""
    chosen = {"--port": 0, "--issues": issues, "--seed": seed, "--latency": latency}
    command = [*SCRAPY, "sandbox", *(str(part) for pair in chosen.items() for part in pair)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    try:
        sentence = process.stdout.readline() if process.stdout else ""
        if " at http://" not in sentence:
            raise RuntimeError(f"The sandbox did not begin to serve: {sentence.strip() or 'it said nothing'}")
        yield process.pid, sentence.rsplit(" ", 1)[1].strip()
    finally:
        process.terminate()
        process.communicate()
