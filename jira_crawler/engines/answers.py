"""What workers answer: which jobs are done, which they died of, and when that is not the jobs' fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from jira_crawler.engines.engine import Done
from jira_crawler.engines.job import Answer
from jira_crawler.exceptions import Refused

DEADLY: Final = 10  # jobs that workers die of before one is done: then it is not the jobs' fault
_ANSWER: Final = msgspec.msgpack.Decoder(Answer)


def answers(done: Iterable[Done], job: type[Any], engine: str, work: str) -> Iterator[tuple[str, bool]]:
    """Gives the name of each job, and whether it is done: workers may have died of it.

    Jobs are of one type, which has a `name`. Raises Refused where workers cannot do the `work`, whatever they get.
    """
    any_done, died = False, set[str]()
    for sent, answer in done:
        if answer is None:
            name: str = msgspec.msgpack.decode(sent, type=job).name
            died.add(name)
            if not any_done and len(died) >= DEADLY:
                raise Refused(f"Workers of {engine} die, whatever they are given.")
            yield name, False
            continue
        told = _ANSWER.decode(answer)
        if told.problem:
            raise Refused(f"A worker of {engine} cannot {work}: {told.problem}.")
        any_done = True
        yield told.name, True
