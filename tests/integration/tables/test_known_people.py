"""Redacted tables number whom feeds number: when another issue teaches a name or forgets one, earlier months follow."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from jira_crawler.engines.months import MonthsByEngine
from jira_crawler.engines.sources import address_of
from jira_crawler.extensions.issue_rows import row
from jira_crawler.feeds import erasure
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.items import RawIssue
from jira_crawler.policy import Policy
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Refined
from jira_crawler.tables.remembered import NAME
from jira_crawler.tables.update import Options, Updated, update
from tests.engine_here import Here

# By number, which is the month, too: login, name, and what is said of whom. Keys are not logins, as on a newer Server.
ISSUES = {
    1: ("annl42", "Ann Leeds", "The pump stalls when the valve closes, as Bob Kimble told us; see github.com/annl42."),
    2: ("bkimble7", "Bob Kimble", "The gauge shows nothing at all, and the pipe behind it is as cold as it ever was."),
    3: ("cdwyer", "Cora Dwyer", "Nobody else is named where the boiler is concerned, and it went cold on its own."),
}


def raw(number: int) -> RawIssue:
    login, name, text = ISSUES[number]
    date = f"2024-0{number}-05T00:00:00.000+0000"
    fields = {"summary": f"Report {number} of the plant", "description": text, "created": date, "updated": date}
    fields |= {"reporter": {"name": login, "key": f"JIRAUSER1010{number}", "displayName": name}}
    fields |= {"issuetype": {"name": "Bug"}, "status": {"name": "Open"}, "project": {"key": "ACME", "id": "1"}}
    fields |= {"worklog": {"worklogs": [{"id": "9", "comment": "Bob Kimble and I, all day"}], "total": 1}}
    payload = orjson.dumps({"id": str(number), "key": f"ACME-{number}", "fields": fields})
    return RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="ACME",
        id=str(number),
        key=f"ACME-{number}",
        payload=payload,
        fetched_at=datetime(2024, 9, 1, tzinfo=UTC),
    )


class Plant:
    """An output folder, whose tables are redacted."""

    def __init__(self, output: Path, numbers: Sequence[int]):
        self.output = output
        self.crawl(numbers)

    def crawl(self, numbers: Sequence[int]) -> None:
        dataset = Dataset(self.output)
        for number in numbers:
            outcome = refine(raw(number), Policy())
            assert isinstance(outcome, Refined)
            dataset.record(row(raw(number), 1, outcome), outcome.lines)
        dataset.commit()
        dataset.judge()
        dataset.compact()
        dataset.close()

    def forget(self, key: str) -> None:
        dataset = Dataset(self.output)
        (found,) = dataset.store.erasure.find(key)
        dataset.store.erasure.erase(found, 1)
        erasure.compact(dataset)
        dataset.close()

    def up(self, **options: Any) -> Updated:
        dataset = Dataset(self.output)
        url = f"sqlite:///{self.output / 'store.sqlite'}"
        try:
            redacted = Options(redacted=True, **options)
            return update(dataset.store, url, self.output / "tables", self.output, redacted)
        finally:
            dataset.close()

    def hashes(self) -> dict[str, str]:
        every = (self.output / "tables").rglob("*")
        paths = [path for path in every if path.is_file() and path.name not in (".lock", NAME)]
        return {str(path.relative_to(self.output)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def said(self, number: int) -> str:
        """What tables say of an issue."""
        month = f"2024-0{number}.parquet"
        issues, worklogs = (pq.read_table(self.output / "tables" / table / month) for table in ("issues", "worklogs"))
        return f"{issues['reporter'][0]}: {issues['description'][0]} {worklogs['comment'][0]}"


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    made = Plant(tmp_path / "plant", [1, 3])
    made.up()
    return made


FIRST = "user_0: The pump stalls when the valve closes, as {0} told us; see github.com/user_0. {0} and I, all day"


def test_earlier_months_follow_whoever_is_learnt_or_forgotten(plant: Plant) -> None:
    before = plant.hashes()
    assert plant.said(1) == FIRST.format("Bob Kimble")  # nobody knows yet that this is one
    plant.crawl([2])
    plant.up()
    assert plant.said(1) == FIRST.format("user_1")
    learnt = plant.hashes()
    changed = {name for name in before if before[name] != learnt.get(name)}
    assert {"tables/issues/2024-01.parquet", "tables/worklogs/2024-01.parquet"} < changed
    assert not any("2024-03" in name for name in changed)
    plant.up(rebuild=True)
    assert plant.hashes() == learnt
    by_engine = MonthsByEngine(
        Here().opened, "here", address_of(plant.output, ""), lambda _: str(plant.output.parent / "shards")
    )
    plant.up(rebuild=True, elsewhere=by_engine)
    assert (plant.hashes(), by_engine.made) == (learnt, 3)
    plant.forget("ACME-2")
    plant.up()
    assert plant.said(1) == FIRST.format("Bob Kimble")
    forgotten = plant.hashes()
    plant.up(rebuild=True)
    assert plant.hashes() == forgotten


def test_tables_of_rules_of_before_are_written_anew_once(plant: Plant) -> None:
    path = plant.output / "tables" / "_manifest.json"
    now = path.read_bytes()
    told = orjson.loads(now)
    del told["redaction"]
    path.write_bytes(orjson.dumps(told))
    assert plant.up().notes == ["People were numbered by other rules: all months are written anew."]
    assert path.read_bytes() == now
    assert plant.up().notes == []
