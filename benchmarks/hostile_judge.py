"""Judges what a crawl left, by code that shares nothing with the crawler."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import hostile_tracker as tracker
from benchmarks.hostile_driver import LONGEST
from benchmarks.hostile_truth import BOUND, Truth
from tests.servers.hostile import Asked

MEGABYTES = 400.0  # that a crawl may take at its peak
FOREIGN = 3  # feeds of projects that nobody asked for: an issue may have moved
SENTENCE = 700  # characters of a sentence in the report, of which a server said 300 at most
OURS = ("output", "state", "jobs", "log")
_FEED = re.compile(r"[A-Za-z][A-Za-z0-9_]*\.jsonl")


@dataclass(frozen=True)
class Ended:
    """How a crawl ended: `status` is None if it took too long."""

    status: int | None
    seconds: float
    megabytes: float


def judged(truth: Truth, ended: Ended, home: Path, canary: str, strangers: list[Asked]) -> list[str]:
    """Says what is wrong with a crawl, the worst first; nothing for one that is right."""
    return [
        *_secrets(home, canary, strangers),
        *_law(truth, ended, home / "output"),
        *_bounds(truth, ended),
        *_log((home / "log").read_text("utf-8", "replace"), ended.status),
        *_files(home),
    ]


def _law(truth: Truth, ended: Ended, output: Path) -> Iterator[str]:
    """Exit status 0 if and only if all is here that counts, and a report that says the same."""
    if ended.status is None:
        return
    if ended.status not in (0, 1):
        yield f"exit status {ended.status}"
    missing = truth.counted() - held(output, truth.issues)
    if ended.status == 0 and missing:
        yield f"exit status 0 without {len(missing)} of {len(truth.counted())} issues"
    if ended.status == 1 and truth.answered():
        yield f"exit status 1, but every question was answered in the end; {len(missing)} issues are missing"
    report = _report(output)
    if report.get("complete") is not (ended.status == 0):
        yield f"report.json says complete: {report.get('complete')}, the exit status is {ended.status}"
    for sentence in report.get("missing", []):
        if len(sentence) > SENTENCE or not sentence.isprintable():
            yield f"a sentence of the report is too long or not printable: {sentence[:60]!r}…"


def _bounds(truth: Truth, ended: Ended) -> Iterator[str]:
    if truth.asked > BOUND:
        yield f"more than {BOUND} requests"
    if ended.status is None:
        yield f"more than {LONGEST:.0f} seconds"
    if ended.megabytes > MEGABYTES:
        yield f"{ended.megabytes:,.0f} MB"


def _log(log: str, status: int | None) -> Iterator[str]:
    for raised in re.findall(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)*(.*)", log, re.MULTILINE)[:1]:
        yield f"a traceback: {raised[:120]}"
    if re.search(r"^Complete\.", log, re.MULTILINE) and status != 0:
        yield f"`Complete`, and exit status {status}"
    if "\x1b" in log:
        yield "a terminal escape in the log"


def _files(home: Path) -> Iterator[str]:
    strange = [path.name for path in home.iterdir() if path.name not in (*OURS, "elsewhere", "tmp")]
    strange += [path.name for name in ("elsewhere", "tmp") for path in (home / name).iterdir()]
    strange += [path.name for path in home.parent.iterdir() if "escaped" in path.name.lower()]
    if strange:
        yield f"files elsewhere: {', '.join(sorted(strange))[:120]}"
    feeds = [path.name for path in (home / "output").glob("*.jsonl")]
    if wrong := [name for name in feeds if not _FEED.fullmatch(name)]:
        yield f"a feed with an odd name: {wrong[0]!r}"
    foreign = [name for name in feeds if name not in (f"{tracker.PROJECT}.jsonl", "rejects.jsonl")]
    if len(foreign) > FOREIGN:
        yield f"{len(foreign)} feeds of projects that nobody asked for"


def _secrets(home: Path, canary: str, strangers: list[Asked]) -> Iterator[str]:
    if any(canary in str(asked) for asked in strangers):
        yield "THE TOKEN WENT TO A STRANGER"
    elif strangers:
        yield f"a stranger was asked for {strangers[0].path}"
    for path in home.rglob("*"):
        if path.is_file() and canary.encode() in path.read_bytes():
            yield f"the token is in {path.relative_to(home)}"


def held(output: Path, issues: list[dict[str, Any]]) -> set[str]:
    """Gives the ids of the issues that are in a feed or in the rejects, there by id, key or what is told of them."""
    found: set[str] = set()
    for path in output.glob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            told = json.loads(line)
            names = [told["metadata"][name] for name in ("issue_id", "issue_key")] if "metadata" in told else []
            rejected = path.name == "rejects.jsonl"
            names += [told.get("id"), told.get("key")] if rejected else []
            found |= {each["id"] for each in issues if each["id"] in names or each["key"] in names}
            if rejected:
                found |= {each["id"] for each in issues if _named(each, str(told.get("payload")))}
    return found


def _named(each: dict[str, Any], payload: str) -> bool:
    """Whether a payload that could not be read tells of an issue."""
    return any(name in payload for name in (f'"{each["id"]}"', f'"{each["key"]}"', tracker.mark(each)))


def _report(output: Path) -> dict[str, Any]:
    try:
        read = json.loads((output / "report.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
