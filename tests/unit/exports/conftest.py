"""Feeds of made-up issues, written as a crawl writes them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.rows import Row
from tests.rows import row

Line = dict[str, Any]

ANSWER = "Wait for <EMAIL> until the session ends."
NOBODY = {"speaker": "", "said": "", "role": ""}
KINDS = ("alpaca", "chat", "threads", "text", "issues")  # the formats that one issue is enough for


def issue(number: int, project: str = "ACME", *, text: str = "", site: str = "example", **metadata: Any) -> list[Line]:
    """Three examples of one issue: a question, a label, the whole thread; keywords go into their metadata."""
    shown = text or f"# Title {number}\n\nThe broker of issue {number} does not give up its lease."
    about = {
        "issue_key": f"{project}-{number}",
        "issue_id": str(number),
        "project": project,
        "site": site,
        "url": f"https://jira.example.org/browse/{project}-{number}",
        "issue_type": "Bug",
        "status": "Resolved",
        "priority": "Major",
        "resolution": "Fixed",
        "created": f"20{10 + number % 12:02}-03-01T08:00:00.000Z",
        "updated": "2026-03-04T09:00:00.000Z",
        "quality": 0.5,
        "quality_reasons": "length 0.4, code 1",
        "language": "en",
        "labels": "",
        "components": "broker, net",
        "reporter": "user_0",
        "assignee": "",
        "related": "",
        "cluster": f"{site}-{number}",
        "representative": True,
    } | metadata
    made = (
        ("question_answering", "first_reply", "Reply to this.", shown, ANSWER),
        ("classification", "issue_type", "Classify this.", shown, "Bug"),
        ("pretraining", "thread", "", "", f"<issue_start>\n{shown}\n\n<issue_comment>\n## user_1\n\n{ANSWER}"),
    )
    spoken = {"speaker": "user_1", "said": about["created"], "role": "assignee"}
    return [
        {
            "id": f"{site}-{number}-{task}-{variant}",
            "task_type": task,
            "instruction": instruction,
            "input": asked,
            "output": output,
            "metadata": about | {"example_type": variant} | (NOBODY if task == "classification" else spoken),
        }
        for task, variant, instruction, asked, output in made
    ]


def write_feeds(folder: Path, issues: Iterable[list[Line]], *, seed: int | None = None) -> Path:
    """Commits issues to a dataset; with a seed they arrive, and their lines stand, in another order."""
    chosen = [list(lines) for lines in issues]
    if seed is not None:
        chance = random.Random(seed)
        chance.shuffle(chosen)
        for lines in chosen:
            chance.shuffle(lines)
    dataset = Dataset(folder)
    for at, lines in enumerate(chosen):
        dataset.record(_row(lines[0]["metadata"]), b"".join(json.dumps(line).encode() + b"\n" for line in lines))
        if at % 3 == 0:
            dataset.commit()
    dataset.commit()
    dataset.close()
    return folder


def _row(about: dict[str, Any]) -> Row:
    number = int(about["issue_id"])
    said = {"site": about["site"], "key": about["issue_key"], "content": f"{about['site']} {number}"}
    return row(number, about["project"], fetched_at=1_700_000_000_000, examples=3, **said)


MADE: dict[str, Path] = {}


@pytest.fixture
def feeds(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Makes an output folder out of issues, by default forty of two projects.

    Equal ones are written once: every further one is a copy.
    """

    def make(*issues: list[Line], seed: int | None = None, name: str = "output") -> Path:
        several = issues or [issue(number, "ACME" if number % 3 else "OTHER") for number in range(1, 41)]
        known = json.dumps([several, seed])
        if known not in MADE:
            MADE[known] = write_feeds(tmp_path_factory.mktemp("feeds") / "output", several, seed=seed)
        return copytree(MADE[known], tmp_path / name)

    return make
