"""Whether two checkouts make the same feeds and rejects of the same trackers, line for line.

    python -m benchmarks.same_feeds OTHER_CHECKOUT [--seeds 5] [--issues 200] [--data FOLDER_OR_FILE …]

Each tracker is an embedded Jira that both crawl, one after the other, each in its own checkout and with this Python.
What is compared is the sha256 of the sorted lines. Status 1 where something differs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fake_jira import running

HERE = Path(__file__).parent.parent
LONGEST = 900  # seconds that one crawl may take


def trackers(seeds: int, issues: int, data: list[Path]) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Gives each tracker: its name, what its sandbox is made of, and the arguments of its crawl."""
    for seed in range(1, seeds + 1):
        for dialect in ("server", "cloud"):
            made_up = {"issues": issues, "seed": seed, "dialect": dialect}
            yield f"seed {seed}, {dialect}", made_up, {"projects": "DEMO,TOOLS"}
    for seed in range(1, min(seeds, 2) + 1):
        for pages in ("old", "new"):
            shown = {"issues": issues // 4, "seed": seed, "pages": pages}
            yield f"pages {pages}, seed {seed}", shown, {"spider": "jira_pages", "projects": "DEMO", "browser": "never"}
    for path in data:
        yield path.name, {"data": (path,)}, {}


def crawled(checkout: Path, url: str, chosen: dict[str, str], folder: Path) -> tuple[int, dict[str, str]]:
    """Crawls a tracker with a checkout's code, and gives the exit status and the hash of each file of lines."""
    settings = {"OUTPUT_DIR": str(folder), "STATE_DIR": str(folder / "state"), "LOG_LEVEL": "ERROR"}
    arguments = [f"{name}={value}" for name, value in chosen.items() if name != "spider"]
    command = [sys.executable, "-m", "scrapy", "crawl", chosen.get("spider", "jira"), "-a", f"site={url}"]
    command += [part for each in arguments for part in ("-a", each)]
    command += [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    done = subprocess.run(command, cwd=checkout, stdout=subprocess.DEVNULL, timeout=LONGEST, check=False)
    hashes = {
        path.name: sha256(b"".join(sorted(path.read_bytes().splitlines(keepends=True)))).hexdigest()
        for path in sorted(folder.glob("*.jsonl"))
    }
    return done.returncode, hashes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--issues", type=int, default=200)
    parser.add_argument("--data", type=Path, nargs="*", default=[])
    chosen = parser.parse_args()
    differing = 0
    for name, options, arguments in trackers(chosen.seeds, chosen.issues, chosen.data):
        with running(**options) as sandbox, TemporaryDirectory() as home:
            asked = {"projects": ",".join(sandbox.manifest()["projects"])} | arguments
            ours = crawled(HERE, sandbox.url, asked, Path(home) / "ours")
            theirs = crawled(chosen.other.resolve(), sandbox.url, asked, Path(home) / "theirs")
        same = ours == theirs
        differing += not same
        print(f"{'same' if same else 'DIFFERENT':10} {name}: status {ours[0]}, {len(ours[1])} files", flush=True)
        for file in sorted(ours[1].keys() | theirs[1].keys()) if not same else ():
            here, there = ours[1].get(file, "none"), theirs[1].get(file, "none")
            print(f"           {file}: {here[:16]} here, {there[:16]} there (status {theirs[0]})", flush=True)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
