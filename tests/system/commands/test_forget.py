"""`scrapy forget`: an issue is nowhere afterwards, stays away whatever crawls, and comes back where that is asked."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from fake_jira import running
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.database import connect
from jira_crawler.store.deliveries import Delivery
from jira_crawler.store.delivery_audit import Missed
from jira_crawler.store.store import Store
from tests.conftest import command
from tests.servers.postgres import shared
from tests.unit.feeds.made import put, row

SAID = "marmaladequixotic vellumtangerine"  # words that nobody else uses


def say(sandbox: Any, id_: str, text: str = SAID) -> None:
    """Lets an issue say what nobody else does, at the time at which it was edited last."""
    corpus = sandbox.jira.corpus
    with corpus.lock:
        issue = corpus.by_id[int(id_)]
        corpus.put(
            replace(issue, fields=orjson.dumps(orjson.loads(issue.fields) | {"environment": text, "description": text}))
        )


def deliver(folder: Path, site: str, id_: str, identity: str) -> None:
    with closing(Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))) as store:
        body = orjson.dumps({"webhookEvent": "jira:issue_updated", "said": SAID, "noise": identity * 9})
        store.deliveries.receive(
            [Delivery(site, identity, "jira:issue_updated", 1_000, issues=((id_, "X-1"),), body=body)]
        )


def blobs(folder: Path, id_: str) -> list[bytes]:
    """Parts of what the store holds of an issue, packed as it is there."""
    with closing(sqlite3.connect(folder / "store.sqlite")) as store:
        found = list(store.execute("SELECT payload FROM issues WHERE id = ?", (id_,)))
        found += store.execute("SELECT payload FROM past WHERE id = ?", (id_,))
        found += store.execute("SELECT body FROM deliveries")
    return [blob[20:50] for (blob,) in found]


def holding(folder: Path, *secrets: bytes) -> set[str]:
    """The files of a folder in which any of some bytes stand, whatever the file."""
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    }


def in_tables(folder: Path, id_: str) -> set[str]:
    found = set()
    for path in (folder / "tables").rglob("*.parquet"):
        if "issue_id" in pq.read_schema(path).names:
            held = pq.read_table(path, columns=["issue_id"], partitioning=None)["issue_id"].to_pylist()
            found |= {path.parent.name} if int(id_) in held else set()
    return found


def forget(folder: Path, *arguments: str) -> Any:
    return command("forget", *arguments, "-s", f"OUTPUT_DIR={folder}")


def search(folder: Path, *arguments: str) -> Any:
    return command("search", *arguments, "-s", f"OUTPUT_DIR={folder}")


def test_what_is_forgotten_is_nowhere_and_does_not_come_back(crawl):
    with running(issues=16, seed=1) as sandbox:
        listed = sandbox.manifest()["projects"]["DEMO"]["issues"]
        about = next(each for each in listed if each["comments"])
        id_, key = about["id"], about["key"]
        say(sandbox, id_, "another version of it")
        first = crawl(sandbox.url, TABLES="1")
        say(sandbox, id_)  # the next crawl finds another version, and keeps this one
        done = crawl(sandbox.url, TABLES="1", full="true")
        folder, site = done.folder, done.examples[0]["metadata"]["site"]
        assert first.status == done.status == 0
        deliver(folder, site, id_, "one")
        with closing(Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))) as store:
            store.delivery_audit.note_missed([Missed(site, id_, key, 7, 8)])
        (folder / "attachments" / key).mkdir(parents=True)
        (folder / "attachments" / key / "1-notes.txt").write_text(SAID)
        (folder / "attachments" / "DEMO-999999").mkdir()
        (folder / "DEMO.jsonl.old").write_bytes((folder / "DEMO.jsonl").read_bytes())
        packed = blobs(folder, id_)
        assert len(packed) == 3
        assert {"DEMO.jsonl", "store.sqlite"} <= holding(folder, SAID.encode(), *packed)
        assert {"issues", "comments", "issue_versions"} <= in_tables(folder, id_)
        others = done.feeds
        assert search(folder, "*").returncode == 0
        assert f"{key}  " in search(folder, SAID).stdout

        told = forget(folder, key)
        assert told.returncode == 0, told.stderr
        assert f"{key} (id {id_} of {site}) is forgotten. It was in:" in told.stdout
        for place in ("DEMO.jsonl  ", "DEMO.jsonl.old  ", "tables/comments  ", "attachments  1", "store: rows  1"):
            assert place in told.stdout, place
        for place in ("store: earlier versions  1", "store: deliveries  1", "no delivery announced  1"):
            assert place in told.stdout, place
        assert SAID not in told.stdout + told.stderr
        assert holding(folder, SAID.encode(), *packed) == set()
        assert in_tables(folder, id_) == set()
        assert search(folder, SAID, "--as-it-is").stdout == "0 issues fit.\n"
        assert "search  1" in told.stdout
        assert (folder / "attachments" / "DEMO-999999").is_dir()

        deliver(folder, site, id_, "two")  # what comes of it later is not kept either
        again = crawl(sandbox.url, TABLES="1", full="true", verify="true")
        assert again.status == 0, again.log
        assert again.report["verified"]["DEMO"].get("missed", 0) == 0
        small = crawl(sandbox.url, TABLES="1")  # which only asks what changed, and counts
        replayed = crawl(spider="replay", projects="DEMO")
        assert small.status == replayed.status == 0, small.log
        assert holding(folder, SAID.encode(), *packed) == set()
        assert in_tables(folder, id_) == set()
        kept = {name: [line for line in lines if line["metadata"]["issue_id"] != id_] for name, lines in others.items()}
        assert {name: sorted(map(json.dumps, lines)) for name, lines in small.feeds.items()} == {
            name: sorted(map(json.dumps, lines)) for name, lines in kept.items()
        }
        assert id_ not in {reject["id"] for reject in small.rejects}

        lifted = forget(folder, "--undo", id_)
        assert (lifted.returncode, "may come again" in lifted.stdout) == (0, True), lifted.stderr
        back = crawl(sandbox.url, full="true")
        assert back.status == 0
        assert "DEMO.jsonl" in holding(folder, SAID.encode())


def test_a_folder_that_is_crawled_into_is_left_alone(tmp_path):
    with closing(Dataset(tmp_path)) as dataset:
        put(dataset, 1, "a text")
        dataset.commit()
        done = forget(tmp_path, "1")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"scrapy forget: A crawl is writing to {tmp_path}: stop it, and try again.\n"
        assert dataset.store.row(*row(1, "").identity)


@pytest.mark.parametrize("where", ["sqlite", "postgres"])
def test_what_was_interrupted_is_ended_by_the_same_command(tmp_path, where):
    url = shared().create() if where == "postgres" else ""
    with closing(Dataset(tmp_path, url)) as dataset:
        for number in (1, 2, 3):
            put(dataset, number, f"the {SAID} of {number}")
        dataset.commit()
        (found,) = dataset.store.erasure.find("2")
        dataset.store.erasure.erase(found, 1)  # and there it was killed: the lines are in the feed
    assert f"{SAID} of 2".encode() in (tmp_path / "ACME.jsonl").read_bytes()
    done = command("forget", found.key, "-s", f"OUTPUT_DIR={tmp_path}", "-s", f"STORE_URL={url}")
    assert done.returncode == 0, done.stderr
    assert f"{found.key} (id 2 of {found.site}) is forgotten again" in done.stdout
    left = (tmp_path / "ACME.jsonl").read_bytes()
    assert f"{SAID} of 2".encode() not in left
    assert left.count(b"\n") == 4


def test_an_issue_of_two_sites_is_named_by_its_site(tmp_path):
    with closing(Dataset(tmp_path)) as dataset:
        put(dataset, 1, "of the one", site="one")
        put(dataset, 1, "of the other", site="other")
        dataset.commit()
    done = forget(tmp_path, "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "1 is more than one issue (1 of one, 1 of other): name one by its id, and its --site." in done.stderr
    assert forget(tmp_path, "1", "--site", "other").returncode == 0
    with closing(Dataset(tmp_path)) as dataset:
        assert dataset.store.row("one", "1")
        assert dataset.store.row("other", "1") is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Say which issues to forget"),
        (("DEMO-1; DROP",), "is neither a key"),
        (("DEMO-999999",), "There is no issue DEMO-999999 here"),
        (("--undo", "12345678"), "There is no issue 12345678 here"),
    ],
)
def test_what_cannot_be_forgotten_is_said_in_a_sentence(tmp_path, arguments, said):
    with closing(Store(connect(f"sqlite:///{tmp_path / 'store.sqlite'}"))):
        pass
    done = forget(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
