"""`scrapy demo`: the main job, from beginning to end, against the embedded Jira."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonlines
import orjson
from rich.console import Console
from rich.panel import Panel
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import REFUSED, NoCrawl, say
from jira_crawler.commands.demo_live import show_live
from jira_crawler.exceptions import BadArgument

PROJECTS = "DEMO,TOOLS"
SHOWN = ("summarization", "question_answering")
NOTE = ".made-by-demo"  # the names of what the demo has left, which it removes the next time
# All that a crawl is given of the environment: no Redis, store, credentials, proxies or settings of another project.
KEPT = {"PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LANG", "LC_ALL", "LC_CTYPE"}
KEPT |= {"TERM", "COLUMNS", "LINES", "NO_COLOR"}


class Command(NoCrawl, ScrapyCommand):
    """Crawls an embedded Jira into OUTPUT_DIR/demo, says where the feeds are and shows two examples.

    With --live it follows one that moves, says where to watch that, and leaves nothing behind.
    """

    uses = ("OUTPUT_DIR", "LIVE_PORT")

    def syntax(self) -> str:
        return "[--live]"

    def short_desc(self) -> str:
        return "Crawl the embedded Jira and show what comes of it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--live", action="store_true", help="follow one that moves, and show a page of that")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the web server.
        from fake_jira import running
        from fake_server import BadOption

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        folder = Path(self.settings["OUTPUT_DIR"]) / "demo"
        try:
            if args:
                raise BadArgument(f"scrapy demo takes switches only, not {args[0]!r}.")
            if opts.live:
                self.exitcode = show_live(environment(), self.settings.getint("LIVE_PORT"))
                return
            with fresh(folder), running(issues=200) as sandbox:
                print(f"An embedded Jira with 200 made-up issues is at {sandbox.url}")
                crawl = ["crawl", "jira", "-a", f"projects={PROJECTS}", "-a", f"site={sandbox.url}"]
                crawl += ["-s", f"OUTPUT_DIR={folder}"]
                print(f"$ scrapy {' '.join(crawl)}", flush=True)
                self.exitcode = crawled(crawl)
        except (BadArgument, BadOption) as error:
            say(self.called, str(error))
            self.exitcode = REFUSED
            return
        feeds = sorted(folder.glob("[A-Z]*.jsonl"))
        show(feeds)
        print("The feeds: " + ", ".join(map(str, feeds)))


@contextmanager
def fresh(folder: Path) -> Iterator[None]:
    """Gives the demo an empty folder, and notes at the end what it has left there.

    What an earlier demo has noted is removed, and nothing else: raises BadArgument where something else is.
    """
    try:
        if folder.is_symlink():
            raise BadArgument(f"{folder} is a link to somewhere else: remove it, or set another OUTPUT_DIR.")
        folder.mkdir(parents=True, exist_ok=True)
        for path in _noted(folder):
            path.unlink()
        others = [path.name for path in folder.iterdir() if path.name != NOTE]
        if others:
            others.sort(key=lambda name: (name.startswith("."), name))  # first what a person sees
            said = f"{folder} holds what no demo has left, such as {others[0]}"
            raise BadArgument(f"{said}: move it away, or set another OUTPUT_DIR.")
        (folder / NOTE).unlink(missing_ok=True)
    except OSError as error:
        raise BadArgument(f"Nothing can be written to {folder}: {error.strerror}.") from error
    try:
        yield
    finally:
        with suppress(OSError):  # without a note the next demo asks a person
            left = sorted(path.name for path in folder.iterdir() if not path.is_dir())
            (folder / NOTE).write_bytes(orjson.dumps(left))


def _noted(folder: Path) -> list[Path]:
    """Finds what the note of an earlier demo names, and is there: files and links in the folder itself."""
    note = folder / NOTE
    try:
        names = [] if note.is_symlink() else orjson.loads(note.read_bytes())
    except (FileNotFoundError, IsADirectoryError, orjson.JSONDecodeError):
        return []
    listed = {name for name in names if isinstance(name, str)} if isinstance(names, list) else set()
    return [path for path in folder.iterdir() if path.name in listed and (path.is_symlink() or path.is_file())]


def environment() -> dict[str, str]:
    """Gives what a crawl of a demo may know of the environment."""
    env = {name: value for name, value in os.environ.items() if name in KEPT}
    return env | {"SCRAPY_SETTINGS_MODULE": "jira_crawler.settings", "PYTHONPATH": str(Path(__file__).parents[2])}


def crawled(arguments: list[str]) -> int:
    """Runs a crawl of the embedded Jira with nothing of what is set up for real ones; gives its exit status."""
    env = environment()
    command = [sys.executable, "-m", "scrapy", *arguments]
    before = signal.signal(signal.SIGINT, lambda *_: None)  # the crawl gets it, too, and ends in good order
    try:
        with TemporaryDirectory(prefix="jira-demo-") as state:  # what belongs to the machine is no matter of a demo
            env["XDG_STATE_HOME"] = state
            return subprocess.run(command, env=env, check=False).returncode  # noqa: S603 - our own command
    finally:
        signal.signal(signal.SIGINT, before)


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
