"""A signal to a live demo is for its crawl; before there is one it ends the demo."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from jira_crawler.commands import demo_live


class Child:
    def __init__(self, *, gone: bool = False) -> None:
        self.told: list[int] = []
        self.gone = gone

    def send_signal(self, number: int) -> None:
        self.told.append(number)
        if self.gone:
            raise ProcessLookupError


@contextmanager
def handlers_stay() -> Iterator[None]:
    before = [signal.getsignal(number) for number in demo_live.SIGNALS]
    yield
    assert [signal.getsignal(number) for number in demo_live.SIGNALS] == before


@pytest.mark.parametrize("number", demo_live.SIGNALS, ids=lambda number: number.name)
def test_a_signal_is_handed_on_to_a_child_as_it_came_even_to_one_that_has_just_ended(number: signal.Signals) -> None:
    gone, child = Child(gone=True), Child()
    with handlers_stay(), demo_live._ending() as children:
        children.extend([gone, child])  # type: ignore[list-item]
        signal.raise_signal(number)
    assert gone.told == child.told == [number]


@pytest.mark.parametrize("number", demo_live.SIGNALS, ids=lambda number: number.name)
def test_before_there_is_a_child_a_signal_ends_it(number: signal.Signals) -> None:
    with handlers_stay(), pytest.raises(SystemExit) as end, demo_live._ending():
        signal.raise_signal(number)
    assert end.value.code == 128 + number
