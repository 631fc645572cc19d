"""`scrapy merge` says what it did, or in one sentence why it did nothing."""

from __future__ import annotations

from pathlib import Path

from fake_jira import running
from tests.conftest import command
from tests.servers.postgres import shared
from tests.unit.feeds.history import alone, assert_same
from tests.unit.feeds.history import crawl as workers
from tests.unit.feeds.made import sorted_lines


def run(folder: Path, url: str, *switches: object):
    done = command("merge", *map(str, switches), "-s", f"OUTPUT_DIR={folder}", "-s", f"STORE_URL={url}")
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_shards_of_two_folders_become_feeds_and_a_lost_one_is_named(tmp_path):
    url, here, there = shared().create(), tmp_path / "here", tmp_path / "there"
    alone(tmp_path / "single")
    workers(url, here, there)
    done = run(here, url)
    assert done.returncode == 1
    assert not (here / "ACME.jsonl").exists()
    assert [path.name in done.stderr for path in there.glob("ACME.*.jsonl")] == [True]
    done = run(here, url, "--from", here, there, "--to", tmp_path / "to")
    assert (done.returncode, done.stderr) == (0, "")
    assert "ACME" in done.stdout
    assert "near duplicates: clusters 1, issues 3" in done.stdout
    assert_same(tmp_path / "to", tmp_path / "single")


def test_what_cannot_be_done_is_a_sentence(tmp_path):
    for switches, said in ((["ACME"], "takes switches only"), ([], "There is no dataset in")):
        done = run(tmp_path, "", *switches)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_lines_are_made_again_as_the_pipelines_made_them(crawl, tmp_path):
    with running(issues=30) as sandbox:
        done = crawl(sandbox.url)
    before = {name: sorted_lines(done.folder / name) for name in ("DEMO.jsonl", "TOOLS.jsonl")}
    (done.folder / "DEMO.jsonl").unlink()
    merged = run(done.folder, "", "--to", tmp_path / "to")
    assert merged.returncode == 1
    assert "DEMO.jsonl" in merged.stderr
    merged = run(done.folder, "", "--to", tmp_path / "to", "--remake")
    assert merged.returncode == 0, merged.stderr
    assert "made again from the store: " in merged.stdout
    assert {name: sorted_lines(tmp_path / "to" / name) for name in before} == before
    assert (tmp_path / "to" / "rejects.jsonl").read_bytes() == (done.folder / "rejects.jsonl").read_bytes()


def test_a_store_is_given_to_a_new_folder_and_the_next_run_makes_its_feeds_again(crawl, tmp_path):
    url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    with running(issues=16) as sandbox:
        done = crawl(sandbox.url, STORE_URL=url)
        before = done.sorted_feeds()
        refused = crawl(sandbox.url, STORE_URL=url, folder="play")
        assert (refused.status, refused.log.count("scrapy crawl: ")) == (2, 1)
        assert "The feeds of this store are in another folder than" in refused.log
        assert done.sorted_feeds() == before
    adopted = run(tmp_path / "play", url, "--adopt")
    assert (adopted.returncode, adopted.stderr) == (0, "")
    made = crawl(spider="replay", STORE_URL=url, folder="play", projects="TOOLS", REFINE_PROCESSES=1)
    assert made.status == 0, made.log
    assert made.sorted_feeds() == before == done.sorted_feeds()


def test_no_password_is_said(tmp_path):
    for switches in (["--to", "ftp://me:hidden@127.0.0.1:1/x"], ["--from", "ftp://me:hidden@127.0.0.1:1/x"]):
        done = run(tmp_path, "postgresql://127.0.0.1:1/x?user=me&password=hidden", *switches)
        assert (done.returncode, done.stdout) == (2, "")
        assert "hidden" not in done.stderr
