"""A store on Postgres is cut and read as one in a file is, by workers whose environment alone has the password."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jira_crawler.engines.job import Answer
from jira_crawler.engines.refining import planned
from jira_crawler.engines.shards import Shards
from jira_crawler.engines.sources import StoredPayloads, address_of, opened
from jira_crawler.engines.work import work
from jira_crawler.policy import DEFAULTS
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.servers.postgres import shared
from tests.unit.engines import stored


def test_a_store_on_postgres_is_refined_without_its_password_in_any_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, in_a_file = shared().create(), stored.made(tmp_path, 40)
    store = Store(connect(url))
    stored.put(store, *(stored.raw(n) for n in range(100, 140)))
    address, shards = address_of(tmp_path, url), Shards(str(tmp_path / "shards"))
    password = url.split(":")[2].partition("@")[0]
    monkeypatch.setenv("STORE_URL", url)

    source = opened(address)
    jobs = [msgspec.msgpack.encode(job) for job in planned(source, (), DEFAULTS, shards, 10)]
    answers = [msgspec.msgpack.decode(work(job), type=Answer) for job in jobs]

    assert password not in address
    assert not any(password.encode() in job for job in jobs)
    assert [*source.ranges(10)] == [*StoredPayloads(in_a_file, "").ranges(10)]
    assert {answer.problem for answer in answers} == {""}
    assert sum(len(shards.read(answer.name)) for answer in answers) == 40
    source.close()
    store.close()
    in_a_file.close()


def test_a_worker_that_knows_no_password_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, shards = shared().create(), Shards(str(tmp_path / "shards"))
    store = Store(connect(url))
    stored.put(store, stored.raw(1))
    [job] = planned(StoredPayloads(store, address_of(tmp_path, url)), (), DEFAULTS, shards, 10)
    monkeypatch.delenv("STORE_URL", raising=False)
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))

    answer = msgspec.msgpack.decode(work(msgspec.msgpack.encode(job)), type=Answer)

    assert "cannot be opened: " in answer.problem
    assert "password" in answer.problem
    store.close()
