"""Records wait in a file until it is known which split each goes to: there may be more than memory holds."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import orjson

from jira_crawler.exports.groups import SPLITS
from jira_crawler.exports.shards import HasSchema, Layout, Split

_NAME: Final = "records.spool"


class Spool:
    """Takes records in their order, and gives each again by its place; the file goes when it is closed."""

    def __init__(self, folder: Path):
        self._path = folder / _NAME
        self._file = self._path.open("w+b")
        self._ends = array("Q", [0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
        self._path.unlink()

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, record: Mapping[str, Any]) -> None:
        self._ends.append(self._ends[-1] + self._file.write(orjson.dumps(record)))

    def size(self, at: int) -> int:
        """Gives the bytes of a record."""
        return self._ends[at + 1] - self._ends[at]

    def read(self, at: int) -> dict[str, Any]:
        self._file.seek(self._ends[at])
        found: dict[str, Any] = orjson.loads(self._file.read(self.size(at)))
        return found

    def write(
        self, splits: Sequence[str], stage: Path, columns: HasSchema, layout: Layout
    ) -> Iterator[tuple[str, list[Path], int]]:
        """Writes the files of each split that has records; gives its name, the paths and how many records it has."""
        (stage / "data").mkdir()
        for name in SPLITS:
            places = [at for at, split in enumerate(splits) if split == name]
            if not places:
                continue
            with Split(stage, name, len(places), sum(map(self.size, places)), columns, layout) as files:
                for at in places:
                    files.write(self.read(at), self.size(at))
                yield name, files.paths, len(places)
