"""Audits written feeds: no answer inside its input, no e-mail address outside code, nothing empty, no id twice.

python -m benchmarks.leaks FEED... [--least N]

FEED is a JSONL file or a folder of them. All is judged by plain code that shares nothing with jira_crawler/tasks, so
that one mistake cannot sit in both. Exit status 1 if anything is wrong, or if an issue has fewer than N examples on
average.
"""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from unicodedata import category, normalize

import orjson
from rich import box
from rich.console import Console
from rich.table import Table

# How the answers of a task must not stand in its input. A task that is not here fails the audit.
LAWS = {
    "summarization": "text",
    "question_answering": "text",
    "next_comment": "text",
    "release_notes": "text",
    "root_cause": "text",
    "classification": "label",
    "status_prediction": "label",
    "time_to_resolution": "label",
    "time_to_reply": "label",
    "duplicate_detection": "label",
    "multi_label_classification": "set",
    "pretraining": "none",
}
FIELDS = {
    "priority": {"priority"},
    "issue_type": {"type", "issue type"},
    "status": {"status"},
    "status_after_discussion": {"status"},
    "resolution": {"resolution"},
    "resolution_after_discussion": {"resolution"},
    "components": {"component", "components", "component/s"},
    "labels": {"label", "labels"},
    "project": {"project"},
}
EMAIL = re.compile(r"[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}\b")
NO_MAILBOX = {"git"}  # git@host is how a repository is addressed
NO_DOMAIN = {"gif", "html", "jpeg", "jpg", "js", "json", "pdf", "png", "svg", "xml"}  # icon@2x.png
CODE = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?^[ \t>]*\1|(`+)[^`]+\2", re.MULTILINE | re.DOTALL)
GRAM, LONG, BULK = 8, 12, 0.6
SHOWN = 10  # violations of a kind


