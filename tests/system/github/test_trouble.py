"""What can be wrong about a repository, a token, an Enterprise or a clone: one sentence each, and nothing lost."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from fake_github import running
from fake_github.data.model import Label
from tests.conftest import command
from tests.system.github.truth import TOKEN, Repositories, assert_whole, commits, defined, issues, pairs

ROCKET = ("acme/rocket:keyword",)


def test_unknown_blocked_hidden_and_renamed_repositories(tmp_path: Path) -> None:
    named = ("acme/rocket:keyword", "acme/gone:keyword", "acme/secret:apache")
    with running(items=12, token=TOKEN, repositories=named, renamed="acme/old>acme/rocket") as sandbox:
        sandbox.builder("acme/gone").repository.blocked = True
        sandbox.builder("acme/secret").repository.visible = False
        trial = Repositories(sandbox, tmp_path, "acme/old,acme/rocket,acme/gone,acme/secret,acme/none")
        done = trial.run()
        assert done.status == 1
        missing = sorted(done.report["missing"])
        assert [each.rpartition("/api")[2].partition(" ")[2][:40] for each in missing if "blocked" in each]
        assert sum("or does not show it to us" in each for each in missing) == 2
        assert len(missing) == 3
        assert "acme/old is called acme/rocket now" in done.log
        assert {key.partition("#")[0] for key in issues(trial.output)} == {"acme/rocket"}
        sandbox.builder("acme/rocket").repository.name = "shuttle"
        sandbox.builder("acme/rocket").repository.former.append("acme/rocket")
        again = Repositories(sandbox, tmp_path, "acme/shuttle").run()
        assert again.status == 0
        assert {key.partition("#")[0] for key in issues(trial.output)} == {"acme/shuttle"}
        assert set(again.feeds) >= {"acme__shuttle"}
        assert all(line["metadata"]["project"] == "acme/shuttle" for line in again.examples)
        sandbox.builder("acme/rocket").repository.visible = False
        gone = Repositories(sandbox, tmp_path, "acme/shuttle").run()
        assert (gone.status, len(gone.report["missing"])) == (1, 1)
        assert gone.sorted_feeds() == again.sorted_feeds()  # what was there stays


def test_a_repository_that_is_renamed_between_two_runs(tmp_path: Path) -> None:
    """Its ids stay, and its old name leads to it: in texts, and where it is asked for."""
    with running(items=40, token=TOKEN, repositories=("acme/rocket:keyword", "acme/kettle:keyword")) as sandbox:
        trial = Repositories(sandbox, tmp_path)
        assert trial.run().status == 0
        before = issues(trial.output)
        build = sandbox.builder("acme/rocket")
        build.repository.name = "shuttle"
        build.repository.former.append("acme/rocket")
        issue = build.issue()
        pull = build.pull("Mend what is told of below", f"Fixes acme/rocket#{issue.number}")
        build.merge(pull, "squash")
        old = f"{sandbox.url}/acme/rocket/issues/{issue.number}"
        other = sandbox.builder("acme/kettle")
        told = other.pull("The same for kettles", f"Fixes {old}")
        other.merge(told, "squash")
        done = trial.run()
        assert (done.status, done.report["missing"]) == (0, [])
        assert "acme/rocket is called acme/shuttle now" in done.log
        found = issues(trial.output)
        kept = {each.id for each in before.values()} - {each.id for each in found.values()}
        assert kept == set()
        assert not [key for key in found if key.startswith("acme/rocket#")]
        assert defined(trial.output, 7001)["former"] == ["acme/rocket"]
        assert {name for name, lines in done.feeds.items() if lines} == {"acme__shuttle", "acme__kettle"}
        about = [line["metadata"] for line in done.examples]
        assert not [each for each in about if "acme/rocket" in str(each)]
        assert {each.url.partition(sandbox.url)[2].split("/")[2] for each in found.values()} == {"shuttle", "kettle"}
        linked = command("link", "-s", f"OUTPUT_DIR={trial.output}")
        assert linked.returncode == 0, linked.stderr
        assert {(f"7001-{issue.number}", f"7001-{pull.number}"), (f"7001-{issue.number}", f"7002-{told.number}")} <= (
            pairs(trial.output)
        )


def test_a_stranger_gets_lists_and_no_details(tmp_path: Path) -> None:
    with running(items=30, token=TOKEN, repositories=ROCKET) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        done = trial.run(token="")
        assert (done.status, done.report["missing"]) == (0, [])
        assert "Without a token" in done.log
        assert not any(path.endswith("/graphql") for _, path, _ in sandbox.requests)
        assert_whole(trial.output, sandbox, details=False)
        with_token = trial.run()
        assert with_token.status == 0
        assert_whole(trial.output, sandbox)


def test_graphql_is_closed_on_an_enterprise(tmp_path: Path) -> None:
    with running(items=30, token=TOKEN, repositories=ROCKET, graphql=False) as sandbox:
        done = Repositories(sandbox, tmp_path, "acme/rocket").run()
        assert done.status == 1
        (missing,) = done.report["missing"]
        assert "sizes, reviews and what closed what are missing" in missing
        assert_whole(tmp_path / "output", sandbox, details=False)


def test_a_token_that_is_wrong_or_runs_out(tmp_path: Path) -> None:
    with running(items=60, token=TOKEN, repositories=ROCKET, expire_after=8) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        wrong = trial.run(token="another-token")
        assert wrong.status == 1
        assert "did not accept the credentials in GITHUB_TOKEN" in wrong.report["missing"][0]
        sandbox.requests.clear()
        ended = trial.run()
        assert ended.status == 1
        assert "did not accept the credentials in GITHUB_TOKEN" in ended.report["missing"][0]
        sandbox.application.options = sandbox.application.options.__class__(token=TOKEN)
        assert trial.run().status == 0
        assert_whole(trial.output, sandbox)


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({"repos": ""}, "Say which repositories to crawl"),
        ({"repos": "kafka"}, "is not a list of repositories"),
        ({"repos": "a/../b"}, "is not a list of repositories"),
        ({"site": "apache"}, "is no GitHub"),
        ({"sweep": "maybe"}, "neither true nor false"),
        ({"git": "/nowhere/at/all"}, "is no folder"),
    ],
)
def test_wrong_arguments(tmp_path: Path, chosen: dict[str, str], said: str) -> None:
    with running(items=3, token=TOKEN, repositories=ROCKET) as sandbox:
        done = Repositories(sandbox, tmp_path, "acme/rocket").run(**chosen)
        assert done.status == 2
        assert said in done.log + done.out
        assert sandbox.requests == []


def git(folder: Path, *command: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", "-C", str(folder), *who, *command], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "remote", "add", "origin", "https://github.example.org/acme/rocket.git")
    for n in range(3):
        git(folder, "commit", "-q", "--allow-empty", "-m", f"Step {n}\n\nFixes #{n + 1}")
    return folder


def test_commits_come_from_a_clone_without_a_request(tmp_path: Path, clone: Path) -> None:
    with running(items=20, token=TOKEN, repositories=ROCKET) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        assert trial.run(git=str(clone)).status == 0
        assert not any("/commits" in path for _, path, _ in sandbox.requests)
        assert commits(trial.output, 7001) == set(git(clone, "log", "--format=%H").split())
        git(clone, "commit", "-q", "--allow-empty", "-m", "One more")
        build = sandbox.builder("acme/rocket").repository
        build.name = "shuttle"
        build.former.append("acme/rocket")  # as which the clone knows it still
        assert trial.run(git=str(clone)).status == 0
        assert not any("/commits" in path for _, path, _ in sandbox.requests)
        assert len(commits(trial.output, 7001)) == 4
        git(clone, "remote", "set-url", "origin", "git@github.example.org:acme/other.git")
        other = trial.run(git=str(clone))
        assert other.status == 2
        assert "is a clone of acme/other, and not of acme/rocket" in other.log + other.out


def test_odd_repositories(tmp_path: Path) -> None:
    """Without commits, without pull requests, without items; with many labels, texts that are null, and nobody."""
    named = ("acme/rocket:keyword", "acme/empty:keyword", "acme/bare:keyword")
    with running(items=14, token=TOKEN, repositories=named, holes=False) as sandbox:
        rocket, empty, bare = (sandbox.builder(name.partition(":")[0]).repository for name in named)
        rocket.has_pulls = False
        rocket.labels += [Label(n, f"area/{n}") for n in range(250)]
        for item in rocket.items.values():
            item.pull = None
            item.body, item.author = None, None
        empty.items.clear()
        bare.commits.clear()
        for item in bare.items.values():
            if item.pull:
                item.pull.fork, item.pull.merged_by, item.author = "", None, None
        trial = Repositories(sandbox, tmp_path, "acme/rocket,acme/empty,acme/bare")
        done = trial.run()
        assert (done.status, done.report["missing"]) == (0, [])
        assert_whole(trial.output, sandbox)
        assert len(defined(trial.output, 7001)["labels"]) == 256
        before = len(sandbox.requests)
        assert trial.run().status == 0
        assert not any(re.search(r"/issues/\d+$", path) for _, path, _ in sandbox.requests[before:])


def test_an_issue_that_is_forgotten_does_not_come_back(tmp_path: Path) -> None:
    with running(items=14, token=TOKEN, repositories=ROCKET, holes=False) as sandbox:
        trial = Repositories(sandbox, tmp_path, "acme/rocket")
        assert trial.run().status == 0
        gone = command("forget", "acme/rocket#2", "-s", f"OUTPUT_DIR={trial.output}")
        assert gone.returncode == 0, gone.stderr + gone.stdout
        before = len(sandbox.requests)
        build = sandbox.builder("acme/rocket")
        build.comment(build.repository.items[2])
        done = trial.run(sweep="true")
        assert done.status == 0
        assert "acme/rocket#2" not in issues(trial.output)
        assert not any(path.endswith("/issues/2") for _, path, _ in sandbox.requests[before:])
        assert b"7001-2\x00" not in (trial.output / "store.sqlite").read_bytes()
        assert not [line for line in done.examples if line["metadata"]["issue_id"] == "7001-2"]
