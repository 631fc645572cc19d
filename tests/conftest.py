"""What the tests share: a crawl in a process of its own, and the feeds it leaves."""

from __future__ import annotations

import gc
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.dealing import deal
from tests.servers.nursery import ROOT, Nursery, clean

if TYPE_CHECKING:
    from tests.servers.prometheus import Programs
    from tests.servers.redis import RedisServer

# What is imported and collected stays to the end: there is nothing to be found among it, each time anew.
gc.disable()

# A busy machine is no failure, and what is made up is the same each time: a change is not to be held up by a find that
# is none of its own. pytest --hypothesis-profile=thorough takes its time, and finds.
_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile(
    "patient", deadline=None, max_examples=20, derandomize=True, suppress_health_check=_SLOW
)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=1000, suppress_health_check=_SLOW)
hypothesis.settings.load_profile("patient")

# A test does not wait as long as a guest would; where it asks to be waited for, it asks for little. Processes that
# refine are started where they are what is tested: so few issues are refined before they are there.
QUICK = {"RETRY_BACKOFF": "0.02", "REFINE_PROCESSES": "1"}


@dataclass
class Crawled:
    """A finished crawl: its exit status, what it printed, and what it left."""

    status: int
    out: str
    log: str
    folder: Path

    @property
    def report(self) -> dict[str, Any]:
        return json.loads((self.folder / "report.json").read_bytes())

    @property
    def rejects(self) -> list[dict[str, Any]]:
        return read_lines(self.folder / "rejects.jsonl")

    @property
    def feeds(self) -> dict[str, list[dict[str, Any]]]:
        return {path.stem: read_lines(path) for path in self.folder.glob("*.jsonl") if path.stem != "rejects"}

    @property
    def examples(self) -> list[dict[str, Any]]:
        return [line for lines in self.feeds.values() for line in lines]

    @property
    def ids(self) -> set[str]:
        """Numeric ids of every issue that is in a feed or in the rejects."""
        return {each["metadata"]["issue_id"] for each in self.examples} | {each["id"] for each in self.rejects}

    def sorted_feeds(self) -> dict[str, list[str]]:
        return {name: sorted(map(json.dumps, lines)) for name, lines in self.feeds.items()}


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def command(*arguments: str, env: dict[str, str] | None = None, forked: bool = True) -> CompletedProcess[str]:
    """Runs a command of the project with warnings as errors, in an environment without anyone's credentials.

    It is forked from a process that has everything loaded, unless how it starts is what matters.
    """
    if forked:
        return Nursery().run(*arguments, env=env)
    real = [sys.executable, "-W", "error", "-m", "scrapy", *arguments]
    return subprocess.run(real, cwd=ROOT, env=clean(env), capture_output=True, text=True, timeout=600, check=False)


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[..., Crawled]:
    """Runs `scrapy crawl jira` into a folder of this test; keywords in capitals are settings, others arguments."""

    def run(
        url: str = "",
        *,
        env: dict[str, str] | None = None,
        folder: str = "output",
        spider: str = "jira",
        forked: bool = True,
        **chosen: Any,
    ) -> Crawled:
        options = {"projects": "DEMO,TOOLS", **({"site": url} if url else {})} | chosen
        settings = QUICK | {"OUTPUT_DIR": str(tmp_path / folder), "STATE_DIR": str(tmp_path / "state")}
        arguments: list[str] = []
        for name, value in (settings | options).items():
            arguments += ["-s" if name.isupper() else "-a", f"{name}={value}"]
        done = command("crawl", spider, *arguments, env=env, forked=forked)
        assert "Traceback" not in done.stderr, done.stderr
        return Crawled(done.returncode, done.stdout, done.stderr, tmp_path / folder)

    return run


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    kept = Nursery()
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """The one Redis of this process of tests, where nobody minds what else is in it."""
    from tests.servers import redis

    with redis.running(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """A database that no other test has seen."""
    return redis_server.fresh()


@pytest.fixture(scope="session")
def chromium(pytestconfig: pytest.Config) -> str:
    """The path of a real Chromium; without one a test is skipped, which was said before the first one began."""
    return pytestconfig.stash[CHROMIUM] or pytest.skip("NO BROWSER: see above the first test")


@pytest.fixture(scope="session")
def prometheus(pytestconfig: pytest.Config) -> Programs:
    """A real Prometheus and promtool; without them a test is skipped, which is said aloud at the end."""
    from tests.servers.prometheus import find

    programs = find(pytestconfig.cache.mkdir("prometheus"))
    return programs if programs.server else pytest.skip(f"{NO_PROMETHEUS}: {programs.why}")


NO_PROMETHEUS = "NO PROMETHEUS: what needs one IS NOT TESTED"
CHROMIUM = pytest.StashKey[str]()
UNIT = ROOT / "tests" / "unit"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Looks for a browser once, before anything begins, whatever the number of processes."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as for what a shell runs in the background; it is inherited
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(config, "workerinput"):
        config.stash[CHROMIUM] = config.workerinput["chromium"]
        return
    asked = [Path(config.invocation_params.dir, each.partition("::")[0]).resolve() for each in config.args]
    if asked and all(path.is_relative_to(UNIT) for path in asked):
        config.stash[CHROMIUM] = ""
        return
    from tests.servers import chromium  # not for those who need none

    browser = chromium.find()
    config.stash[CHROMIUM] = browser.path
    if not browser.path:
        said = f"NO BROWSER: what needs one IS NOT TESTED. There is no Chromium here: {browser.why}"
        config.get_terminal_writer().line(f"\n{'=' * 80}\n{said}\n{'=' * 80}\n", red=True, bold=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the long tests first, on each worker of pytest-xdist; without any, tests stay as they were collected."""
    if workers := getattr(config, "workerinput", {}).get("workercount"):
        items[:] = [items[place] for place in deal([item.nodeid for item in items], workers)]


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(10_000)  # tests make much that is soon gone
    gc.enable()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says aloud at the end what was not tested, whichever process of tests found that out."""
    said = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ())}
    for reason in sorted(each for each in said if NO_PROMETHEUS in each):
        terminalreporter.write_line(f"\n{'=' * 80}\n{reason}\n{'=' * 80}\n", red=True, bold=True)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of pytest-xdist what was found."""
    node.workerinput["chromium"] = node.config.stash[CHROMIUM]
