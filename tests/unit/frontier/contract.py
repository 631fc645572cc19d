"""What every frontier does, whatever its tasks are in. Whoever has one makes it `frontier` and inherits the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jira_crawler.crawl.session import CrawlState
from jira_crawler.frontier.protocol import Failed, Frontier, Leased
from tests.unit.frontier.tasks import Anew, Ask, Late, Soon


def leased(frontier: Frontier) -> Leased:
    """Takes a task that is there."""
    taken = frontier.lease()
    assert isinstance(taken, Leased)
    return taken


def paths(frontier: Frontier) -> list[str]:
    """Takes all that waits, and gives what it asks for."""
    return [taken.task.path for taken in iter(frontier.lease, None) if isinstance(taken, Leased)]


class Contract:
    """`spoil` writes bytes in the place of the task that waits; `failures` gives why tasks came to nothing."""

    spoil: Callable[[Any, bytes], None]
    failures: Callable[[Any], list[str]]

    def test_the_highest_priority_goes_first_and_of_one_priority_the_oldest(self, frontier):
        for task in (Ask(path="a"), Soon(path="b"), Ask(path="c"), Late(path="d"), Soon(path="e")):
            assert frontier.push(task)
        assert paths(frontier) == ["b", "e", "a", "c", "d"]
        assert frontier.lease() is None

    def test_a_task_comes_back_as_it_was(self, frontier):
        task = Ask(project="DEMO", path="x?jql=ü\x00\U0001f600", floor=7, payload="<b>", retries=1)
        frontier.push(task)
        assert leased(frontier).task == task

    def test_a_question_is_taken_once_even_when_it_is_answered(self, frontier):
        assert frontier.push(Ask(path="a"))
        assert not frontier.push(Soon(path="a", payload="the same question, written otherwise"))
        frontier.acknowledge([leased(frontier).id], [])
        assert not frontier.push(Ask(path="a"))
        assert frontier.lease() is None

    def test_a_question_that_came_to_nothing_is_not_taken_again_either(self, frontier):
        frontier.push(Ask(path="a"))
        frontier.acknowledge([], [Failed(leased(frontier).id, "no answer")])
        assert not frontier.push(Ask(path="a"))
        assert self.failures(frontier) == ["no answer"]
        assert frontier.lease() is None

    def test_what_every_process_asks_anew_is_not_for_a_frontier(self, frontier):
        with pytest.raises(ValueError, match="Anew is asked by every process anew"):
            frontier.push(Anew(path="a"))
        assert frontier.lease() is None

    def test_what_is_out_is_given_to_nobody_else(self, frontier):
        frontier.push(Ask(path="a"))
        leased(frontier)
        assert frontier.lease() is None
        assert not frontier.pending()

    def test_what_waits_is_counted_and_what_is_out_is_not(self, frontier):
        for path in "abc":
            frontier.push(Ask(path=path))
        assert frontier.waiting() == 3
        leased(frontier)
        assert frontier.waiting() == 2

    def test_a_watermark_stands_until_its_task_is_acknowledged(self, frontier):
        for path, project, floor in (("a", "DEMO", 5), ("b", "DEMO", 9), ("c", "TOOLS", 7), ("d", "DEMO", None)):
            frontier.push(Ask(path=path, project=project, floor=floor))
        a, _, c, d = (leased(frontier).id for _ in range(4))
        assert frontier.watermarks() == {"DEMO": 5, "TOOLS": 7}
        frontier.acknowledge([a, d], [Failed(c, "why")])
        assert frontier.watermarks() == {"DEMO": 9, "TOOLS": 7}

    def test_to_acknowledge_what_is_gone_does_no_harm(self, frontier):
        frontier.push(Ask(path="a"))
        id_ = leased(frontier).id
        frontier.acknowledge([id_], [])
        frontier.acknowledge([id_], [])
        frontier.acknowledge([], [Failed(id_, "too late")])
        assert self.failures(frontier) == []

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"nonsense",
            b"[]",
            b"{}",
            b'{"path": "no tag"}',
            b'{"type": "NoSuchTask", "path": "x"}',
            b'{"type": "Ask"}',
            b'{"type": "Ask", "path": 5}',
            b'{"type": "Ask", "path": "x", "project": null}',
            b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
            b"\xff\xfe",
        ],
    )
    def test_what_cannot_be_read_fails_with_a_sentence_and_stops_nobody(self, frontier, data):
        frontier.push(Ask(path="x"))
        self.spoil(frontier, data)
        frontier.push(Ask(path="y"))
        failed = frontier.lease()
        assert isinstance(failed, Failed)
        assert "cannot be asked: " in failed.reason
        assert self.failures(frontier) == [failed.reason]
        assert paths(frontier) == ["y"]

    def test_the_state_is_noted_as_it_is_at_each_commit(self, frontier):
        state = CrawlState(run=7, site="https://jira.example.org")
        frontier.keep(state)
        frontier.commit()
        state.begun["DEMO"] = {"start": 0}
        frontier.commit()
        assert self.noted(frontier).begun == {"DEMO": {"start": 0}}

    def noted(self, frontier: Any) -> CrawlState:
        state = frontier.resume()
        assert state
        return state
