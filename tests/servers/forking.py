"""A process with everything loaded that forks a command of scrapy for each order, which saves most of its start.

An order is a line of JSON on stdin: the arguments, the whole environment, the folder to be in, and the files for
stdout and stderr. A line on stdout tells the process id of the fork, another one when and how it ended. Forks have
their own process id, environment and signals, as if they had been started by themselves; what they share is the
imported modules, what those remember of some issues, and the seed of hashes. Whoever sends no more orders ends what is
left.

A fork that is at its end does what a process does then, but for one thing: it does not take the modules apart that it
shares with the others. That would copy the memory of them all, and take as long as a small crawl.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import threading
import time
import typing
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from scrapy import cmdline
from scrapy.cmdline import _get_commands_from_module, execute
from scrapy.settings import default_settings
from scrapy.utils import versions
from scrapy.utils.misc import load_object

import jira_crawler
from fake_jira.data.generate import MadeUp
from jira_crawler.items import RawIssue
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.chain import chain, refine
from jira_crawler.refine.outcome import Refined
from jira_crawler.text.language import language

Order = dict[str, Any]
# What only some commands need, and each would otherwise load by itself.
HEAVY = (
    *("sqlalchemy.dialects.postgresql.psycopg", "psycopg", "twisted.web.client", "redis.asyncio", "itemadapter"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.utils.engine", "scrapy_redis.defaults", "tldextract"),
)
ISSUES = 60  # to practise with
# Read the environment when they are imported, so each fork imports them anew.
FRESH = ("jira_crawler.settings",)


def run(order: Order) -> None:
    """Does what was ordered, by the way of a module that lets it die at a step if one is named.

    What comes out of it other than a status ends the process in its own way.
    """
    try:
        if order["driver"]:
            importlib.import_module(order["driver"]).run(order["step"], order["times"], order["arguments"])
        else:
            execute(["scrapy", *order["arguments"]])
        leave(0)
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        leave(end.code or 0)


def leave(status: int) -> None:
    """Ends this process: waits for its threads, calls what was registered, complains of what it forgot.

    The order is that of the interpreter.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()  # a coroutine that was never awaited, a file that was never closed
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


def serve() -> None:
    """Carries out orders until there are no more; returns in each fork when its command is at its end."""
    preload()
    woken, waker = os.pipe()
    for end in (woken, waker):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    living: set[int] = set()
    for order in orders(woken, living):
        if pid := os.fork():
            living.add(pid)
            tell(order=order["number"], pid=pid)
            continue
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(woken)
        os.close(waker)
        become(order)
        run(order)
        return
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def orders(woken: int, living: set[int]) -> Iterator[Order]:
    """Gives order after order, and tells of each fork that ends meanwhile."""
    text = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            with suppress(BlockingIOError):
                while os.read(woken, 512):
                    pass
            for pid in [*living]:
                done, raw, usage = os.wait4(pid, os.WNOHANG)
                if done:
                    living.discard(pid)
                    tell(pid=pid, status=os.waitstatus_to_exitcode(raw), cpu=usage.ru_utime + usage.ru_stime)
        if 0 in ready:
            if not (read := os.read(0, 65536)):
                return
            *lines, text = (text + read).split(b"\n")
            yield from map(json.loads, lines)


def tell(**what: float) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def become(order: Order) -> None:
    """Turns a fork into what would have been started with that environment, in that folder."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for name, here in (("stdout", 1), ("stderr", 2)):
        file = os.open(order[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, here)
        os.close(file)
    os.environ.clear()
    os.environ.update(order["env"])
    time.tzset()
    os.chdir(order["cwd"])
    tempfile.tempdir = None
    for name in FRESH:
        sys.modules.pop(name, None)
    sys.argv = ["scrapy", *order["arguments"]]
    importlib.reload(jira_crawler)  # which listens to signals from now on if this is a crawl


def theirs() -> Iterator[str]:
    """Names the parts of Scrapy that its own settings name, and its commands."""
    for value in vars(default_settings).values():
        for path in value if isinstance(value, dict) else [value]:
            if isinstance(path, str) and path.startswith("scrapy.") and "reactor" not in path:
                yield path
    yield from (
        f"{command.__module__}.Command" for command in _get_commands_from_module("scrapy.commands", True).values()
    )


def preload() -> None:
    """Imports what a command imports, all but a reactor: it belongs to one process."""
    package = Path(jira_crawler.__file__).parent
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        if not name.endswith(("__init__", "__main__")) and ".migrations." not in name:
            importlib.import_module(name)
    for component in theirs():
        load_object(component)
    for name in HEAVY:
        importlib.import_module(name)
    remember()
    practise()
    language("Ce qui est lu une fois ici ne doit pas l'être par chacun d'eux.")  # which plain English would not load
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor was installed before the fork")
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def remember() -> None:
    """Keeps what each command asks this machine, and what it would only forget: that copies shared memory.

    Commands ask the metadata of all that is installed for other commands, and that of some packages for their
    versions; for the platform they start a process.
    """
    for module, name in ((cmdline, "entry_points"), (versions, "_version")):
        setattr(module, name, cache(getattr(module, name)))
    cmdline._get_commands_from_entry_points(inproject=True)
    versions.get_versions()
    vars(typing)["_cleanups"].clear()  # caches that DuckDB empties when a process ends


def practise() -> None:
    """Refines issues such as most trackers of the tests have: what is worked out at first use is there in each fork."""
    base, projects = "http://127.0.0.1", ("DEMO", "TOOLS")
    for made_up in MadeUp(ISSUES, 1, projects, "server", base, 1).issues():
        key, payload = made_up["key"], json.dumps(made_up).encode()
        about = {"site": "practice", "base_url": base, "dialect": "server", "project": key.partition("-")[0]}
        raw = RawIssue(**about, id=made_up["id"], key=key, payload=payload, fetched_at=datetime.now(UTC))
        if not isinstance(outcome := refine(raw, DEFAULTS), Refined):
            raise RuntimeError(f"an issue to practise with is not refined: {outcome}")
    chain.cache_clear()  # each fork makes its own steps


if __name__ == "__main__":
    serve()
