"""Files of issues and links to elsewhere, from a tracker to the tables: all of them, and from nowhere else."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.conftest import QUICK, Crawled
from tests.servers.elsewhere import elsewhere
from tests.servers.nursery import Nursery

BOTH = {"remote_links": "true", "attachments": "true"}


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found = [pq.read_table(path, partitioning=None) for path in sorted((folder / "tables" / table).glob("*.parquet"))]
    return [row for each in found for row in each.to_pylist()]


def truth(sandbox: Sandbox) -> list[dict[str, Any]]:
    return [issue for project in sandbox.manifest()["projects"].values() for issue in project["issues"]]


def files(sandbox: Sandbox) -> dict[str, int]:
    return {id_: size for issue in truth(sandbox) for id_, size in issue["attachments"].items()}


def content(sandbox: Sandbox, id_: str) -> str:
    found = sandbox.files.find(id_)
    assert found
    return found[1].sha256()


def states(done: Crawled) -> dict[str, str]:
    return {row["attachment_id"]: row["state"] for row in rows(done.folder, "attachments")}


def on_disk(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in (folder / "attachments").rglob("*") if path.is_file()}


def hosts(sandbox: Sandbox) -> dict[str, str]:
    return {"ATTACHMENT_HOSTS": sandbox.files.media} if sandbox.files.media else {}


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_tables_say_what_the_tracker_has_and_feeds_are_what_they_are_without(crawl, dialect):
    with running(issues=30, dialect=dialect, seed=5, file_bytes=60_000, media=dialect == "cloud") as sandbox:
        plain = crawl(sandbox.url, TABLES="1", folder="plain")
        assert [path for _, path, _ in sandbox.requests if "attachment" in path or "remotelink" in path] == []
        assert set(states(plain).values()) == {"not_asked"} and rows(plain.folder, "remote_links") == []
        done = crawl(sandbox.url, TABLES="1", **BOTH, **hosts(sandbox))
        issues, sizes = truth(sandbox), files(sandbox)
        hashes = {id_: content(sandbox, id_) for id_ in sizes}
        asked = [path for _, path, _ in sandbox.requests]
    assert (plain.status, done.status) == (0, 0), done.log
    for name in ("DEMO.jsonl", "TOOLS.jsonl", "rejects.jsonl"):
        assert sorted((done.folder / name).read_bytes().split(b"\n")) == sorted(
            (plain.folder / name).read_bytes().split(b"\n")
        )
    linked = {(row["issue_id"], row["link_id"]) for row in rows(done.folder, "remote_links")}
    assert linked == {(int(issue["id"]), link) for issue in issues for link in issue["remote_links"]}
    assert sum("/remotelink" in path for path in asked) == len(issues)
    assert sum("/attachment/" in path for path in asked) == len(sizes)
    table = {row["attachment_id"]: row for row in rows(done.folder, "attachments")}
    assert {id_: (row["state"], row["size"], row["sha256"]) for id_, row in table.items()} == {
        id_: ("stored", sizes[id_], hashes[id_]) for id_ in sizes
    }
    assert on_disk(done.folder) == {row["path"] for row in table.values()}
    for row in table.values():
        assert sha256((done.folder / row["path"]).read_bytes()).hexdigest() == row["sha256"]
        assert row["path"].startswith(f"attachments/{row['issue_key']}/{row['attachment_id']}_")
    assert {row["sniffed_mime"] for row in table.values()} == {"text/plain", "image/png", "application/xml"}


def test_nothing_is_fetched_twice_and_what_is_gone_leaves(crawl):
    with running(issues=16, seed=5, file_bytes=20_000) as sandbox:
        first = crawl(sandbox.url, **BOTH)
        before = len(sandbox.requests)
        again = crawl(sandbox.url, **BOTH)
        assert not any("attachment" in path or "remotelink" in path for _, path, _ in sandbox.requests[before:])
        gone = next(issue for issue in truth(sandbox) if issue["attachments"])
        sandbox.mutations.apply("delete", int(gone["id"]))
        last = crawl(sandbox.url, TABLES="1", verify="true")  # which wants no files, and lets go of them all the same
    assert (first.status, again.status, last.status) == (0, 0, 0)
    assert set(gone["attachments"]).isdisjoint(states(last))
    assert on_disk(last.folder) == {row["path"] for row in rows(last.folder, "attachments")}
    assert not (last.folder / "attachments" / gone["key"]).exists()


LIMIT = 100_000


@pytest.fixture(scope="module")
def spoilt() -> Iterator[tuple[Sandbox, dict[str, str]]]:
    """A tracker of which each file goes wrong in another way: the ids by the way."""
    with running(issues=60, seed=5, file_bytes=LIMIT) as sandbox:
        sizes = {id_: size for id_, size in files(sandbox).items() if size > 2_000}
        names = ("login_page", "login_redirect", "gone", "forbidden", "elsewhere", "huge", "endless", "no_length")
        more = ("half", "drop", "packed", "whole")
        ways = dict(zip((*names, *more), sizes, strict=False))
        for way, id_ in ways.items():
            if way != "whole":
                sandbox.files.faults.by_id[id_].add(way)
        yield sandbox, ways


def test_each_state_is_reached_and_only_what_failed_is_missing(crawl, spoilt):
    sandbox, ways = spoilt
    sandbox.files.faults.met.clear()
    with elsewhere() as other:
        sandbox.files.elsewhere = f"{other.url}/file"
        done = crawl(sandbox.url, TABLES="1", attachments="true", ATTACHMENT_BYTES=str(LIMIT))
        assert other.came == []
    found = states(done)
    assert {way: found[id_] for way, id_ in ways.items()} == {
        "login_page": "forbidden",
        "login_redirect": "forbidden",
        "gone": "gone",
        "forbidden": "forbidden",
        "elsewhere": "failed",
        "huge": "too_big",
        "endless": "too_big",
        "no_length": "stored",
        "half": "failed",
        "drop": "stored",
        "packed": "failed",
        "whole": "stored",
    }
    assert set(found.values()) == {"forbidden", "gone", "failed", "too_big", "stored"}
    assert done.status == 1
    missing = "\n".join(done.report["missing"])
    assert done.report["missing"] and all(f"The attachment {ways[way]} of" in missing for way in ("elsewhere", "half"))
    assert len(done.report["missing"]) == 3
    stored = {row["attachment_id"]: row for row in rows(done.folder, "attachments") if row["state"] == "stored"}
    assert on_disk(done.folder) == {row["path"] for row in stored.values()}
    for way in ("no_length", "drop", "whole"):
        assert stored[ways[way]]["sha256"] == content(sandbox, ways[way])
    assert all(row["path"] is None for row in rows(done.folder, "attachments") if row["state"] != "stored")
    # Two gigabytes that are too much are not read, nor is what never ends: what was sent is what buffers take.
    assert sandbox.files.sent[ways["huge"]] < 32 * 2**20
    assert sandbox.files.sent[ways["endless"]] < 32 * 2**20
    assert sandbox.files.sent[ways["drop"]] == files(sandbox)[ways["drop"]]


def test_limits_are_told_and_nothing_is_asked_for_beyond_them(crawl):
    with running(issues=40, seed=5, file_bytes=50_000) as sandbox:
        limits = {"ATTACHMENT_BYTES": "40000", "ATTACHMENT_RUN_BYTES": "90000", "ATTACHMENT_TYPES": "text/*"}
        done = crawl(sandbox.url, TABLES="1", attachments="true", **limits)
        sizes = files(sandbox)
        asked = [path for _, path, _ in sandbox.requests if "/attachment/" in path]
    found = rows(done.folder, "attachments")
    assert done.status == 0, done.log
    assert {row["state"] for row in found} == {"stored", "too_big", "type", "over_budget"}
    stored = [row for row in found if row["state"] == "stored"]
    assert len(asked) == len(stored) and sum(row["size"] for row in stored) <= 90_000
    assert all(row["size"] == sizes[row["attachment_id"]] for row in found)
    assert {row["mime"] for row in found if row["state"] == "type"} == {"image/png"}


def test_credentials_stay_with_the_site(crawl):
    with running(
        issues=16, dialect="cloud", basic="me@example.org:secret-token", file_bytes=9_000, media=True
    ) as sandbox:
        env = {"JIRA_EMAIL": "me@example.org", "JIRA_API_TOKEN": "secret-token"}
        done = crawl(sandbox.url, env=env, TABLES="1", **BOTH, **hosts(sandbox))
        seen = sandbox.files.asked_of_media
        assert done.status == 0, done.log
        assert set(states(done).values()) == {"stored"} and len(seen) == len(files(sandbox))
    assert all(set(headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"} for _, headers in seen)
    assert "secret-token" not in done.log and "token=" not in (done.folder / "store.sqlite").read_bytes().decode(
        "latin-1"
    )


def test_a_host_of_files_that_nobody_named_is_not_asked(crawl):
    with running(issues=16, dialect="cloud", file_bytes=9_000, media=True) as sandbox:
        done = crawl(sandbox.url, TABLES="1", attachments="true")
        assert sandbox.files.asked_of_media == []
    assert done.status == 1 and set(states(done).values()) == {"failed"}
    assert "did not come: it leads to somewhere else" in done.report["missing"][0]


def start(nursery: Nursery, sandbox: Sandbox, home: Path, **more: str) -> int:
    settings = QUICK | {"OUTPUT_DIR": str(home / "out"), "STATE_DIR": str(home / "state"), "JOBDIR": str(home / "jobs")}
    arguments = ["crawl", "jira"]
    for name, value in (settings | more).items():
        arguments += ["-s", f"{name}={value}"]
    for name, value in {"projects": "DEMO,TOOLS", "site": sandbox.url, "attachments": "true"}.items():
        arguments += ["-a", f"{name}={value}"]
    return nursery.start(arguments, home / "log")


def until(holds: Callable[[], bool]) -> None:
    """Waits for something that will be so."""
    end = time.monotonic() + 600
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_crawl_that_was_killed_goes_on_in_the_middle_of_a_file(nursery, tmp_path, refuses):
    size = 14 * 2**20
    with running(issues=16, seed=5, file_bytes=size) as sandbox:
        id_, whole = max(files(sandbox).items(), key=lambda file: file[1])
        assert whole > 10 * 2**20
        sandbox.files.faults.by_id[id_] |= {"hang", *({"no_range"} if refuses else ())}
        pid = start(nursery, sandbox, tmp_path)
        until(lambda: sandbox.files.sent[id_] == (whole + 0) // 2)
        out = tmp_path / "out" / "attachments"
        until(lambda: any(json.loads(note.read_bytes())["size"] >= 4 * 2**20 for note in out.rglob(f".{id_}.*.json")))
        nursery.signal(pid, signal.SIGKILL)
        nursery.wait(pid)
        assert not list(out.rglob(f"{id_}_*"))  # half of it is not the file
        before = sandbox.files.sent[id_]
        assert nursery.wait(start(nursery, sandbox, tmp_path)) == 0, (tmp_path / "log").read_text()
        (there,) = out.rglob(f"{id_}_*")
        assert sha256(there.read_bytes()).hexdigest() == content(sandbox, id_)
        came = sandbox.files.sent[id_] - before
        assert came == whole if refuses else came <= whole - 4 * 2**20
        assert {path.name.partition("_")[0] for path in out.rglob("*") if path.is_file()} == set(files(sandbox))


def test_what_cannot_be_had_together_is_said(crawl, tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "attachments").symlink_to(tmp_path)
    done = crawl("http://127.0.0.1:9", attachments="true")
    assert done.status == 2 and "attachments is a symbolic link: make it a folder." in done.log + done.out
    done = crawl("http://127.0.0.1:9", attachments="perhaps")
    assert done.status == 2 and "attachments=perhaps is neither true nor false." in done.log + done.out
    done = crawl("http://127.0.0.1:9", attachments="true", ATTACHMENT_TYPES="images")
    assert done.status == 2 and "ATTACHMENT_TYPES=images is not media types such as" in done.log + done.out