@dataclass
class Found:
    """What an audit has seen."""

    examples: Counter[tuple[str, str]] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    wrong: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def main() -> int:
    parser = ArgumentParser(prog="python -m benchmarks.leaks", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("feeds", nargs="+", type=Path, metavar="FEED", help="a JSONL file, or a folder of them")
    parser.add_argument("--least", type=float, default=0.0, metavar="N", help="examples an issue, on average (0)")
    options = parser.parse_args()
    feeds = list(files(options.feeds))
    found = audit(feeds)
    show(found, Console(highlight=False))
    if not found.issues or sum(found.issues.values()) < options.least * len(found.issues):
        return 1
    return 1 if found.wrong else 0


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Feeds among the paths and in folders of them; rejects are no feed."""
    for path in paths:
        if path.is_dir():
            yield from (each for each in sorted(path.glob("*.jsonl")) if each.name != "rejects.jsonl")
        else:
            yield path


def lines(feeds: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for path in feeds:
        with path.open("rb") as feed:
            yield from map(orjson.loads, feed)


def audit(feeds: list[Path]) -> Found:
    """Reads the feeds twice: the labels that are in use are known only after the first time."""
    found, used = Found(), defaultdict[str, set[str]](set)
    for line in lines(feeds):
        used[line["metadata"]["example_type"]].update(map(squeezed, str(line["output"]).split(", ")))
    for line in lines(feeds):
        for kind in judged(line, used, found.ids):
            found.wrong[kind].append(str(line["id"]))
        found.ids.add(line["id"])
        found.examples[line["task_type"], line["metadata"]["example_type"]] += 1
        found.issues[f"{line['metadata']['site']}-{line['metadata']['issue_id']}"] += 1
    return found


def judged(line: dict[str, Any], used: dict[str, set[str]], ids: set[str]) -> Iterator[str]:
    """Says what is wrong with a line."""
    texts = [line[name] for name in ("id", "task_type", "instruction", "input", "output")]
    if not all(isinstance(text, str) for text in texts):
        yield "not a text"
        return
    if any(value is None or isinstance(value, list | dict) for value in line["metadata"].values()):
        yield "null or list in metadata"
    law, variant = LAWS.get(line["task_type"]), line["metadata"]["example_type"]
    if law is None:
        yield "unknown task"
    if not line["output"].strip() or (law != "none" and not (line["instruction"].strip() and line["input"].strip())):
        yield "empty"
    if line["id"] in ids:
        yield "id twice"
    if law == "text" and text_leaks(line["output"], line["input"]):
        yield "answer in input"
    if law in ("label", "set"):
        labels = line["output"].split(", ") if law == "set" else [line["output"]]
        if any(label_leaks(label, line["input"]) for label in labels):
            yield "label in input"
        if lists(line["input"], FIELDS.get(variant, set()), used[variant]):
            yield "field listed in input"
    if any(map(has_email, (line["instruction"], line["input"], line["output"]))):
        yield "e-mail address"


def text_leaks(answer: str, shown: str) -> bool:
    """True if the answer stands in what is shown, by letters and digits alone, or most of a long one does."""
    if squeezed(answer) in squeezed(shown):
        return True
    said, heard = tokens(answer), tokens(shown)
    if len(said) < LONG:
        return False
    known = {heard[at : at + GRAM] for at in range(len(heard) - GRAM + 1)}
    grams = [said[at : at + GRAM] in known for at in range(len(said) - GRAM + 1)]
    return sum(grams) / len(grams) >= BULK


def label_leaks(label: str, shown: str) -> bool:
    """True if words of what is shown, written together, are the label."""
    wanted = squeezed(label)
    if not wanted:
        return label in shown
    if wanted not in squeezed(shown):
        return False
    if not wanted.isascii():
        return True
    heard = tokens(shown)
    for start in range(len(heard)):
        together = ""
        for token in heard[start:]:
            together += token
            if len(together) >= len(wanted):
                break
        if together == wanted:
            return True
    return False


def lists(shown: str, names: set[str], labels: set[str]) -> bool:
    """True if a line reads `field: label`, with any label that is in use."""
    if not names or ":" not in shown:
        return False
    for line in shown.splitlines():
        name, mark, value = line.partition(":")
        if mark and name.strip(" \t*_#>|-").casefold() in names and squeezed(value) in labels - {""}:
            return True
    return False


@lru_cache(maxsize=32)
def has_email(text: str) -> bool:
    """True if an address stands outside of code."""
    if "@" not in text:
        return False
    found = EMAIL.findall(CODE.sub(" ", text))
    return any(
        address.partition("@")[0] not in NO_MAILBOX and address.rpartition(".")[2].casefold() not in NO_DOMAIN
        for address in found
    )


@lru_cache(maxsize=32)
def squeezed(text: str) -> str:
    """Letters and digits alone, in one case and width."""
    return "".join(filter(str.isalnum, normalize("NFKC", text).casefold()))


@lru_cache(maxsize=32)
def tokens(text: str) -> tuple[str, ...]:
    """Runs of letters and digits, in one case and width; what is not seen does not part them."""
    seen = "".join(letter for letter in normalize("NFKC", text).casefold() if category(letter) != "Cf")
    return tuple(re.findall(r"[^\W_]+", seen))


def show(found: Found, console: Console) -> None:
    """Prints examples by task, and what is wrong by kind with a few ids."""
    count, each = len(found.issues), sum(found.issues.values())
    table = Table(title=f"{each:,} examples of {count:,} issues, {each / max(1, count):.2f} an issue", box=box.SIMPLE)
    for heading in ("task", "variant"):
        table.add_column(heading)
    table.add_column("examples", justify="right")
    table.add_column("an issue", justify="right")
    for (task, variant), number in sorted(found.examples.items()):
        table.add_row(task, variant, f"{number:,}", f"{number / count:.3f}")
    console.print(table)
    for kind, ids in sorted(found.wrong.items()):
        console.print(f"{kind}: {len(ids):,}, such as {', '.join(ids[:SHOWN])}", markup=False)
    console.print("Nothing is wrong." if not found.wrong else "This feed is not fit to be given away.")


if __name__ == "__main__":
    sys.exit(main())
