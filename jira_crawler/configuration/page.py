"""`python -m jira_crawler.configuration.page docs/settings.md` writes what the table of settings says into the page."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from jira_crawler import settings
from jira_crawler.configuration.table import OURS, Setting

HEADING = "## Settings of our own"


def page(text: str) -> str:
    """Gives the page with the table under its heading made anew, and all else as it was."""
    table = "\n".join(("| setting | default | what it may be | meaning |", "|---|---|---|---|", *map(_row, OURS)))
    before, heading, rest = text.partition(f"{HEADING}\n")
    if not heading:
        raise ValueError(f"There is no heading {HEADING!r}.")
    return before + heading + re.sub(r"^\|.*\n(?:\|.*\n)*", lambda _: f"{table}\n", rest, count=1, flags=re.MULTILINE)


def _row(setting: Setting) -> str:
    default = setting.default or f"`{getattr(settings, setting.name)!r}`".replace("'", '"')
    may_be = f"{setting.kind.words}{f' ({setting.unit})' if setting.unit else ''}"
    return f"| `{setting.name}` | {default} | {may_be} | {setting.meaning} |"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.write_text(page(target.read_text("utf-8")), "utf-8")
