"""A worker leaves a shard and its sidecar, once, and says in one sentence why it cannot."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jira_crawler.engines import work as module
from jira_crawler.engines.job import Answer, Entry, Job, stamp
from jira_crawler.engines.shards import Shards
from jira_crawler.engines.work import OTHER, unpacked, work
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.chain import refine
from jira_crawler.refine.source import StoredIssue
from tests.unit.engines import stored


def done(job: Job) -> Answer:
    return msgspec.msgpack.decode(work(msgspec.msgpack.encode(job)), type=Answer)


def test_a_shard_has_what_became_of_each_issue_and_its_sidecar_tells_of_it(tmp_path: Path) -> None:
    store, shards = stored.made(tmp_path, 35), Shards(str(tmp_path / "shards"))
    jobs = stored.jobs(store, tmp_path, shards)

    assert len(jobs) > 1
    assert [done(job) for job in jobs] == [Answer(job.name) for job in jobs]
    found = {id_: entry for job in jobs for id_, entry in shards.read(job.name).items()}
    truth = [unpacked(StoredIssue(row.id, row.raw_issue())) for rows in store.chunks(100) for row in rows]
    assert found == {each.id: Entry(each.id, stamp(each), refine(each.raw, DEFAULTS)) for each in truth}
    assert len(found) == 35
    first = next((tmp_path / "shards").glob(f"{jobs[0].name}.json")).read_bytes()
    assert msgspec.json.decode(first)["fingerprint"] == jobs[0].part.fingerprint
    store.close()


def test_what_is_done_is_not_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, shards = stored.made(tmp_path, 3), Shards(str(tmp_path / "shards"))
    [job] = stored.jobs(store, tmp_path, shards)
    done(job)
    monkeypatch.setattr(module, "refine_all", lambda *_: pytest.fail("it is refined again"))

    assert done(job) == Answer(job.name)
    store.close()


def test_another_policy_project_or_issue_is_another_job(tmp_path: Path) -> None:
    store, shards = stored.made(tmp_path, 3), Shards(str(tmp_path / "shards"))
    [job] = stored.jobs(store, tmp_path, shards)
    stored.put(store, stored.raw(101, fetched=9))
    [fetched] = stored.jobs(store, tmp_path, shards)
    replaced = [
        msgspec.structs.replace(job, **change)
        for change in ({"projects": ("A",)}, {"code": "other"}, {"policy": type(DEFAULTS)(min_quality=0.5)})
    ]

    assert len({each.name for each in [job, fetched, *replaced]}) == 5
    assert msgspec.structs.replace(job, source="elsewhere", shards="there").name == job.name
    store.close()


def test_a_worker_says_what_keeps_it_from_refining(tmp_path: Path) -> None:
    store, shards = stored.made(tmp_path, 3), Shards(str(tmp_path / "shards"))
    [job] = stored.jobs(store, tmp_path, shards)
    (tmp_path / "file").touch()

    assert done(msgspec.structs.replace(job, code="of yesterday")).problem == OTHER
    nowhere = done(msgspec.structs.replace(job, source="sqlite:////nowhere/store.sqlite")).problem
    assert nowhere == "There is no store sqlite:////nowhere/store.sqlite: crawl first, or set STORE_URL"
    barred = done(msgspec.structs.replace(job, shards=f"{tmp_path}/file/shards")).problem
    assert barred == f"ENGINE_FOLDER={tmp_path}/file/shards cannot be used: Not a directory"
    store.close()
