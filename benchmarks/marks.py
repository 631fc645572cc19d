"""Every mark that redaction puts into recorded issues, with what stood there and around it, to be read by hand.

    python -m benchmarks.marks FOLDER… [--kinds EMAIL,KEY]

What it prints is private: secrets and names as they were sent. The last line counts.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.recorded_issues import issues
from jira_crawler.redaction.placeholders import MARKS
from jira_crawler.redaction.redact import redact
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import every_text

_MARK = re.compile(f"({'|'.join(MARKS)})")
_AROUND = 40  # characters


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--kinds", default="")
    options = parser.parse_args()
    wanted = {f"<{kind}>" for kind in options.kinds.split(",")} if options.kinds else set(MARKS)
    counts: Counter[str] = Counter()
    size = 0
    for issue in issues(options.folders):
        for text in dict.fromkeys(every_text(clean(issue))):
            size += len(text)
            for mark, before, what, after in marked(text):
                counts[mark] += 1
                if mark in wanted:
                    print(f"{mark} {issue.key} {before!r} >> {what!r} << {after!r}")
    told = ", ".join(f"{mark} {n:,}" for mark, n in counts.most_common())
    print(f"{size:,} characters: {told or 'no mark'}")
    return 0


def marked(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Gives each mark that redacting puts into a text, with what stood before it, in its place and behind it.

    A mark that was there already is none. Where a text repeats itself right behind a secret the place may be too short.
    """
    first, *rest = _MARK.split(redact(text)[0])
    at = len(first)
    for mark, between in zip(rest[::2], rest[1::2], strict=True):
        end = text.find(between, at) if between else len(text)
        if text[at:end] != mark:
            yield mark, text[max(at - _AROUND, 0) : at], text[at:end], text[end : end + _AROUND]
        at = end + len(between)


if __name__ == "__main__":
    sys.exit(main())
