"""Crawls of repositories that were recorded, that are disturbed by faults at each request in turn, and that are killed.

python -m benchmarks.github [--data FOLDER] [--kills N] [--faults] [--seed S] [--json PATH]

FOLDER holds recorded repositories: archives of GraphQL (`archive.json.gz`) or lists of REST (`issues.jsonl.gz`). What a
crawl of them leaves is counted, and held against counts of the files that share no code with it.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import zstandard
from rich.console import Console

from fake_github import running
from fake_github.data.recorded import load
from fake_github.server.serving import Sandbox

TOKEN = "a-token-of-the-sandbox"
FAULTS = ("close", "error502", "badjson", "html200", "truncated", "errors200", "error500")
SMALL = ("COMMIT_SECONDS=0.05", "RETRY_BACKOFF=0.02", "REFINE_PROCESSES=1", "LOG_LEVEL=WARNING")
LONGEST = 600.0  # seconds that a crawl may take


def main() -> int:
    options = _parser().parse_args()
    console, total = Console(stderr=True, highlight=False), {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        if options.data:
            total["recorded"] = recorded(options.data, Path(folder), console)
        if options.faults:
            total["faults"] = disturbed(Path(folder), console)
        if options.kills:
            total["kills"] = killed(options.kills, random.Random(options.seed), Path(folder), console)
    print(json.dumps(total, indent=2))
    if options.json:
        options.json.write_text(json.dumps(total, indent=2) + "\n")
    return 1 if any(each.get("wrong") for each in total.values()) else 0


# --- what was recorded


def recorded(data: Path, folder: Path, console: Console) -> dict[str, Any]:
    """Crawls every recorded repository, and counts what is there and what is in the files."""
    held = load(data)
    names = ",".join(each.repository.full_name for each in held)
    with running(held, token=TOKEN) as site:
        began = time.monotonic()
        ended = crawl(site, folder / "recorded", names)
        seconds, first = time.monotonic() - began, len(site.requests)
        again = crawl(site, folder / "recorded", names)
        idle = len(site.requests) - first
        floors = {name: floor(site, name) for name in names.split(",")}
        holes = sum(path.rpartition("/")[2].isdigit() for _, path, _ in site.requests[:first])
    there, told = counted(folder / "recorded"), in_files(data)
    console.print(f"{sum(each['items'] for each in there.values()):,} items in {seconds:.0f} s, {first} requests")
    return {
        "status": [ended, again],
        "requests": first,
        "of_numbers_without_an_item": holes,
        "floor": sum(floors.values()),
        "idle": idle,
        "repositories": len(held),
        "seconds": round(seconds, 1),
        "held": there,
        "files": told,
        "wrong": [name for name in told if told[name] != there.get(name)] + [n for n in (ended, again) if n],
    }


def counted(folder: Path) -> dict[str, dict[str, int]]:
    """Counts what is in the payloads of a store, by repository."""
    found: dict[str, Counter[str]] = {}
    with closing(sqlite3.connect(folder / "store.sqlite")) as store:
        for project, payload in store.execute("SELECT project, payload FROM issues WHERE stage != 'Removed'"):
            whole = json.loads(zstandard.decompress(payload))
            details = whole["details"] or {}
            count = found.setdefault(project, Counter())
            count["items"] += 1
            count["pull_requests"] += "pull_request" in whole["issue"]
            count["merged"] += bool((whole["issue"].get("pull_request") or {}).get("merged_at"))
            count["comments"] += len(whole["comments"])
            count["review_comments"] += len(whole["review_comments"])
            count["reviews"] += len((details.get("reviews") or {}).get("nodes") or [])
            count["lines"] += (details.get("additions") or 0) + (details.get("deletions") or 0)
    return {name: dict(sorted(count.items())) for name, count in sorted(found.items())}


def in_files(data: Path) -> dict[str, dict[str, int]]:
    """Counts the same in the files themselves."""
    found: dict[str, dict[str, int]] = {}
    for path in sorted(data.rglob("archive.json.gz")):
        told = json.loads(gzip.decompress(path.read_bytes()))
        lines = _rows(path.parent / "lines.jsonl.gz")
        reviews = [review for pull in told["pulls"] for review in pull["reviews"]]
        found[told["repo"]] = {
            "comments": sum(len(each["comments"]) for each in told["issues"] + told["pulls"]),
            "items": len(told["issues"]) + len(told["pulls"]),
            "lines": sum(each["additions"] + each["deletions"] for each in lines),
            "merged": sum(bool(each["mergedAt"]) for each in told["pulls"]),
            "pull_requests": len(told["pulls"]),
            "review_comments": sum(len(review["comments"]) for review in reviews),
            "reviews": len(reviews),
        }
    for path in sorted(data.rglob("issues.jsonl.gz")):
        items = list({each["number"]: each for each in (row.get("data", row) for row in _rows(path))}.values())
        pulls = [each for each in items if "pull_request" in each]
        numbers, pull_numbers = ({each["number"] for each in some} for some in (items, pulls))
        said = [each.get("data", each) for each in _rows(path.parent / "comments.jsonl.gz")]
        comments = {each["id"]: each for each in said}.values()
        remarks = [each["data"] for each in _rows(path.parent / "pull_request_review_comments.jsonl.gz")]
        reviews = _rows(path.parent / "pull_request_reviews.jsonl.gz")
        found["/".join(items[0]["repository_url"].split("/")[-2:])] = {
            "comments": sum(_number(each["issue_url"]) in numbers for each in comments),
            "items": len(items),
            "lines": 0,
            "merged": sum(bool(each["pull_request"].get("merged_at")) for each in pulls),
            "pull_requests": len(pulls),
            "review_comments": sum(_number(each["pull_request_url"]) in pull_numbers for each in remarks),
            "reviews": sum((each["input"] or {}).get("Number") in pull_numbers for each in reviews),
        }
    return found


def floor(site: Sandbox, name: str) -> float:
    """Requests that a first run needs at least, with whole pages: see docs/github.md."""
    told = [item for item in site.manifest(name)["items"].values() if not item["gone"]]
    pulls = sum(item["kind"] == "pull_request" for item in told)
    of = [sum(len(item[part]) for item in told) for part in ("comments", "review_comments")]
    of += [len(told), len(told) - pulls, len(site.manifest(name)["commits"]), len(site.manifest(name)["releases"])]
    return float(sum(-(-count // 100) for count in of) + -(-pulls // 50))


# --- what goes wrong


def disturbed(folder: Path, console: Console) -> dict[str, Any]:
    """Lets two requests in a row go wrong, at each place of a crawl in turn."""
    with running(items=40, token=TOKEN) as site:
        crawl(site, folder / "calm")
        many, calm = len(site.requests), feeds(folder / "calm", site.url)
    wrong: list[str] = []
    for at in range(1, many):
        with running(items=40, token=TOKEN) as site:
            names = FAULTS[at % len(FAULTS)], FAULTS[(at * 3 + 1) % len(FAULTS)]
            site.application.faults.planned = {at: names[0], at + 1: names[1]}
            status = crawl(site, folder / f"at-{at}")
            if status or feeds(folder / f"at-{at}", site.url) != calm:
                wrong.append(f"{at}: {', '.join(names)}: status {status}")
                console.print(wrong[-1])
    return {"places": many - 1, "wrong": wrong}


def killed(kills: int, chance: random.Random, folder: Path, console: Console) -> dict[str, Any]:
    """Kills a crawl at random moments, with and without a JOBDIR, and lets it go on."""
    wrong: list[str] = []
    died = 0
    with running(items=120, token=TOKEN, latency=0.02) as site:
        began = time.monotonic()
        crawl(site, folder / "whole")
        seconds, calm = time.monotonic() - began, feeds(folder / "whole", site.url)
        for number in range(kills):
            home = folder / f"kill-{number}"
            jobdir = (f"JOBDIR={home}-job",) if number % 2 else ()
            process = subprocess.Popen(command(site, home, *jobdir), env=environment(), stderr=subprocess.DEVNULL)
            moment = chance.uniform(0.3, 1.0) * seconds
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                died += 1
            status = crawl(site, home, "", *jobdir)
            if status or feeds(home, site.url) != calm:
                wrong.append(f"killed after {moment:.2f} s of {seconds:.2f}: status {status}")
                console.print(wrong[-1])
    return {"kills": died, "of": kills, "wrong": wrong}


# --- one crawl


def command(site: Sandbox, folder: Path, *settings: str, repos: str = "") -> list[str]:
    repos = repos or ",".join(site.application.builders)
    told = ["-a", f"site={site.url}", "-a", f"repos={repos}"]
    for setting in (*SMALL, f"OUTPUT_DIR={folder}", f"STATE_DIR={folder}-state", *settings):
        told += ["-s", setting]
    return [sys.executable, "-m", "scrapy", "crawl", "github", *told]


def environment() -> dict[str, str]:
    return {**os.environ, "GITHUB_TOKEN": TOKEN, "JIRA_CRAWLER_CONTACT": "benchmark@example.org"}


def crawl(site: Sandbox, folder: Path, repos: str = "", *settings: str) -> int:
    """Crawls to the end, and gives the exit status."""
    told = command(site, folder, *settings, repos=repos)
    done = subprocess.run(told, env=environment(), capture_output=True, timeout=LONGEST, check=False)
    return done.returncode


def feeds(folder: Path, url: str) -> dict[str, list[str]]:
    """The lines of every feed, sorted, whatever port the sandbox had."""
    host = url.split("//")[1]
    return {
        path.name: sorted(path.read_text("utf-8").replace(host, "HOST").splitlines())
        for path in sorted(folder.glob("*.jsonl"))
    }


def _number(address: str) -> int:
    return int(address.rpartition("/")[2])


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks.github", description=__doc__)
    parser.add_argument("--data", type=Path, help="a folder of recorded repositories")
    parser.add_argument("--kills", type=int, default=0, metavar="N", help="moments at which a crawl is killed (0)")
    parser.add_argument("--faults", action="store_true", help="two faults in a row at each request in turn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
