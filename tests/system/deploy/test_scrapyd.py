"""A real Scrapyd, from deploying to a whole dataset. It is one story, because starting it costs more than a chapter."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from scrapyd_client.exceptions import ErrorResponse, MalformedResponse
from scrapyd_client.pyclient import ScrapydClient

from fake_jira import running
from fake_jira.server.serving import Sandbox
from jira_crawler.settings import CONCURRENT_REQUESTS_PER_DOMAIN
from tests.conftest import QUICK, Crawled, command
from tests.servers.holding import holding
from tests.system.deploy.daemon import PASSWORD, PROJECT, ROOT, USERNAME, Daemon, scrapyd, until

SHAPE: dict[str, Any] = {"issues": 40, "page_cap": 3, "latency": 0.3}
UNCOMPILED = {"PYTHONDONTWRITEBYTECODE": "1"}  # what is refused is not run: its egg need not be fast
HEALTHY = [sys.executable, str(ROOT / "deploy" / "healthy.py")]
Feeds = dict[str, list[dict[str, Any]]]


def test_crawls_that_a_scrapyd_runs_out_of_the_egg(tmp_path: Path) -> None:
    home = tmp_path / "scrapyd"
    home.mkdir()
    with running(**SHAPE) as sandbox, ThreadPoolExecutor() as beside, scrapyd(home) as daemon:
        plain = beside.submit(uninterrupted, sandbox.url, tmp_path / "plain")
        jobs_cannot_see_the_checkout(daemon)
        nobody_gets_in_with_a_wrong_password(daemon)
        the_project_is_deployed_with_credentials_of_a_netrc(daemon)
        what_scrapyd_refuses_is_no_success(daemon)
        a_job_that_cannot_begin_says_so_in_scrapyds_own_log(daemon, tmp_path)
        wanted = plain.result()
        a_cancelled_job_stops_in_order_and_the_next_one_goes_on(daemon, sandbox, tmp_path, wanted)
        the_feeds_are_made_again_out_of_the_egg(daemon, tmp_path, wanted)
        it_is_healthy_to_its_user_only(daemon)
        no_password_is_written_down(home)


def jobs_cannot_see_the_checkout(daemon: Daemon) -> None:
    """Otherwise what follows would prove nothing about the egg."""
    look = [sys.executable, "-c", "import jira_crawler"]
    done = subprocess.run(look, cwd=daemon.folder, env=daemon.env, capture_output=True, text=True, check=False)
    assert "No module named 'jira_crawler'" in done.stderr


def nobody_gets_in_with_a_wrong_password(daemon: Daemon) -> None:
    assert requests.get(f"{daemon.url}/daemonstatus.json", timeout=600).status_code == 401
    for name, password in ((USERNAME, "guessed"), ("guessed", PASSWORD), (USERNAME, "")):
        with pytest.raises(MalformedResponse, match="Unauthorized"):
            ScrapydClient(daemon.url, name, password).projects()
    refused = daemon.deploy(SCRAPYD_PASSWORD="guessed", **UNCOMPILED)
    assert refused.returncode == 1
    assert "401" in refused.stderr
    assert daemon.client.projects() == []


def the_project_is_deployed_with_credentials_of_a_netrc(daemon: Daemon) -> None:
    netrc = daemon.folder / ".netrc"
    netrc.touch(0o600)
    netrc.write_text(f'machine 127.0.0.1 login {USERNAME} password "{PASSWORD}"\n', "utf-8")
    deployed = daemon.deploy(SCRAPYD_USERNAME="", SCRAPYD_PASSWORD="")
    netrc.unlink()
    assert deployed.returncode == 0, deployed.stderr
    assert daemon.client.projects() == [PROJECT]
    assert set(daemon.client.spiders(PROJECT)) >= {"jira", "replay"}


def what_scrapyd_refuses_is_no_success(daemon: Daemon) -> None:
    """It lets the credentials of the environment in, and answers 200; scrapyd-deploy ends with 0 then."""
    refused = daemon.deploy("refused", **UNCOMPILED)
    assert "Server response (200)" in refused.stderr
    assert '"status": "error"' in refused.stdout
    assert refused.returncode == 1
    unknown = daemon.deploy("nosuch")
    assert unknown.returncode == 1
    assert "Unknown target: nosuch" in unknown.stderr
    with pytest.raises(ErrorResponse, match="not found"):
        daemon.client.schedule("nosuch", "jira")


def a_cancelled_job_stops_in_order_and_the_next_one_goes_on(
    daemon: Daemon, sandbox: Sandbox, tmp_path: Path, plain: Feeds
) -> None:
    output = tmp_path / "output"
    here = {"KAFKA,SPARK": "DEMO,TOOLS", "site=apache": f"site={sandbox.url}", "/srv/jira": str(tmp_path)}
    sandbox.requests.clear()
    with holding(sandbox, 16):
        first = daemon.ask_as_documented("schedule", here)[0].json()["jobid"]
        until(lambda: any(path.stat().st_size for path in output.glob("*.jsonl")), "the first lines of a feed")
        listed, log = daemon.ask_as_documented("jobs", {"JOB": first})
        assert [job["id"] for job in listed.json()["running"]] == [first]
        assert "issues to list" in log.text
        assert daemon.ask_as_documented("cancel", {"JOB": first})[0].json()["prevstate"] == "running"
        log = daemon.ended(first)
    asked = pages(sandbox)
    assert "Traceback" not in log
    assert "shutdown" in log
    assert not report(output)["complete"]
    stopped = feeds(output)
    assert 0 < count(stopped) < count(plain)
    # Which near-duplicates there are, and what is canned, is only known in the end.
    assert without_what_is_judged(stopped) <= without_what_is_judged(plain)

    second = daemon.ask_as_documented("schedule", here)[0].json()["jobid"]
    assert "Traceback" not in daemon.ended(second)
    assert report(output)["complete"]
    assert feeds(output) == plain
    assert asked
    again = set(asked) & set(pages(sandbox)[len(asked) :])
    assert len(again) <= CONCURRENT_REQUESTS_PER_DOMAIN, (
        "what was done by then is not done twice; the rest was under way"
    )
    assert {job["id"] for job in daemon.client.jobs(PROJECT)["finished"]} >= {first, second}


def the_feeds_are_made_again_out_of_the_egg(daemon: Daemon, tmp_path: Path, plain: Feeds) -> None:
    """Several processes begin anew there, each with the egg."""
    settings = {name: value for name, value in chosen(tmp_path).items() if name != "JOBDIR"} | {"REFINE_PROCESSES": 2}
    assert "Traceback" not in daemon.ended(daemon.schedule("replay", settings))
    assert report(tmp_path / "output")["complete"]
    assert feeds(tmp_path / "output") == plain


def a_job_that_cannot_begin_says_so_in_scrapyds_own_log(daemon: Daemon, tmp_path: Path) -> None:
    daemon.ended(daemon.schedule("jira", chosen(tmp_path), projects="../etc"))
    assert "is not a list of project keys" in daemon.said()
    assert "exitstatus=2" in daemon.said()


def it_is_healthy_to_its_user_only(daemon: Daemon) -> None:
    port = daemon.url.rpartition(":")[2]
    for password, said in ((PASSWORD, ""), ("guessed", "scrapyd: HTTPError\n")):
        look = daemon.env | {"SCRAPYD_HTTP_PORT": port, "SCRAPYD_PASSWORD": password}
        done = subprocess.run([*HEALTHY, "scrapyd"], env=look, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (bool(said), said, "")


def no_password_is_written_down(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes(), path


# --- what the chapters look at


def chosen(folder: Path) -> dict[str, Any]:
    """Settings of a job. Its paths are absolute: Scrapyd runs jobs in its own folder."""
    return QUICK | {"OUTPUT_DIR": folder / "output", "STATE_DIR": folder / "state", "JOBDIR": folder / "job"}


def uninterrupted(url: str, folder: Path) -> Feeds:
    """The feeds of a crawl from this checkout that nobody disturbs."""
    settings = [part for name, value in chosen(folder).items() for part in ("-s", f"{name}={value}")]
    done = command("crawl", "jira", "-a", "projects=DEMO,TOOLS", "-a", f"site={url}", *settings)
    assert done.returncode == 0, done.stderr
    return feeds(folder / "output")


def feeds(output: Path) -> Feeds:
    found = Crawled(0, "", "", output).feeds
    return {name: sorted(lines, key=lambda line: line["id"]) for name, lines in found.items()}


def count(found: Feeds) -> int:
    return sum(map(len, found.values()))


def without_what_is_judged(found: Feeds) -> set[str]:
    judged = {"cluster": "", "representative": True, "value": 0.0, "value_reasons": ""}
    return {json.dumps(line | {"metadata": line["metadata"] | judged}) for lines in found.values() for line in lines}


def report(output: Path) -> dict[str, Any]:
    return Crawled(0, "", "", output).report


def pages(sandbox: Sandbox) -> list[str]:
    return [path for _, path, status in sandbox.requests if "fields=" in path and status == 200]
