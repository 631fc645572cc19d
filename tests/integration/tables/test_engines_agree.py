"""Ten questions in one table, and the engines that people have: each reads the folder, and all say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from benchmarks.lake_queries import QUERIES, Answer, Query, engines
from tests.integration.tables.lake import Lake
from tests.unit.tables.made import at

Engines = dict[str, Callable[[Query], Answer]]


@pytest.fixture(scope="module")
def answering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """Issues of many months, of which one is open again, one is gone, one has no date and one is of the year 9999."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for number in range(1, 61):
        lake.put(
            number, f"20{20 + number % 5}-{number % 12 + 1:02}", summary=f"Ünïcode {number} 🙂", votes={"votes": 3}
        )
    lake.put(61, created=0)
    lake.put(62, created=253_402_300_799_000)
    again = [{"field": "status", "from": "5", "fromString": "Resolved", "to": "1", "toString": "Open"}]
    lake.payloads[2]["changelog"]["histories"].append({"id": "90", "created": at(18), "items": again})
    lake.put(2, "2024-01", status=lake.status("1"), resolutiondate=None, priority=None, labels=[])
    lake.up()
    lake.remove(5)
    lake.up()
    lake.store.close()
    with engines(lake.folder) as opened:
        yield opened


@pytest.mark.parametrize("name", QUERIES)
def test_every_engine_gives_the_same_answer(answering: Engines, name: str) -> None:
    answers = {engine: ask(QUERIES[name]) for engine, ask in answering.items()}
    assert set(answers) == {"DuckDB", "pyarrow", "pandas", "Polars", "Spark SQL"}
    expected = answers["DuckDB"]
    assert expected
    assert answers == dict.fromkeys(answers, expected)
