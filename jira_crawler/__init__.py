"""A crawler that reads issue trackers completely and turns issues into clean training data."""

import gc
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


def stop_early(*_: Any) -> None:
    """Ends a crawl that has not begun, with a sentence, and not as if it were complete."""
    with suppress(OSError):  # nobody reads it; and what a signal interrupts may be printing itself, which print refuses
        os.write(2, b"scrapy crawl: Stopped before anything was begun.\n")
    os._exit(1)  # an exception would come out of whatever is being loaded, and some of that swallows every exception


# Loading what a crawl needs takes a second, and a Ctrl-C in it deserves no traceback. Scrapy loads this package before
# all else of ours; whoever imports it otherwise than to crawl keeps his own ways.
_PROGRAM = Path(sys.argv[0] if sys.argv else "")
if "scrapy" in (_PROGRAM.name, _PROGRAM.parent.name) and sys.argv[1:2] in (["crawl"], ["verify"]):
    gc.disable()  # what is loaded stays, and to look through it is a tenth of that second; the command enables it again
    for _number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(_number, stop_early)
