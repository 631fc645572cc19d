"""A step that ends the process it runs in, where somebody says so: as many times as there are files to take."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Self

from jira_crawler.items import RawIssue
from jira_crawler.policy import Policy

PATH = f"{__name__}.Dying"


class Dying:
    """Dies of every issue whose id is the name of a file, and takes it away; of that of a folder, each time."""

    def __init__(self, folder: Path):
        self.folder = folder

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        return cls(Path(str(policy.setting("DYING"))))

    def process_item(self, item: RawIssue) -> RawIssue:
        mark = self.folder / item.id
        if mark.exists():
            if mark.is_file():
                mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return item
