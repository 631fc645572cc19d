"""Which browser opens pages that need one. Nothing of it is loaded before somebody asks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from jira_crawler.exceptions import Refused

BROWSER = "browser"  # in the meta of a request that a browser is to make: what to wait for, as [selector, seconds]
INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE = (
    "There is no browser for pages that need one: apt install chromium, or playwright install chromium, or set "
    "BROWSER_PATH; browser=never does without."
)


async def executable(chosen: str, environment: Mapping[str, str] = os.environ) -> str:
    """Finds a Chromium: the one that was chosen, an installed one, or Playwright's own; raises Refused if none is."""
    if chosen:
        if not os.access(chosen, os.X_OK):
            raise Refused(f"BROWSER_PATH={chosen} is no program.")
        return chosen
    for name in INSTALLED:
        if found := shutil.which(name, path=environment.get("PATH")):
            return found
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        own = playwright.chromium.executable_path
    if not Path(own).exists():
        raise Refused(NONE)
    return own
