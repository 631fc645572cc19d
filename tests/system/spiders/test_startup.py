"""A crawl loads what it uses: who crawls a tracker into files pays neither for servers nor for tables."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("aiohttp", "alembic", "fsspec", "prometheus_client", "pyarrow", "redis", "tldextract")
HEAVY_PARTS = (
    "jira_crawler.redaction.redact",
    "jira_crawler.serve.application",
    "sqlalchemy.dialects.postgresql",
    "twisted.conch",
)
TOLD = """
import atexit, sys
atexit.register(lambda: print("LOADED", *(name for name in {names!r} if name in sys.modules)))
from scrapy.cmdline import execute
execute(["scrapy", "crawl", "jira", *{arguments!r}])
"""


def loaded(folder: Path, *more: str) -> set[str]:
    """What a crawl of a tracker that is not there has loaded by its end."""
    arguments = ["-a", "projects=DEMO", "-a", "site=http://127.0.0.1:1", "-s", f"OUTPUT_DIR={folder}"]
    arguments += ["-s", "RETRY_TIMES=0", "-s", "SCRAPE_ONLY=1", *more]
    code = TOLD.format(names=(*HEAVY, *HEAVY_PARTS), arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "cannot be reached" in done.stdout, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize(("more", "wanted"), [((), set()), (("-s", "COOKIES_ENABLED=1"), {"tldextract"})])
def test_what_a_crawl_does_not_use_is_not_loaded(tmp_path: Path, more: tuple[str, ...], wanted: set[str]) -> None:
    assert loaded(tmp_path, *more) == wanted
