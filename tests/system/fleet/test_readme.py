"""The commands of the README's chapter on many machines, as they stand there, but for the site and its projects."""

from __future__ import annotations

import re
import shlex

from jira_crawler import sites
from tests.conftest import ROOT, command
from tests.system.fleet.workers import until


def test_the_commands_of_the_readme_do_what_it_says(workers, sandbox, redis_server):
    block = re.search(r"<!-- tested: fleet -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[1]
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    assert [line[:2] for line in lines] == [
        ["export", "REDIS_URL=redis://…"],
        ["scrapy", "crawl"],
        ["scrapy", "enqueue"],
        ["scrapy", "merge"],
    ]
    fleet = workers(sandbox)
    crawl, enqueue, merge = (line[1:] for line in lines[1:])
    assert crawl[:3] == ["crawl", "jira", "-s"]
    fleet.start("worker", **dict([crawl[3].split("=")]))
    env = {"REDIS_URL": fleet.redis_url, "STORE_URL": fleet.store_url}
    enqueue = [{"KAFKA": "DEMO", "SPARK": "TOOLS"}.get(word, word) for word in enqueue]
    assert command(*enqueue, "-a", f"site={sandbox.url}", env=env).returncode == 0
    with redis_server.client(fleet.redis_url) as redis:
        outcome = f"jira:{sites.find(sandbox.url).name}:outcome"
        until(lambda: redis.hexists(outcome, "merged"), "the round ends, and its feeds are made")
    assert "This round of the fleet is complete" in fleet.log("worker")
    done = command(*merge, "-s", f"OUTPUT_DIR={fleet.output}", env=env)
    assert done.returncode == 0, done.stderr
    assert all((fleet.output / f"{project}.jsonl").stat().st_size for project in ("DEMO", "TOOLS"))
