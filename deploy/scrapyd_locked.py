"""Scrapyd as scrapyd.conf starts it: only for those who know a user name and a password, and not at all without them.

Whoever reaches an open Scrapyd may run code on its machine.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from scrapyd.app import application as scrapyd_application


def application(config: Any) -> Any:
    """Gives Scrapyd's application, whose every page asks for user name and password; ends where they are not set."""
    given = {
        name: os.environ.get(f"SCRAPYD_{name}".upper()) or config.get(name, "") for name in ("username", "password")
    }
    if missing := [name for name, value in given.items() if not value.strip()]:
        variables = " and ".join(f"SCRAPYD_{name}".upper() for name in missing)
        sys.exit(
            f"Scrapyd does not start without user name and password, for who reaches it may run code: set {variables}."
        )
    return scrapyd_application(config)
