"""What a fleet made, exported: it is the merged feeds that count, not the shards."""

from __future__ import annotations

from tests.conftest import command


def test_what_a_fleet_made_is_exported_and_counted(workers, sandbox, tmp_path):
    fleet = workers(sandbox)
    for name in ("first", "second"):
        fleet.start(name, projects="DEMO,TOOLS")
    fleet.finish()
    env = {"STORE_URL": fleet.store_url}
    there = ["-s", f"OUTPUT_DIR={fleet.output}"]
    done = command("export", "--format", "issues", "--to", str(tmp_path / "set"), "--files", "jsonl", *there, env=env)
    assert done.returncode == 0, done.stderr
    lines = [line for path in (tmp_path / "set").rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    fed = {
        line.split('"issue_id":"')[1].split('"')[0]
        for project in ("DEMO", "TOOLS")
        for line in (fleet.output / f"{project}.jsonl").read_text("utf-8").splitlines()
    }
    assert len(lines) == len(fed) > 30
    done = command("stats", "--to", str(tmp_path / "stats.html"), *there, env=env)
    assert done.returncode == 0, done.stderr
    (fleet.output / "DEMO.jsonl").unlink()
    done = command("export", "--format", "issues", "--to", str(tmp_path / "other"), *there, env=env)
    assert done.returncode == 2
    assert "is not merged" in done.stderr
