"""Steps that end the process they run in, as the out-of-memory killer does."""

from __future__ import annotations

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from jira_crawler.items import RawIssue
from jira_crawler.policy import Policy
from jira_crawler.refine.step import Draft

MARK = "this issue kills"
PATH, ONCE, ALWAYS = f"{__name__}.Poison", f"{__name__}.PoisonOnce", f"{__name__}.PoisonAlways"


class Poison:
    """Dies of an issue that holds the mark."""

    def apply(self, draft: Draft) -> Draft:
        if isinstance(draft.item, RawIssue) and MARK.encode() in draft.item.payload:
            os.kill(os.getpid(), signal.SIGKILL)
        return draft


class PoisonOnce:
    """Dies of the first issue that it meets, if nobody did before: a file says so."""

    def __init__(self, once: Path):
        self.once = once

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        return cls(Path(str(policy.setting("ONCE"))))

    def apply(self, draft: Draft) -> Draft:
        try:
            self.once.touch(exist_ok=False)
        except FileExistsError:
            return draft
        os.kill(os.getpid(), signal.SIGKILL)
        return draft


class PoisonAlways:
    """Dies of whatever it is given, as where there is no memory at all."""

    def apply(self, draft: Draft) -> Draft:
        os.kill(os.getpid(), signal.SIGKILL)
        return draft


class Torn(PoisonOnce):
    """Dies in the middle of the answer about the first issue that it meets, if nobody did before."""

    def apply(self, draft: Draft) -> Draft:
        try:
            self.once.touch(exist_ok=False)
        except FileExistsError:
            return draft

        def half(connection: Connection, answer: bytes) -> None:
            os.write(connection.fileno(), answer[: len(answer) // 2])
            os.kill(os.getpid(), signal.SIGKILL)

        Connection._send = half
        return draft
