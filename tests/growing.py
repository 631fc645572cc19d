"""A dataset that grows, changes and shrinks as a crawl lets it, for whoever follows its examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.rows import Row
from jira_crawler.text.minhash import minhash
from tests.rows import row

TASKS = ("question_answering", "classification", "pretraining")


def examples(number: int, text: str = "", *, project: str = "ACME", site: str = "example", **about: Any) -> list[Any]:
    """Three examples of one issue, a question, a label and its whole thread; keywords go into their metadata."""
    shown = text or f"The broker of issue {number} does not give up its lease."
    told = {
        "issue_key": f"{project}-{number}",
        "issue_id": str(number),
        "project": project,
        "site": site,
        "created": "2020-03-01T08:00:00.000Z",
        "quality": 0.5,
        "language": "en",
        "related": "",
        "cluster": f"{site}-{number}",
        "representative": True,
    } | about
    made = (("Reply.", shown, f"Wait: {shown}"), ("Classify this.", shown, "Bug"), ("", "", f"<issue_start>\n{shown}"))
    return [
        {
            "id": f"{site}-{number}-{task}-v",
            "task_type": task,
            "instruction": instruction,
            "input": asked,
            "output": output,
            "metadata": told | {"example_type": "v"},
        }
        for task, (instruction, asked, output) in zip(TASKS, made, strict=True)
    ]


class Growing:
    """Commits one change after the other; `there` is the truth: the lines of each issue in a feed, by id."""

    def __init__(self, folder: Path, url: str = ""):
        self.folder = folder
        self.dataset = Dataset(folder, url)
        self.there: dict[str, list[Any]] = {}

    def put(self, number: int, text: str = "", *, project: str = "ACME", commit: bool = True, **about: Any) -> None:
        """Writes an issue, or writes it anew."""
        lines = examples(number, text, project=project, **about)
        raw = b"".join(orjson.dumps(line) + b"\n" for line in lines)
        self.dataset.record(
            self._row(number, project, f"{text} {about}", examples=len(lines), minhash=minhash(text)), raw
        )
        self.there[str(number)] = lines
        if commit:
            self.dataset.commit()

    def reject(self, number: int, project: str = "ACME") -> None:
        """Takes an issue out of its feed, because it is not good enough any more."""
        self.dataset.record(self._row(number, project, "rejected", stage="Score", reason="short", examples=0))
        self.dataset.commit()
        self.there.pop(str(number), None)

    def remove(self, number: int) -> None:
        """Notes that the tracker does not show an issue any more."""
        self.dataset.store.progress.remove("example", str(number), "deleted")
        self.there.pop(str(number), None)

    def _row(self, number: int, project: str, version: str, **more: Any) -> Row:
        return row(number, project, version=version, content=f"{number} {version}", **more)

    def compact(self) -> None:
        self.dataset.judge()
        self.dataset.compact()

    def close(self) -> None:
        self.dataset.close()
