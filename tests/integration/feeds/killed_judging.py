"""A judgement of feeds that is killed in the middle."""

from __future__ import annotations

import pytest

from jira_crawler.feeds.dataset import Dataset

STEPS = ("begin_swap", "note", "end_swap", "judged")


class Killed(BaseException):
    pass


def killed_at(step: str, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judges the issues of a feed, dies at a step, and closes what was open."""
    part = dataset.store.feed_index if step.endswith("swap") else dataset.store.clusters

    def breaks(*args: object) -> None:
        raise Killed

    monkeypatch.setattr(part, step, breaks)
    with pytest.raises(Killed):
        dataset.judge()
    dataset.close()
    monkeypatch.undo()
