"""A live crawl of a sandbox that moves: how long a change takes to be in Parquet, a burst, and kills.

python -m benchmarks.live [--quick] [--kills N] [--seed S] [--json PATH]

A change counts from the time that the tracker gives it to the end of the update of the tables that holds it. Every
delivery that was answered with 2xx by a process that was killed is to be done in the end.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import zstandard
from rich.console import Console

from benchmarks.processes import ROOT, end, environment, tail, unwind_on_terminate
from fake_jira import running
from fake_jira.server.serving import Sandbox
from fake_server import BadOption

SECRET = "a made-up secret of a webhook"
PROJECTS = "DEMO,TOOLS"
LONGEST = 120.0  # seconds that something is waited for
STAGES = ("received", "fetched", "stored", "tabled")
LISTENS = re.compile(r"Webhooks are received at (\S+)")
UNDONE = "SELECT count(*) FROM deliveries WHERE state IN ('received', 'fetched')"
NOT_TABLED = "SELECT count(*) FROM deliveries WHERE state IN ('received', 'fetched', 'stored')"


def main() -> int:
    unwind_on_terminate()
    options = _parser().parse_args()
    console = Console(stderr=True, highlight=False)
    kills = options.kills if options.kills is not None else 5 if options.quick else 30
    found: dict[str, Any] = {}
    try:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            home = Path(folder)
            found |= steady(home / "steady", 20 if options.quick else 60, options.seed)
            console.print(f"steady: {found}")
            found |= burst(home / "burst", 200 if options.quick else 1_000, options.seed)
            console.print(f"burst: {found}")
            found |= killed(home / "killed", kills, random.Random(options.seed))
    except RuntimeError as error:
        print(f"benchmarks.live: {error}", file=sys.stderr)
        return 1
    Console(highlight=False).print(verdict(found), soft_wrap=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 1 if found["lost"] or found["undone"] else 0


def steady(home: Path, seconds: int, seed: int) -> dict[str, Any]:
    """One edit a second, beside the crawl that follows."""
    with running(issues=300, seed=seed, webhook_secret=SECRET) as site, live(site, home) as crawl:
        follows(crawl, home)
        began = time.monotonic()
        for number in range(seconds):
            with suppress(BadOption):
                site.edits.one()
            time.sleep(max(0.0, began + number + 1 - time.monotonic()))
        until(lambda: count(home, NOT_TABLED) == 0, "that all is in the tables", home)
        columns = ", ".join(f"{stage} - at" for stage in STAGES)
        took = ask(home, f"SELECT {columns} FROM deliveries WHERE state = 'tabled' AND at IS NOT NULL")
    stages = {
        stage: median(lag / 1000 for lag in lags) for stage, lags in zip(STAGES, zip(*took, strict=True), strict=True)
    }
    lags = sorted(row[-1] / 1000 for row in took)
    return {
        "changes": len(lags),
        "stages": stages,
        "p50": median(lags),
        "p95": quantiles(lags, n=20)[-1],
        "worst": lags[-1],
    }


def burst(home: Path, many: int, seed: int) -> dict[str, Any]:
    """So many issues at once."""
    with running(issues=many + 200, seed=seed, webhook_secret=SECRET) as site, live(site, home) as crawl:
        follows(crawl, home)
        ids = sorted(each["id"] for project in site.manifest()["projects"].values() for each in project["issues"])
        began = time.monotonic()
        for id_ in ids[:many]:
            site.edits.one("summary", id_)
        edited = time.monotonic() - began
        until(lambda: site.webhooks.settled(0.1), "that all was told", home)
        until(lambda: count(home, UNDONE) == 0, "that all is stored", home)
        stored = time.monotonic() - began
        until(lambda: count(home, NOT_TABLED) == 0, "that all is in the tables", home)
        return {"burst": many, "edited": edited, "stored": stored, "tabled": time.monotonic() - began}


def killed(home: Path, kills: int, chance: random.Random) -> dict[str, Any]:
    """Kills the crawl again and again while it is told of edits, and looks for what it had answered."""
    with running(issues=100, seed=5, webhook_secret=SECRET) as site:
        for _ in range(kills):
            with live(site, home) as crawl:
                for _ in range(chance.randrange(3, 15)):
                    with suppress(BadOption):
                        site.edits.one()
                    time.sleep(chance.uniform(0.0, 0.15))
                crawl.kill()
                crawl.wait()
        with live(site, home) as crawl:
            follows(crawl, home)
            until(lambda: site.webhooks.settled(0.1), "that all was told", home)
            until(lambda: count(home, UNDONE) == 0, "that all is stored", home)
        answered = {
            each.sha256
            for each in list(site.webhooks.deliveries)
            if any(200 <= status < 300 for _, status in each.attempts)
        }
    kept = dict(ask(home, "SELECT body, state FROM deliveries"))
    done = {hashlib.sha256(zstandard.decompress(body)).hexdigest(): state for body, state in kept.items()}
    return {
        "kills": kills,
        "answered": len(answered),
        "lost": len(answered - done.keys()),
        "undone": sum(done.get(each) in ("received", "fetched", "failed") for each in answered),
    }


def verdict(found: dict[str, Any]) -> str:
    return (
        f"{found['changes']} changes, one a second: in Parquet after {found['p50']:.2f} s (p50), {found['p95']:.2f} s "
        f"(p95), {found['worst']:.2f} s at most. {found['burst']:,} issues edited in {found['edited']:.1f} s: stored "
        f"after {found['stored']:.1f} s, in Parquet after {found['tabled']:.1f} s. {found['kills']} kills: "
        f"{found['answered']} deliveries were answered, of which {found['lost']} are lost, {found['undone']} not done."
    )


@contextmanager
def live(site: Sandbox, home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a live crawl that webhooks go to, and ends it."""
    home.mkdir(parents=True, exist_ok=True)
    settings = {"OUTPUT_DIR": home / "output", "STATE_DIR": home / "state", "LIVE_PORT": 0, "LIVE_POLL": 60}
    command = [sys.executable, "-m", "scrapy", "crawl", "live", "-a", f"site={site.url}", "-a", f"projects={PROJECTS}"]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    log = home / "log"
    with log.open("wb") as file:
        crawl = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment() | {"JIRA_WEBHOOK_SECRET": SECRET},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
        try:
            until(lambda: LISTENS.search(log.read_text()), "that it listens", home, crawl)
            heard = LISTENS.search(log.read_text())
            site.webhooks.url = heard[1] if heard else ""
            yield crawl
        finally:
            end(crawl)


def follows(crawl: subprocess.Popen[bytes], home: Path) -> None:
    until(lambda: "followed from now on" in (home / "log").read_text(), "that it follows", home, crawl)


def until(happened: Any, what: str, home: Path, crawl: subprocess.Popen[bytes] | None = None) -> None:
    patience = time.monotonic() + LONGEST
    while not happened():
        if time.monotonic() > patience or (crawl and crawl.poll() is not None):
            raise RuntimeError(f"{what} did not come about:\n{tail(home / 'log')}")
        time.sleep(0.1)


def ask(home: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(home / "output" / "store.sqlite")) as database:
        return database.execute(query).fetchall()


def count(home: Path, query: str) -> int:
    return int(ask(home, query)[0][0])


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.live")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
