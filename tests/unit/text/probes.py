"""Measures redaction by probes: texts with one secret each, and texts with none, by hands that did not write the rules.

`python -m tests.unit.text.probes` prints the table of docs/data-format.md.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jira_crawler.items import Person
from jira_crawler.redaction.people import People
from jira_crawler.redaction.redact import redact

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "probes"
PARTS = ("tuning", "sealed")  # the rules were made after the one, and never saw the other
_BLOCK = re.compile(
    r"-{4,5} ?BEGIN.*?(?:END[^-]*-{4,5}|\Z)|[A-Za-z0-9+/=]{24,}|(?:(?<=\n)[A-Za-z0-9+/=]+\s)?-{4,5} ?END[^-]*-{4,5}",
    re.DOTALL,
)
_WORDS = re.compile(r"\w+")
KINDS = ("email", "ip", "key", "password", "credentials", "private_key", "home", "person", "phone")


@dataclass
class Tally:
    """What came of the probes of one kind: of `positives` so many were `found`, of all marks so many were `right`.

    `mistyped` were found, but under the mark of another kind. `missed` holds the probes that were not found.
    """

    positives: int = 0
    found: int = 0
    marks: int = 0
    right: int = 0
    mistyped: int = 0
    missed: list[dict[str, Any]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / self.positives if self.positives else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.marks if self.marks else 1.0


@cache
def measure(part: str) -> dict[str, Tally]:
    """Redacts every probe of a part; one tally a kind, and `negative`, whose `found` are those that were left alone."""
    tallies = {kind: Tally() for kind in (*KINDS, "negative")}
    for kind in KINDS:
        for probe in probes(part, kind):
            _judge(kind, probe, tallies)
    for probe in probes(part, "negative"):
        text, counts = safe(probe)
        _count(tallies["negative"], probe, text == probe["text"])
        for other, n in counts.items():
            tallies[other].marks += n
    return tallies


def probes(part: str, kind: str) -> Iterator[dict[str, Any]]:
    """The probes of one kind, none where the part has none."""
    path = FOLDER / part / f"{kind}.jsonl"
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        yield json.loads(line)


def safe(probe: dict[str, Any]) -> tuple[str, Counter[str]]:
    """A probe's text as the pipeline leaves it, and the marks by kind."""
    people = [Person(**each) if isinstance(each, dict) else Person(name=each) for each in probe.get("people", ())]
    text, counts = redact(probe["text"])
    return People(people, probe["text"]).redact(text, counts), counts


def _judge(kind: str, probe: dict[str, Any], tallies: dict[str, Tally]) -> None:
    """A secret is found if it is gone and what stood around it is still there.

    A mark is right if it is of the kind of the probe; a second mark of that kind is right as well, for some probes say
    a secret twice, and one of another kind only where it took the secret's place.
    """
    text, counts = safe(probe)
    found = probe["secret"] not in text and _frame_stays(probe, text)
    _count(tallies[kind], probe, found)
    for other, n in counts.items():
        if other != kind and "phone" in (other, kind):  # both stand in some probes, and one has no label there
            continue
        tallies[other].marks += n
        if found and (other == kind or not counts[kind]):
            tallies[other].right += n
    tallies[kind].mistyped += found and not counts[kind]


def _frame_stays(probe: dict[str, Any], text: str) -> bool:
    """All words are still there but for the secret, the block around it, and the rest of a name or an address."""
    around = _BLOCK.sub(" ", probe["text"].replace(probe["secret"], " "))
    words, left = (Counter(_WORDS.findall(each)) for each in (around, text))
    lost = (words - left).total()
    return lost <= 4 and lost <= max(words.total() / 2, 1)


def _count(tally: Tally, probe: dict[str, Any], good: bool) -> None:
    tally.positives += 1
    tally.found += good
    if not good:
        tally.missed.append(probe)


def table() -> str:
    """The measurement as Markdown, for the documentation; a part that is not there has no columns."""
    parts = {part: measure(part) for part in PARTS if (FOLDER / part).is_dir()}
    head = "".join(f" probes ({part}) | recall | precision |" for part in parts)
    lines = [f"| kind |{head}", "|---|" + "---|---|---|" * len(parts)]
    for kind in KINDS:
        lines.append(f"| `{kind}` | {' | '.join(_cells(tallies[kind]) for tallies in parts.values())} |")
    lines.append(f"| all | {' | '.join(_cells(total(tallies)) for tallies in parts.values())} |")
    left = (tallies["negative"] for tallies in parts.values())
    lines.append(f"| nothing to find: left alone |{''.join(f' {n.positives} | {n.recall:.3f} | |' for n in left)}")
    return "\n".join(lines)


def _cells(tally: Tally) -> str:
    return f"{tally.positives} | {tally.recall:.3f} | {tally.precision:.3f}" if tally.positives else " | | "


def total(tallies: dict[str, Tally]) -> Tally:
    """All kinds taken together."""
    kinds = [tallies[kind] for kind in KINDS if tallies[kind].positives]
    names = ("positives", "found", "marks", "right", "mistyped")
    return Tally(**{name: sum(getattr(kind, name) for kind in kinds) for name in names})


if __name__ == "__main__":
    print(table())
    sys.exit()
