"""A judgement of feeds that is killed in the middle."""

from __future__ import annotations

import pytest

from jira_crawler.feeds import dataset as module
from jira_crawler.feeds.dataset import Dataset

STEPS = ("_append", "moved", "judged")


class Killed(BaseException):
    pass


def killed_at(step: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges one issue after the other, dies at a step the second time that it comes by, and closes what was open."""
    monkeypatch.setattr(module, "RELABELLED", 1)
    part = dataset if step == "_append" else dataset.store.clusters
    works = getattr(part, step)
    calls: list[object] = []

    def breaks(*args: object) -> None:
        calls.append(args)
        if len(calls) == (1 if step == "judged" else 2):
            raise Killed
        works(*args)

    monkeypatch.setattr(part, step, breaks)
    with pytest.raises(Killed):
        dataset.judge()
    dataset.close()
    monkeypatch.undo()
