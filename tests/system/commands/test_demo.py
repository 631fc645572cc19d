"""`scrapy demo` uses nothing that is set up for real trackers, and removes nothing but what it has made itself."""

from __future__ import annotations

import json

from jira_crawler.commands import demo
from tests.conftest import command
from tests.unit.commands.test_demo import SET_UP


def test_a_demo_uses_nothing_of_the_environment(tmp_path):
    store = tmp_path / "production.sqlite"
    done = command("demo", "-s", f"OUTPUT_DIR={tmp_path}", env=SET_UP | {"STORE_URL": f"sqlite:///{store}"})
    assert done.returncode == 0, done.stderr
    assert "Complete." in done.stdout
    assert not store.exists()
    assert (tmp_path / "demo" / "store.sqlite").exists()
    left = {path.name for path in (tmp_path / "demo").iterdir()}
    assert {*json.loads((tmp_path / "demo" / demo.NOTE).read_bytes())} == left - {demo.NOTE}


def test_a_folder_of_somebody_is_refused_with_one_sentence(tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.txt").write_text("of great worth")
    done = command("demo", "-s", f"OUTPUT_DIR={tmp_path}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds what no demo has left, such as thesis.txt" in done.stderr
    assert len(done.stderr.splitlines()) == 1
