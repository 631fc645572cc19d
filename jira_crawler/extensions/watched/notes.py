"""What is noted of a live crawl as it happens, because nobody could find it out later."""

from __future__ import annotations

import time

from msgspec import structs

from jira_crawler.crawl.following import Pass as Kind
from jira_crawler.crawl.session import Certificate, Session
from jira_crawler.serve.status import Pass, Tables, shortened


class LiveNotes:
    """Is told what begins and ends, and read by whoever shows how it is.

    `passes` is how the last pass of each kind went, `findings` what the last one could not do, `proofs` what is proved
    of each project, and `tables` how their last update went.
    """

    def __init__(self, session: Session):
        self.session = session
        self.passes: dict[Kind, Pass] = {}
        self.findings: tuple[str, ...] = ()
        self.proofs: dict[str, Certificate] = {}
        self.tables = Tables()
        self._began = 0.0

    def began(self) -> None:
        """Notes that a pass begins."""
        self._began = time.time()

    def proved(self) -> None:
        """Keeps what is proved of each project: the next pass forgets it."""
        for project, found in self.session.certificates.items():
            before = self.proofs.get(project, Certificate())
            if found.counted is not None and found.held is not None:
                before = structs.replace(before, counted=found.counted, held=found.held)
            if found.verified is not None:
                before = structs.replace(before, verified=dict(found.verified))
            self.proofs[project] = before

    def ended(self, kind: Kind, *, ok: bool, found: int) -> None:
        """Notes how a pass ended that found so many issues."""
        now, sentences = time.time(), shortened(self.session.findings.sentences)
        self.findings = () if ok else sentences
        self.passes[kind] = Pass(
            name=kind,
            ended=now,
            took=max(0.0, now - self._began),
            is_good=ok,
            found=found,
            trouble="" if ok else sentences[0],
        )
        self.proved()

    def tabled(self, began: int) -> None:
        """Notes that an update of the tables, begun at a time (ms), has ended well."""
        now = time.time()
        self.tables = Tables(updated=now, took=max(0.0, now - began / 1000))
