"""Made-up issues as the pipelines hand them to a dataset."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import orjson

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.refine.deduplicate import find_canonical
from jira_crawler.store.rows import Row
from jira_crawler.text.minhash import minhash
from tests import rows

WORDS = [f"word{number}" for number in range(200)]
NEAR = [" ".join([*WORDS, extra]) for extra in ("one", "two", "three")]
FAR = " ".join(reversed(WORDS))


def row(number: int, text: str, project: str = "ACME", **more: object) -> Row:
    """Makes a row that is compared by its text."""
    text_of: dict[str, object] = {
        "version": f"v {text[-20:]}",
        "content": f"{text[:40]} {text[-20:]}",
        "minhash": minhash(text),
        "payload": orjson.dumps({"text": text}),
        "examples": 2,
    }
    return rows.row(number, project, **text_of | more)


def line(number: int, text: str) -> bytes:
    metadata = {"number": number, "cluster": f"example-{number}", "representative": True}
    return orjson.dumps({"text": text, "metadata": metadata}) + b"\n"


def lines(number: int, text: str) -> bytes:
    return line(number, text) + line(number, f"{text}, too")


def put(dataset: Dataset, number: int, text: str, project: str = "ACME", **more: object) -> None:
    """Hands over an issue that is written, if none stays in its place, as the pipelines do."""
    made = row(number, text, project, **more)
    canonical = find_canonical(made.content, made.precedence, dataset.canonical)
    if canonical:
        reason = f"duplicate of {canonical.key}"
        dataset.record(replace(made, stage="Deduplicate", reason=reason, examples=0))
    else:
        dataset.record(made, lines(number, text))


def drop(dataset: Dataset, number: int, **more: object) -> None:
    """Hands over an issue that could not be read."""
    unread: dict[str, object] = {"stage": "Validate", "reason": "why", "examples": 0, "content": "", "version": ""}
    dataset.record(row(number, "", **unread | {"updated": 0} | more))


def sorted_lines(path: Path) -> list[bytes]:
    return sorted(path.read_bytes().splitlines(keepends=True))
