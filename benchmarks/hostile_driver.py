"""Runs crawls for the fuzzer: loads everything once, forks for each order on stdin, and measures what was forked.

An order is a line of JSON: the arguments of scrapy, an environment, a log, and the folder to be in. The answer is a
line, too: exit status (null for one that was ended because it took too long), seconds and megabytes at the peak.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from typing import Any

from scrapy.cmdline import execute

from tests.servers.forking import become, preload

LONGEST = 60.0  # seconds that a crawl may take
SEAT_BELT = 8 * 1024**3  # bytes of addresses: not the measure, but the machine's own safety
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


def serve() -> None:
    preload()
    for line in sys.stdin:
        order = json.loads(line)
        began = time.monotonic()
        if not (pid := os.fork()):
            resource.setrlimit(resource.RLIMIT_AS, (SEAT_BELT, SEAT_BELT))
            log = {"stdout": order["log"], "stderr": order["log"]}
            become(order | log | {"env": os.environ | order["env"]})
            execute(["scrapy", *order["arguments"]])
            return
        print(json.dumps(watched(pid, began)), flush=True)


def watched(pid: int, began: float) -> dict[str, Any]:
    """Waits for a crawl, ends it if it takes too long, and says what it used."""
    late = False
    while True:
        done, raw, usage = os.wait4(pid, os.WNOHANG)
        seconds = time.monotonic() - began
        if done:
            status = None if late else os.waitstatus_to_exitcode(raw)
            return {"status": status, "seconds": seconds, "megabytes": usage.ru_maxrss * _UNIT / 1e6}
        if seconds > LONGEST and not late:
            late = True
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


if __name__ == "__main__":
    serve()
