"""A snapshot that is read: where payloads come from for whoever refines them without a store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.refine.source import Range, StoredIssue
from jira_crawler.snapshot import manifest as manifests
from jira_crawler.snapshot import payload_file
from jira_crawler.snapshot.address import place
from jira_crawler.snapshot.manifest import NAME, File, Manifest
from jira_crawler.snapshot.place import Missing, Place


class Snapshot:
    """What the manifest says. Of one that is replaced meanwhile, what is no more is not read."""

    def __init__(self, place: Place, address: str, projects: Collection[str] = ()):
        self._place, self.address, self.projects = place, address, frozenset(projects)
        self._read_manifest()

    def _read_manifest(self) -> None:
        seen = self._place.manifest()
        if seen is None:
            raise BadArgument(f"{self._place.name} holds no snapshot: there is no {NAME}.")
        self._content = seen.content
        self.manifest: Manifest = manifests.decoded(seen.content, f"{self._place.name}/{NAME}")
        self._files = {(file.site, file.first, file.last): file for file in self.manifest.files if self._concerns(file)}

    @classmethod
    def opened(cls, address: str, environment: Callable[[str], str], projects: Collection[str] = ()) -> Snapshot:
        """Opens the snapshot at an address, or what is of some projects in it; the environment has the credentials.

        Raises Refused, with one sentence, where there is none.
        """
        where = place(address, environment)
        return cls(where, address if "://" in address else str(Path(address).resolve()), projects)

    def _concerns(self, file: File) -> bool:
        return not self.projects or not self.projects.isdisjoint((*file.projects, *file.crawled_projects))

    def check(self) -> None:
        """Raises Refused, naming it, for a file that is not there or not as it should be.

        What has to be fetched is looked at by its size alone, until it is read.
        """
        listed = self._place.listed() if self._files else {}
        for file in self._files.values():
            if file.name not in listed:
                raise self._wrong(file, "is not there")
            if listed[file.name] != file.bytes:
                raise self._wrong(file, f"has {listed[file.name]:,} bytes instead of {file.bytes:,}")
        for file in self._files.values() if self._place.is_near else ():
            with self._open(file):
                pass

    def ranges(self, size: int = 0) -> Iterator[Range]:
        """Gives the files, each as a range; how large they are was decided when they were written."""
        for file in self._files.values():
            yield Range(file.site, file.first, file.last, file.rows, file.fingerprint)

    def read(self, part: Range) -> Iterator[StoredIssue]:
        """Gives the issues of a range in its order, payloads as they came; nothing of a file that is not as it was."""
        with self._open(self._file(part)) as opened:
            for project, issue in payload_file.read(opened):
                if not self.projects or project in self.projects or issue.raw.project in self.projects:
                    yield issue

    @contextmanager
    def _open(self, file: File) -> Iterator[IO[bytes]]:
        try:
            with self._place.open(file.name, file.bytes, file.sha256) as opened:
                yield opened
        except Missing as error:
            raise self._wrong(file, str(error)) from error
        except (pa.ArrowException, ValueError, OverflowError) as error:
            raise self._wrong(file, "cannot be read") from error

    def _file(self, part: Range) -> File:
        """Finds the file of a range, also of one that whoever opened the snapshot later has heard of."""
        for again in (True, False):
            file = self._files.get((part.site, part.first, part.last))
            if file and file.fingerprint == part.fingerprint:
                return file
            if again:
                self._read_manifest()
        raise Refused(self._replaced)

    def counted(self) -> dict[str, int]:
        """Counts issues by the project that they belong to."""
        counted: Counter[str] = Counter()
        for file in self._files.values():
            counted.update({name: n for name, n in file.projects.items() if not self.projects or name in self.projects})
        return dict(sorted(counted.items()))

    def close(self) -> None:
        """Lets go of nothing: each file is open only while it is read."""

    def _wrong(self, file: File, why: str) -> Refused:
        now = self._place.manifest()
        if now is None or now.content != self._content:
            return Refused(self._replaced)
        return BadArgument(
            f"{file.name} of the snapshot at {self._place.name} {why}: remove what is there of it, and take it again."
        )

    @property
    def _replaced(self) -> str:
        return f"The snapshot at {self._place.name} was replaced while it was read: begin again."
