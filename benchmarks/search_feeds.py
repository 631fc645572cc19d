"""Feeds and a store of made-up issues, quickly: a few are really refined, and the others are like one of these."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from fake_jira.data.generate import MadeUp
from jira_crawler.items import RawIssue
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Refined
from jira_crawler.store.database import connect
from jira_crawler.store.rows import Row
from jira_crawler.store.store import Store

MODELS = 2_000  # issues that are made up and refined
STEP = 1_600_000  # ms between the creation of two issues
FIRST = 1_546_300_800_000  # 1 January 2019
RARE = 40_000  # words that few issues have, beside those of the sandbox, which are some hundreds
FEED = "MADE.jsonl"


def fill(folder: Path, many: int) -> None:
    """Makes a store and a feed: one line an issue, the one that shows it as a whole."""
    models = list(_models(min(many, MODELS)))
    chance = random.Random(1)
    rare = [f"{chance.choice('bcdfglmnprstv')}{chance.choice('aeiou')}{number:x}" for number in range(RARE)]
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    numbers = iter(range(1, many + 1))
    length = 0
    with (folder / FEED).open("wb") as feed:
        while some := list(islice(numbers, 2_000)):
            rows = []
            for number in some:
                row, line = _like(models[number % len(models)], number, chance, rare)
                feed.write(line)
                rows.append(_placed(row, length, len(line)))
                length += len(line)
            feed.flush()
            store.save(rows, {FEED: length})
    store.close()


def _models(many: int) -> Iterator[tuple[Row, dict[str, Any]]]:
    for made in MadeUp(many, 1, ("DEMO", "TOOLS"), "server", "https://jira.example").issues():
        raw = RawIssue(
            site="made-up",
            base_url="https://jira.example",
            dialect="server",
            project=made["key"].partition("-")[0],
            id=str(made["id"]),
            key=made["key"],
            payload=orjson.dumps(made),
            fetched_at=_when(FIRST),
        )
        outcome = refine(raw, DEFAULTS)
        if not isinstance(outcome, Refined):
            continue
        line = orjson.loads(outcome.lines.splitlines()[-1])
        if line["task_type"] == "pretraining":
            read = outcome.summary
            about = {"project": read.project, "key": read.key, "minhash": read.minhash, "payload": raw.payload}
            yield _row(int(raw.id), about), line


def _like(model: tuple[Row, dict[str, Any]], number: int, chance: random.Random, rare: list[str]) -> tuple[Row, bytes]:
    row, line = model
    created = FIRST + number * STEP
    stamp = f"{_when(created):%Y-%m-%dT%H:%M:%S}.000Z"
    key = f"{row.project}-{number}"
    said = " ".join(rare[int(len(rare) * chance.random() ** 3)] for _ in range(30))
    about = line["metadata"] | {"issue_id": str(number), "issue_key": key, "created": stamp, "updated": stamp}
    about["url"] = f"https://jira.example/browse/{key}"
    about["quality"] = round(min(1.0, max(0.0, about["quality"] + chance.uniform(-0.05, 0.05))), 3)
    output = line["output"].replace("\n\n<issue_closed>", f"\n\n<issue_comment>\n## user_7\n\n{said}\n\n<issue_closed>")
    fresh = line | {"id": f"made-up-{number}", "output": output, "metadata": about}
    return _row(number, {"project": row.project, "key": key, "minhash": row.minhash, "payload": row.payload}), (
        orjson.dumps(fresh) + b"\n"
    )


def _row(number: int, about: dict[str, Any]) -> Row:
    created = FIRST + number * STEP
    told: dict[str, Any] = {
        "site": "made-up",
        "id": str(number),
        "number": number,
        "crawled_project": about["project"],
        "base_url": "https://jira.example",
        "dialect": "server",
        "created": created,
        "updated": created,
        "fetched_at": created,
        "run": 1,
        "version": str(number),
        "content": str(number),
        "examples": 1,
        "lines": "made up",
    }
    return Row(**told | about)


def _placed(row: Row, offset: int, length: int) -> Row:
    return replace(row, feed=FEED, offset=offset, length=length)


def _when(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
