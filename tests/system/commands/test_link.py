"""`scrapy link` as a person meets it."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.conftest import command
from tests.rows import row
from tests.servers.clones import MadeClone
from tests.unit.tables.made import PAYLOAD


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "output"
    folder.mkdir()
    store = Store(connect(f"sqlite:///{folder / 'store.sqlite'}"))
    store.save([row(1, payload=orjson.dumps(PAYLOAD))], {})
    store.close()
    return folder


def test_what_was_found_is_printed(output):
    done = command("link", "-s", f"OUTPUT_DIR={output}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Links: 0, from 1 issues, 0 pull requests, 0 commits; 1 were read anew."
    again = command("link", "-s", f"OUTPUT_DIR={output}")
    assert again.stdout.splitlines()[-1] == "Links: 0, from 1 issues, 0 pull requests, 0 commits; 0 were read anew."


def test_a_refusal_is_one_sentence_and_changes_nothing(output, tmp_path):
    clone = MadeClone(tmp_path / "clone", "https://github.com/acme/kettle.git")
    clone.commit("Begin", {"a": "b"})
    before = command("link", "-s", f"OUTPUT_DIR={output}").stdout
    for switches, said in {
        ("x",): "scrapy link: scrapy link takes switches only, not 'x'.",
        ("--former", "a=b"): "scrapy link: --former is made of old/name=owner/name, and 'a=b' is none.",
        ("--git", str(output)): f"scrapy link: {output} cannot be read by git",
        ("--git", f"a/b={clone.folder}"): f"scrapy link: {clone.folder} is a clone of acme/kettle, and not of a/b.",
        ("--git", str(clone.folder)): "scrapy link: The store holds no pull request of acme/kettle: crawl it first.",
    }.items():
        done = command("link", *switches, "-s", f"OUTPUT_DIR={output}")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith(said)
    done = command("link", "-s", f"OUTPUT_DIR={tmp_path / 'none'}")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert command("link", "-s", f"OUTPUT_DIR={output}").stdout == before.replace("; 1 were", "; 0 were")


def test_a_store_that_somebody_writes_to_is_left_alone(output):
    store = Store(connect(f"sqlite:///{output / 'store.sqlite'}"))
    assert store.home.take()
    done = command("link", "-s", f"OUTPUT_DIR={output}")
    store.close()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scrapy link: A crawl is writing to the store: try again when it has ended.\n"


def test_an_export_of_fixes_that_cannot_be_is_refused_in_one_sentence(output, tmp_path):
    clone = MadeClone(tmp_path / "clone", "https://github.com/acme/kettle.git")
    clone.commit("Begin", {"a": "b"})
    to = ("--to", str(tmp_path / "swe"))
    there = ("--git", str(clone.folder))
    for switches, said in {
        ("--format", "swe", *to): "Say where the repositories are: --git FOLDER, or owner/name=FOLDER.",
        ("--format", "chat", *to, *there): "--git goes with --format swe or pairs.",
        ("--format", "pairs", *to, *there): "--git does not go with --format pairs.",
        ("--format", "pairs", *to): "There is no pair to make examples of",
        ("--format", "swe", *to, *there, "--tasks", "x"): "--tasks does not go with --format swe.",
        ("--format", "swe", *to, *there, "--grades", "C"): "--grades is A, B or both.",
        ("--format", "swe", *to, *there, "--exclude", str(tmp_path / "no")): "The list of instance ids",
        ("--format", "swe", *to, *there): "There is no instance to export (nothing was linked)",
    }.items():
        done = command("export", *switches, "-s", f"OUTPUT_DIR={output}")
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert done.stderr.startswith(f"scrapy export: {said}")
    assert not (tmp_path / "swe").exists()
