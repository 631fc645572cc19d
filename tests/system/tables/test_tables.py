"""What a crawl leaves as tables, held against what the tracker had; and `scrapy tables` itself."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from fake_jira import running
from tests.conftest import command


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found = [pq.read_table(path, partitioning=None) for path in sorted((folder / "tables" / table).glob("*.parquet"))]
    return [row for each in found for row in each.to_pylist()]


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_a_crawl_leaves_all_that_the_tracker_has_as_tables(crawl, dialect):
    with running(issues=150, dialect=dialect, seed=5) as sandbox:
        done = crawl(sandbox.url, TABLES="1")
        truth = [issue for project in sandbox.manifest()["projects"].values() for issue in project["issues"]]
        asked = [path for _, path, _ in sandbox.requests]
    assert done.status == 0, done.log
    folder = done.folder
    assert {row["issue_id"]: row["issue_key"] for row in rows(folder, "issues")} == {
        int(each["id"]): each["key"] for each in truth
    }
    comments = Counter(row["issue_id"] for row in rows(folder, "comments"))
    assert comments == Counter({int(each["id"]): len(each["comments"]) for each in truth if each["comments"]})
    assert {row["comment_id"] for row in rows(folder, "comments")} == {
        id_ for each in truth for id_ in each["comments"]
    }
    worklogs = Counter(row["issue_id"] for row in rows(folder, "worklogs"))
    assert worklogs == Counter({int(each["id"]): each["worklogs"] for each in truth if each["worklogs"]})
    changes = Counter(row["issue_id"] for row in rows(folder, "changelog") if row["item"] == 0)
    assert changes == Counter({int(each["id"]): each["changes"] for each in truth if each["changes"]})
    assert {row["status"] for row in rows(folder, "statuses")} <= {
        "Open",
        "In Progress",
        "Reopened",
        "Resolved",
        "Closed",
    }
    # In a feed: the issues that were written, with their quality.
    assert sum(row["quality"] is not None for row in rows(folder, "issues")) == done.report["written"]
    # Fields have names, and were asked for once.
    named = {row["field_id"]: row["name"] for row in rows(folder, "fields")}
    assert named["customfield_12311820"] == "Rank"
    assert {row["name"] for row in rows(folder, "custom_fields") if row["field_id"] == "customfield_12311820"} == {
        "Rank"
    }
    assert sum(path.endswith("/field") for path in asked) == 1
    pages = [path.partition("/field/search?")[2] for path in asked if "/field/search?" in path]
    assert pages == (["startAt=0&maxResults=50", "startAt=50&maxResults=50"] if dialect == "cloud" else [])
    assert "Tables: " in done.log


def test_a_second_crawl_writes_what_changed_and_a_census_tells_what_is_gone(crawl):
    with running(issues=120, seed=3, dialect="cloud") as sandbox:
        folder = crawl(sandbox.url, TABLES="1").folder
        before = rows(folder, "issues")
        discussed = [row["issue_id"] for row in before if row["project"] == "DEMO" and row["n_comments"]]
        deleted, edited, archived = discussed[0], discussed[1], discussed[2]
        sandbox.mutations.apply("delete", deleted)
        sandbox.mutations.apply("edit", edited)
        sandbox.mutations.apply("comment", edited)
        assert crawl(sandbox.url, TABLES="1", verify="true").status == 0
    issues = {row["issue_id"]: row for row in rows(folder, "issues")}
    assert len(issues) == len(before)
    assert (issues[deleted]["availability"], issues[deleted]["summary"]) == ("deleted", None)
    assert (issues[edited]["availability"], issues[archived]["availability"]) == ("present", "present")
    assert deleted not in {row["issue_id"] for row in rows(folder, "comments")}
    events = [row for row in rows(folder, "availability_events") if row["kind"] == "issue"]
    assert [(row["issue_id"], row["after"], row["cause"]) for row in events] == [(deleted, "deleted", "census")]
    versions = [row for row in rows(folder, "issue_versions") if row["issue_id"] == edited]
    assert [row["version"] for row in versions] == [1, 2]
    assert versions[0]["n_comments"] + 1 == versions[1]["n_comments"]
    assert "comments" in versions[1]["changed_fields"]
    made = (folder / "tables" / "_manifest.json").read_bytes()
    assert tables(folder, "--rebuild")[0] == 0
    assert (folder / "tables" / "_manifest.json").read_bytes() == made


def tables(folder: Path, *switches: str) -> tuple[int, str, str]:
    done = command("tables", *switches, "-s", f"OUTPUT_DIR={folder}")
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def test_the_command_brings_up_rebuilds_and_checks(crawl, tmp_path):
    with running(issues=40) as sandbox:
        folder = crawl(sandbox.url).folder
    assert tables(folder, "--check") == (
        2,
        "",
        f"scrapy tables: {folder}/tables holds no tables: there is no _manifest.json.\n",
    )
    status, out, err = tables(folder)
    assert (status, err) == (0, "")
    assert "Written: " in out
    before = (folder / "tables" / "_manifest.json").read_bytes()
    assert "Written: nothing." in tables(folder)[1]
    assert tables(folder, "--rebuild")[0] == 0
    assert (folder / "tables" / "_manifest.json").read_bytes() == before
    copy = tmp_path / "copy"
    shutil.copytree(folder / "tables", copy)
    assert tables(folder, "--check", str(copy))[0] == 0
    harmed = next((copy / "issues").glob("2*.parquet"))
    harmed.write_bytes(harmed.read_bytes()[:-1] + b"?")
    status, out, _ = tables(folder, "--check", str(copy))
    assert (status, out) == (1, f"issues/{harmed.name} has another content.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["now"], "scrapy tables takes switches only, not 'now'."),
        (["--rebuild", "--check"], "argument --check: not allowed with argument --rebuild"),
        (["--engine", "local"], "--engine goes with --rebuild: "),
        (["-s", "TABLES_REDACT=perhaps"], "TABLES_REDACT=perhaps is not "),
        (["-s", "TABLES_PROCESSES=many"], "TABLES_PROCESSES=many is not a whole number"),
        (["--force"], "There is no option --force"),
        ([], "There is no store in "),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path, arguments, sentence):
    status, out, err = tables(tmp_path, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("scrapy tables: ")
    assert sentence in err


def test_redacted_tables_name_nobody(crawl):
    with running(issues=40) as sandbox:
        folder = crawl(sandbox.url, TABLES="1", TABLES_REDACT="1").folder
    told = json.dumps([rows(folder, table) for table in ("issues", "comments", "changelog", "worklogs")], default=str)
    assert '"reporter": "user_0"' in told
    people = {row["reporter"] for row in rows(folder, "issues")} | {row["author"] for row in rows(folder, "comments")}
    assert {name for name in people if name and not name.startswith("user_")} <= {
        "ASF GitHub Bot",
        "Hadoop QA",
        "ASF subversion and git services",
    }


def test_tables_that_cannot_be_written_leave_the_crawl_incomplete(crawl, tmp_path):
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "tables").write_text("in the way")
    with running(issues=20) as sandbox:
        done = crawl(sandbox.url, TABLES="1")
    assert done.status == 1
    assert "The tables were not brought up: Tables cannot be written to " in done.report["missing"][-1]
