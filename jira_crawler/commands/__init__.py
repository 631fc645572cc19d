"""Commands of this project, beside those of Scrapy."""

import signal
import sys
from pathlib import Path
from typing import Any

INCOMPLETE = 1  # the exit status of a crawl that is not known to be complete


def stop_early(*_: Any) -> None:
    """Ends a crawl that has not begun, with a sentence."""
    print("scrapy crawl: Stopped before anything was begun.", file=sys.stderr)
    sys.exit(INCOMPLETE)


# Loading what a crawl needs takes a second, and a Ctrl-C in it is no accident that deserves a traceback. Scrapy loads
# this package first, and whoever imports it otherwise than to crawl keeps his own ways.
PROGRAM = Path(sys.argv[0])
if "scrapy" in (PROGRAM.name, PROGRAM.parent.name) and sys.argv[1:2] in (["crawl"], ["verify"]):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop_early)
