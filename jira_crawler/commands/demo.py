"""`scrapy demo`: the main job, from beginning to end, against the embedded Jira."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonlines
from rich.console import Console
from rich.panel import Panel
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import Checked

PROJECTS = "DEMO,TOOLS"
SHOWN = ("summarization", "question_answering")


class Command(Checked, ScrapyCommand):
    """Crawls an embedded Jira into OUTPUT_DIR/demo, says where the feeds are and shows two examples."""

    requires_project = True
    requires_crawler_process = False
    uses = ("OUTPUT_DIR",)

    def short_desc(self) -> str:
        return "Crawl the embedded Jira and show what comes of it"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the web server.
        from jira_crawler.sandbox import running

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        folder = Path(self.settings["OUTPUT_DIR"]) / "demo"
        shutil.rmtree(folder, ignore_errors=True)  # the demo's own, from the last time
        with running(issues=200) as sandbox:
            print(f"An embedded Jira with 200 made-up issues is at {sandbox.url}")
            crawl = ["crawl", "jira", "-a", f"projects={PROJECTS}", "-a", f"site={sandbox.url}"]
            print(f"$ scrapy {' '.join(crawl)} -s OUTPUT_DIR={folder}", flush=True)
            command = [sys.executable, "-m", "scrapy", *crawl, "-s", f"OUTPUT_DIR={folder}"]
            self.exitcode = subprocess.run(command, check=False).returncode  # noqa: S603 - our own command
        feeds = sorted(folder.glob("[A-Z]*.jsonl"))
        show(feeds)
        print("The feeds: " + ", ".join(map(str, feeds)))


def show(feeds: list[Path]) -> None:
    """Prints the first example of two tasks as a person would want to read it."""
    from rich.markdown import Markdown

    console = Console()
    for task in SHOWN:
        example = next((line for feed in feeds for line in lines(feed) if line["task_type"] == task), None)
        if example:
            console.print(Panel(Markdown(example["input"]), title=f"{task}: {example['instruction']}"))
            console.print(Panel(Markdown(example["output"]), title="output"))


def lines(feed: Path) -> list[dict[str, Any]]:
    with jsonlines.open(feed) as reader:
        return list(reader)
