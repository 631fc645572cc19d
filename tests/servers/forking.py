"""A process with everything loaded that forks a command of scrapy for each order, which saves most of its start.

An order is a line of JSON on stdin: the arguments, the whole environment, the folder to be in, and the files for
stdout and stderr. A line on stdout tells the process id of the fork, another one when and how it ended. Forks have
their own process id, environment and signals, as if they had been started by themselves; what they share is the
imported modules and the seed of hashes. Whoever sends no more orders ends what is left.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from scrapy.cmdline import _get_commands_from_module, execute
from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

import jira_crawler
from jira_crawler.text.language import language

Order = dict[str, Any]
# What only some commands need, and each would otherwise load by itself.
HEAVY = (
    *("sqlalchemy.dialects.postgresql.psycopg", "psycopg", "twisted.web.client", "redis.asyncio", "itemadapter"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.utils.engine", "scrapy_redis.defaults", "tldextract"),
)
# Read the environment when they are imported, so each fork imports them anew.
FRESH = ("jira_crawler.settings",)


def run(order: Order) -> None:
    """Does what was ordered, by the way of a module that lets it die at a step if one is named."""
    if order["driver"]:
        importlib.import_module(order["driver"]).run(order["step"], order["times"], order["arguments"])
    else:
        execute(["scrapy", *order["arguments"]])


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
    language("Ce qui est lu une fois ici ne doit pas l'être par chacun d'eux.")  # which plain English would not load
    if "twisted.internet.reactor" in sys.modules:
        raise RuntimeError("a reactor was installed before the fork")
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    serve()
