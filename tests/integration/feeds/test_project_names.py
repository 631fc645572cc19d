"""People whom other issues know have numbers in all lines, whatever the order in which issues came and left."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import orjson
import pytest

from jira_crawler.extensions.issue_rows import row
from jira_crawler.feeds import erasure
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.merge import merge
from jira_crawler.items import RawIssue
from jira_crawler.policy import Policy
from jira_crawler.refine.chain import refine
from jira_crawler.refine.outcome import Outcome, Refined
from jira_crawler.store.rows import Row
from tests.integration.feeds.killed_judging import STEPS, killed_at

WITHOUT = Policy(project_names=False)
# Number: who reports it, and what it says of whom.
ISSUES = {
    1: (
        "annl42",
        "Ann Leeds",
        "The pump stalls when the valve closes, as Bob Kimble told us last week in the meeting.",
    ),
    2: (
        "bkimble7",
        "Bob Kimble",
        "The gauge shows nothing. Ann Leeds and Cora Dwyer saw that, too, with @annl42 there.",
    ),
    3: ("cdwyer", "Cora Dwyer", "Nobody else is named where the boiler is concerned, and it went cold on its own."),
    4: ("dfinch9", "Dana Finchley", "Bob Kimble and BOB KIMBLE wrote the patch for the filter; Eve Unknown did not."),
}


def raw(number: int, said: str = "") -> RawIssue:
    login, name, text = ISSUES[number]
    person = {"name": login, "key": login, "displayName": name}
    date = f"2024-01-0{number}T00:00:00.000+0000"
    fields = {"summary": f"Report {number} of the plant", "description": said or text, "reporter": person}
    fields |= {"created": date, "updated": date, "issuetype": {"name": "Bug"}, "priority": {"name": "Major"}}
    fields |= {"project": {"key": "ACME", "id": "1"}, "status": {"name": "Open"}}
    return RawIssue(
        site="example",
        base_url="https://jira.example.org",
        dialect="server",
        project="ACME",
        id=str(number),
        key=f"ACME-{number}",
        payload=orjson.dumps({"id": str(number), "key": f"ACME-{number}", "fields": fields}),
        fetched_at=datetime(2024, 2, 1, tzinfo=UTC),
    )


@lru_cache
def refined(number: int, said: str, policy: Policy) -> Outcome:
    return refine(raw(number, said), policy)


def put(dataset: Dataset, number: int, said: str = "", policy: Policy | None = None) -> None:
    outcome = refined(number, said, policy or Policy())
    assert isinstance(outcome, Refined)
    dataset.record(row(raw(number, said), 1, outcome), outcome.lines)


def end(dataset: Dataset) -> None:
    dataset.commit()
    dataset.judge()
    dataset.compact()
    dataset.close()


def crawl(folder: Path, numbers: Sequence[int], url: str = "", policy: Policy | None = None) -> None:
    dataset = Dataset(folder, url)
    for number in numbers:
        put(dataset, number, policy=policy)
    end(dataset)


def lines(folder: Path) -> list[bytes]:
    return sorted((folder / "ACME.jsonl").read_bytes().splitlines())


def said(folder: Path, number: int) -> str:
    """What the lines of an issue show."""
    read = [orjson.loads(each) for each in lines(folder)]
    return "\n".join(each["input"] for each in read if each["metadata"]["issue_id"] == str(number))


@pytest.fixture
def whole(tmp_path) -> Path:
    crawl(tmp_path / "whole", list(ISSUES))
    return tmp_path / "whole"


def test_whoever_another_issue_knows_has_a_number_and_nobody_else(whole):
    assert "as user_1 told us" in said(whole, 1)
    assert "user_1 and user_2 saw that, too, with @user_3 there" in said(whole, 2)
    assert "user_1 and user_1 wrote the patch for the filter; Eve Unknown did not" in said(whole, 4)


@pytest.mark.parametrize("runs", [1, 2, 4])
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_number_of_runs_do_not_show(tmp_path, whole, runs, seed):
    order = list(ISSUES)
    random.Random(seed).shuffle(order)
    for part in range(runs):
        crawl(tmp_path / "some", order[part::runs])
    assert lines(tmp_path / "some") == lines(whole)


def test_lines_that_stay_keep_their_numbers_and_are_known_again(whole):
    before = (whole / "ACME.jsonl").read_bytes()
    dataset = Dataset(whole)
    for number in ISSUES:
        put(dataset, number)
    dataset.commit()
    assert not dataset.store.clusters.are_stale()
    end(dataset)
    assert (whole / "ACME.jsonl").read_bytes() == before


def test_who_is_not_known_any_more_has_the_name_again(tmp_path, whole, url):
    crawl(tmp_path / "some", list(ISSUES), url)
    dataset = Dataset(tmp_path / "some", url)
    put(dataset, 2, said="Nothing is named here by anybody who reads the gauge, and that is all there is to say.")
    end(dataset)
    assert "user_1 told us" in said(tmp_path / "some", 1)  # he still reports it
    dataset = Dataset(tmp_path / "some", url)
    (found,) = dataset.store.erasure.find("ACME-2")
    dataset.store.erasure.erase(found, 1)
    erasure.compact(dataset)
    dataset.close()
    crawl(tmp_path / "fresh", [1, 3, 4])
    assert lines(tmp_path / "some") == lines(tmp_path / "fresh")
    assert "Bob Kimble told us" in said(tmp_path / "some", 1)
    assert b"Kimble" not in (whole / "ACME.jsonl").read_bytes()


def test_whom_only_another_word_of_the_tracker_names_changes_no_text_but_all_others(tmp_path):
    crawl(tmp_path, list(ISSUES), policy=WITHOUT)
    assert "Bob Kimble told us" in said(tmp_path, 1)
    crawl(tmp_path, list(ISSUES))
    assert "user_1 told us" in said(tmp_path, 1)
    crawl(tmp_path, list(ISSUES), policy=WITHOUT)
    assert "Bob Kimble told us" in said(tmp_path, 1)


def made_again(rows: Sequence[Row]) -> list[bytes]:
    return [refined(row.number, "", Policy()).lines for row in rows]  # type: ignore[union-attr]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_merge_writes_the_same_and_makes_the_same_again(tmp_path, postgres_url, store, whole, workers):
    folder = tmp_path / "some"
    for part in range(workers or 1):
        dataset = Dataset(folder, postgres_url, shared=bool(workers))
        for number in list(ISSUES)[part :: workers or 1]:
            put(dataset, number)
        dataset.commit()
        if not workers:
            dataset.judge()
        dataset.compact()
        dataset.close()
    merge(store, [folder], tmp_path / "merged")
    assert lines(tmp_path / "merged") == lines(whole)
    feed = next(folder.glob("ACME*.jsonl"))
    feed.write_bytes(feed.read_bytes().replace(b"Report", b"Rubber"))
    assert merge(store, [folder], tmp_path / "again").missing
    assert merge(store, [folder], tmp_path / "again", made_again).remade
    assert lines(tmp_path / "again") == lines(whole)


@pytest.mark.parametrize("step", STEPS)
def test_what_a_crash_interrupted_is_done_by_the_next_run(tmp_path, whole, monkeypatch, step):
    folder = tmp_path / "some"
    dataset = Dataset(folder)
    for number in ISSUES:
        put(dataset, number)
    dataset.commit()
    killed_at(step, dataset, monkeypatch)
    end(Dataset(folder))
    assert lines(folder) == lines(whole)


def test_no_name_stands_in_the_store_but_in_payloads_and_where_it_was_replaced(whole):
    dataset = Dataset(whole)
    stored, other = (dataset.store.rows([("example", number)]).popitem()[1] for number in "13")
    dataset.close()
    assert (other.numbered, other.replaced) == ("", b"")
    assert stored.numbered and b"Bob Kimble" in stored.replaced
    for told in (stored.people, stored.mentions, stored.numbered.encode()):
        assert b"imble" not in told and b"eeds" not in told
