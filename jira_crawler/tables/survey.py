"""What the tables of a folder hold, for whoever asks again and again: only months that are others by now are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jira_crawler.exceptions import BadArgument
from jira_crawler.tables.folder import NONE
from jira_crawler.tables.manifest import NAME, read

ISSUES: Final = "issues"
LEVELS: Final = "sla_cycles"
_COLUMNS: Final = ["project", "quality"]
_CYCLE: Final = ["issue_id", "state", "paused", "breached", "breach_at"]
_SHOWN: Final = pa.array(["present", "archived"])


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles of service levels that are open: when (epoch seconds) those run out whose clock runs, in that order.

    A clock that is `paused` stands still; `missed` are those of them whose goal was missed before.
    """

    run_out: tuple[float, ...] = ()
    paused: int = 0
    missed: int = 0

    def __add__(self, other: Cycles) -> Cycles:
        return Cycles(
            tuple(sorted((*self.run_out, *other.run_out))), self.paused + other.paused, self.missed + other.missed
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """`written` is when (epoch seconds) the manifest was last written, None without one; `bytes` are of all tables.

    `qualities` are, by project, the sum of what its issues score and how many have a score: those that are in a feed.
    """

    written: float | None = None
    months: int = 0
    issues: int = 0
    files: int = 0
    bytes: int = 0
    qualities: dict[str, tuple[float, int]] = field(default_factory=dict)
    cycles: Cycles = Cycles()


class Surveyor:
    """Keeps what each month said, by its hash."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._read: dict[tuple[str, str], dict[str, tuple[float, int]]] = {}
        self._cycles: dict[tuple[str, str, str], Cycles] = {}
        self._last = Survey()

    def look(self) -> Survey:
        """Gives what is there now; what was there before where a file cannot be read just now."""
        try:
            written = (self.folder / NAME).stat().st_mtime
        except OSError:
            return Survey()
        if written == self._last.written:
            return self._last
        try:
            if (manifest := read(self.folder)) is None:
                return Survey()
            months = {name: one for name, one in manifest.tables.get(ISSUES, {}).items() if Path(name).stem != NONE}
            known = {(name, one.sha256) for name, one in months.items()}
            self._read = {
                key: self._read[key] if key in self._read else qualities(self.folder / ISSUES / key[0])
                for key in sorted(known)
            }
            levels = manifest.tables.get(LEVELS, {})
            both = {(name, one.sha256, levels[name].sha256) for name, one in months.items() if name in levels}
            self._cycles = {
                key: self._cycles[key] if key in self._cycles else cycles(self.folder, key[0]) for key in sorted(both)
            }
        except (OSError, BadArgument, ValueError):  # as Arrow's own are; a month may be put in its place just now
            return self._last
        sums: dict[str, tuple[float, int]] = {}
        for month in self._read.values():
            for project, (total, many) in month.items():
                before = sums.get(project, (0.0, 0))
                sums[project] = before[0] + total, before[1] + many
        files = [one for by_name in manifest.tables.values() for one in by_name.values()]
        rows = sum(one.rows for one in months.values())
        open_ones = sum(self._cycles.values(), Cycles())
        self._last = Survey(written, len(months), rows, len(files), sum(one.bytes for one in files), sums, open_ones)
        return self._last


def qualities(path: Path) -> dict[str, tuple[float, int]]:
    """Adds up what the issues of a month score, by project: the sum, and of how many it is."""
    table = pq.read_table(path, columns=_COLUMNS, use_threads=False, memory_map=False)
    scored = table.filter(pc.is_valid(table["quality"]))
    found = scored.group_by("project").aggregate([("quality", "sum"), ("quality", "count")])
    return {row["project"]: (row["quality_sum"], row["quality_count"]) for row in found.to_pylist()}


def cycles(folder: Path, name: str) -> Cycles:
    """Finds the open cycles in a month, of issues that the tracker still shows."""
    table = pq.read_table(folder / LEVELS / name, columns=_CYCLE, use_threads=False, memory_map=False)
    table = table.filter(pc.equal(table["state"], "ongoing"))
    if not table.num_rows:
        return Cycles()
    columns = ["issue_id", "availability"]
    issues = pq.read_table(folder / ISSUES / name, columns=columns, use_threads=False, memory_map=False)
    shown = issues.filter(pc.is_in(issues["availability"], value_set=_SHOWN))["issue_id"]
    rows = table.filter(pc.is_in(table["issue_id"], value_set=shown.combine_chunks())).to_pylist()
    paused = [row for row in rows if row["paused"]]
    run_out = sorted(row["breach_at"].timestamp() for row in rows if row["breach_at"] and not row["paused"])
    return Cycles(tuple(run_out), len(paused), sum(bool(row["breached"]) for row in paused))
