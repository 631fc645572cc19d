"""`scrapy demo --live`: an embedded Jira that moves, a live crawl of it, and its page, until somebody ends them."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Final

from jira_crawler.exceptions import BadArgument

HOST: Final = "127.0.0.1"
PROJECTS: Final = "DEMO,TOOLS"
EDITS, LOST = 1.0, 0.05  # edits a second, and the share of webhooks that get lost: so there is something to be seen
LOOK: Final = 0.1  # seconds between two looks for whether the page is there
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


def show_live(environment: Mapping[str, str], port: int) -> int:
    """Runs both until a signal comes, and leaves nothing behind; gives the exit status of the crawl.

    The crawl is given the `environment` and nothing else, and its page is at a port, 0 for any that is free. Raises
    BadArgument where that one cannot be had.
    """
    from fake_jira import running  # only who runs it is to pay for the web server

    port, secret = vacant(port), token_hex()
    with TemporaryDirectory(prefix="jira-demo-") as folder, _ending() as children:
        told = {"webhooks": f"http://{HOST}:{port}/webhooks/jira", "webhook_secret": secret}
        faults = (f"loss={LOST}",)
        with running(issues=200, edits_per_second=EDITS, webhook_faults=faults, **told) as sandbox:
            print(f"An embedded Jira with 200 made-up issues, of which one changes each second, is at {sandbox.url}")
            crawl = ["crawl", "live", "-a", f"projects={PROJECTS}", "-a", f"site={sandbox.url}"]
            crawl += ["-s", f"LIVE_PORT={port}", "-s", "LIVE_POLL=15", "-s", f"OUTPUT_DIR={Path(folder, 'output')}"]
            print(f"$ scrapy {' '.join(crawl)}", flush=True)
            more = {"JIRA_WEBHOOK_SECRET": secret, "XDG_STATE_HOME": str(Path(folder, "state"))}
            command = [sys.executable, "-m", "scrapy", *crawl]
            # In a group of its own: a terminal's Ctrl-C comes here, and is handed on once.
            with subprocess.Popen(command, env={**environment, **more}, process_group=0) as process:  # noqa: S603 - ours
                children.append(process)
                if _serves(process, port):
                    print(f"Watch it at http://{HOST}:{port}/ (Ctrl-C ends it, and leaves nothing behind)", flush=True)
                return process.wait()


@contextmanager
def _ending() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Hands signals on to a child, as soon as there is one in the list; before that they end us, in good order."""
    children: list[subprocess.Popen[bytes]] = []

    def end(number: int, _: FrameType | None) -> None:
        if not children:
            sys.exit(128 + number)
        for child in children:
            with suppress(ProcessLookupError):
                child.send_signal(number)

    before = {number: signal.signal(number, end) for number in SIGNALS}
    try:
        yield children
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serves(process: subprocess.Popen[bytes], port: int) -> bool:
    """Waits until somebody listens; False where the process ends before."""
    while process.poll() is None:
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return True
        time.sleep(LOOK)
    return False


def vacant(port: int) -> int:
    """Gives a port if nobody has it, for 0 any such; raises BadArgument for one that somebody has."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            raise BadArgument(f"LIVE_PORT={port} cannot be had: {error.strerror}.") from error
        return int(trial.getsockname()[1])
