"""What a receiver of webhooks takes: durable deliveries a second, and how long each is left waiting.

python -m benchmarks.receiver [--quick] [--connections N …] [--store URL] [--json PATH]

A receiver in a process of its own, its store in a file, is sent made-up events of 20 KB over so many connections, each
of which sends the next one when the last one is answered. What was answered is counted in the store.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.processes import ROOT, unwind_on_terminate
from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.intake import Intake
from jira_crawler.serve.receiver import PATH, Receiver
from jira_crawler.serve.server import Server
from jira_crawler.serve.signature import Signatures
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store

SECRET = "a made-up secret of a webhook"
SITE = "benchmark"
AIM_RATE, AIM_P95, AIM_CONNECTIONS = 1_000, 20.0, 20  # deliveries a second, ms, connections
SIZE = 20_000  # bytes of an event
TEXT = " ".join(f"word{number * 7919 % 10_007}" for number in range(2_250))  # which packs as texts do


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    if options.serve:
        asyncio.run(serve(options.serve))
        return 0
    deliveries = 2_000 if options.quick else 20_000
    shown = Table(title=f"Receiver, {SIZE // 1_000} KB an event", box=box.MARKDOWN, title_justify="left")
    for heading in ("connections", "deliveries", "a second", "p50 ms", "p95 ms", "p99 ms", "CPU ms each"):
        shown.add_column(heading, justify="right")
    numbers: dict[str, Any] = {}
    for connections in options.connections:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            url = options.store or f"sqlite:///{folder}/store.sqlite"
            told = numbers[str(connections)] = measure(url, connections, deliveries)
        cells = (told[name] for name in ("rate", "p50", "p95", "p99", "cpu"))
        shown.add_row(f"{connections}", f"{deliveries:,}", *(f"{each:,.1f}" for each in cells))
    Console(highlight=False).print(shown)
    if options.json:
        options.json.write_text(json.dumps(numbers, indent=2) + "\n")
    lost = {name: told["lost"] for name, told in numbers.items() if told["lost"]}
    if lost:
        print(f"benchmarks.receiver: answered, and not in the store: {lost}", file=sys.stderr)
    if aimed := numbers.get(str(AIM_CONNECTIONS)):
        met = aimed["rate"] >= AIM_RATE and aimed["p95"] <= AIM_P95
        print(f"aim: {AIM_RATE:,} a second, p95 {AIM_P95:.0f} ms at {AIM_CONNECTIONS}: {'met' if met else 'missed'}")
    return 1 if lost else 0


async def serve(url: str) -> None:
    """Serves until it is killed, and says where."""
    store = Store(connect(url))
    receiver = Receiver(SITE, Signatures((SECRET,)), Intake(store.deliveries.receive), longest=2**25)
    server = Server(application(receiver.routes(), guard=Guard("", "127.0.0.1")), "127.0.0.1", 0)
    await server.start()
    print(server.url, flush=True)
    await asyncio.Event().wait()


def measure(url: str, connections: int, deliveries: int) -> dict[str, float]:
    """Sends so many deliveries over so many connections, and counts those that are in the store."""
    command = [sys.executable, "-m", "benchmarks.receiver", "--serve", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                raise RuntimeError("The receiver did not begin to serve")
            before = _cpu(process.pid)
            began = time.perf_counter()
            waits = asyncio.run(send(address, connections, deliveries))
            seconds, cpu = time.perf_counter() - began, _cpu(process.pid) - before
        finally:
            process.kill()
    store = Store(connect(url))
    kept = len(store.deliveries.pending(SITE, 0, 2 * deliveries))
    store.close()
    cut = quantiles(waits, n=100)
    return {
        "rate": len(waits) / seconds,
        "p50": median(waits) * 1e3,
        "p95": cut[94] * 1e3,
        "p99": cut[98] * 1e3,
        "cpu": cpu / len(waits) * 1e3,
        "lost": max(0, len(waits) - kept),
    }


async def send(address: str, connections: int, deliveries: int) -> list[float]:
    """Gives how long (s) each delivery was left waiting; raises RuntimeError for another answer than 204.

    Requests are written as bytes: a client with all its manners takes more of the machine than the receiver.
    """
    numbers, waits = count(), list[float]()
    host, _, port = address.removeprefix("http://").partition(":")

    async def deliver() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while (number := next(numbers)) < deliveries:
            request = _event(number)
            began = time.perf_counter()
            writer.write(request)
            answer = await reader.readuntil(b"\r\n\r\n")  # which has no body
            waits.append(time.perf_counter() - began)
            if not answer.startswith(b"HTTP/1.1 204 "):
                raise RuntimeError(f"A delivery was answered with {answer[:20]!r}")
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(deliver() for _ in range(connections)))
    return waits


def _event(number: int) -> bytes:
    """A whole request with an event of some issue."""
    address = f"https://jira.example.org/rest/api/2/issue/{number}"
    fields = {"summary": f"Number {number}", "description": TEXT}
    issue = {"id": str(number), "key": f"DEMO-{number}", "self": address, "fields": fields}
    said = {"timestamp": 1_700_000_000_000 + number, "webhookEvent": "jira:issue_updated", "issue": issue}
    body = orjson.dumps(said)
    signature = hmac.digest(SECRET.encode(), body, "sha256").hex()
    headers = f"Host: x\r\nX-Hub-Signature: sha256={signature}\r\nContent-Type: application/json\r\n"
    return f"POST {PATH} HTTP/1.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _cpu(pid: int) -> float:
    """Seconds of the processor that a process has used; 0 where there is no /proc."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return 0.0
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.receiver", description="Measures what a receiver takes.")
    parser.add_argument("--quick", action="store_true", help="fewer deliveries: a first impression")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, AIM_CONNECTIONS, 100], metavar="N")
    parser.add_argument("--store", default="", metavar="URL", help="an empty database in place of a file")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there, too")
    parser.add_argument("--serve", default="", metavar="URL", help="be the receiver that is measured")
    return parser


if __name__ == "__main__":
    sys.exit(main())
