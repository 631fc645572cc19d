"""Says at the end what was asked, what came, what became of it and what is missing: report.json and one screen."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from scrapy import signals
from sqlalchemy.exc import SQLAlchemyError

from jira_crawler.extensions.commit import CommitExtension
from jira_crawler.extensions.workers import Workers
from jira_crawler.feeds import reports
from jira_crawler.recording import Recording
from jira_crawler.store import tally

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Report:
    """Gathers the crawl's counts when it ends; `complete` is true only if nothing is missing.

    Until then the report says that it is not: CommitExtension has begun it when it took the folder.
    """

    complete = False  # whether the report of this very run is on the disk, and says so

    def __init__(self, crawler: Crawler):
        self.crawler = crawler
        self.began = time.monotonic()
        crawler.signals.connect(self.opened, signal=signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Report:
        return cls(crawler)

    def opened(self) -> None:
        """Listens for the end after everybody else does: what goes wrong at the end must be in the report, too."""
        self.crawler.signals.connect(self.closed, signal=signals.spider_closed)

    def closed(self, reason: str) -> None:
        recording, commits = Recording.of(self.crawler), CommitExtension.of(self.crawler)
        if reason not in ("finished", "stopped") and not self._is_stopped_as_meant(reason):
            recording.add_finding(f"The crawl was ended before it was complete ({reason}).")
        try:
            report = self.gather(commits)
        except SQLAlchemyError as error:
            recording.add_finding(
                f"The store cannot be read: {str(getattr(error, 'orig', None) or error).splitlines()[0]}."
            )
            report = {"complete": False, "missing": recording.findings.sentences, "listed": 0}
        if workers := self.crawler.get_extension(Workers):
            report = workers.joined(report)
        commits.dataset.close()
        path = Path(self.crawler.settings["OUTPUT_DIR"]) / recording.report
        try:
            reports.write(path, report)
            self.complete = report["complete"]
        except OSError as error:
            recording.add_finding(f"{path} cannot be written: {error.strerror}.")
            report["complete"] = False
        show(report, path.parent)

    def _is_stopped_as_meant(self, reason: str) -> bool:
        """Whether somebody stopped a crawl that does not end by itself, once it had followed its tracker."""
        return reason == "shutdown" and bool(getattr(self.crawler.spider, "is_following", False))

    def write_current(self) -> None:
        """Writes the report of a crawl that goes on, as if it ended now."""
        recording, commits = Recording.of(self.crawler), CommitExtension.of(self.crawler)
        reports.write(Path(self.crawler.settings["OUTPUT_DIR"]) / recording.report, self.gather(commits))

    def gather(self, commits: CommitExtension) -> dict[str, Any]:
        """Puts the counts of this run and of the whole dataset side by side."""
        stats, recording = self.crawler.stats.get_stats(), Recording.of(self.crawler)
        engine = commits.dataset.store.engine
        written, dropped, tasks = recording.tally()
        listed, requests = recording.state.listed, stats.get("pace/sent", 0)
        return {
            "complete": not recording.findings,
            "missing": recording.findings.sentences,
            "site": recording.origin,
            "listed": listed,
            "fetched": written + dropped.total(),
            "written": written,
            "dropped": dict(sorted(dropped.items())),
            "examples": dict(sorted(tasks.items())),
            "leaks": _under(stats, "leaks/"),
            "redacted": _under(stats, "redacted/"),
            "cut": _under(stats, "cut/"),
            "requests": requests,
            "requests_per_1000_issues": round(1000 * requests / listed, 1) if listed else None,
            "retries": stats.get("retry/count", 0),
            "refused": stats.get("pace/refused", 0),
            "waited_seconds": round(stats.get("pace/waited_seconds", 0.0), 1),
            "seconds": round(time.monotonic() - self.began, 1),
            "proof": _under(stats, "proof/"),
            "verified": _under(stats, "verified/"),
            "near_duplicates": tally.near_duplicates(engine),
            "dataset": tally.by_project(engine),
        }


def show(report: dict[str, Any], folder: Path) -> None:
    """Prints a report for a person, on one screen."""
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if report["listed"]:
        show_counts(report, console)
    if report["complete"]:
        console.print(f"Complete. The feeds are in {folder}.", soft_wrap=True)
    for sentence in report["missing"]:
        console.print(f"INCOMPLETE: {sentence}", markup=False, soft_wrap=True)


def show_counts(report: dict[str, Any], console: Console) -> None:
    """Prints what came and what became of it."""
    console.print(
        f"{report['site']}: {report['listed']:,} issues listed, {report['written']:,} written", soft_wrap=True
    )
    table = Table()
    for heading in ("project", "in the feed", "rejected", "examples"):
        table.add_column(heading, justify="left" if heading == "project" else "right")
    for project, counts in report["dataset"].items():
        table.add_row(project, *(f"{counts[name]:,}" for name in ("in_feed", "rejected", "examples")))
    console.print(table)
    for name in ("examples", "dropped", "leaks", "redacted", "near_duplicates", "cut"):
        if report[name]:
            console.print(
                f"{name.replace('_', ' ')}: " + ", ".join(f"{key} {n:,}" for key, n in sorted(report[name].items())),
                soft_wrap=True,
            )
    rate = report["requests_per_1000_issues"]
    console.print(
        f"{report['requests']} requests ({rate} per 1,000 issues), {report['retries']} retries, "
        f"{report['waited_seconds']} s waited, {report['seconds']} s in all",
        soft_wrap=True,
    )


def _under(stats: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {name.removeprefix(prefix): value for name, value in sorted(stats.items()) if name.startswith(prefix)}
