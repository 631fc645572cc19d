"""Asked to stop, and stopped for good half a second later: the next run goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_jira import running
from fake_jira.server.serving import Sandbox
from tests.rounds import thorough
from tests.servers.holding import holding
from tests.system.durability.trial import Nursery, Trial, assert_same

Scene = tuple[Sandbox, Path, int]


@pytest.fixture(scope="module")
def scene(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A tracker that takes its time, what an undisturbed crawl makes of it, and how many requests that takes."""
    with running(issues=54, page_cap=2, seed=5, latency=0.15) as sandbox:
        calm = Trial(nursery, sandbox, tmp_path_factory.mktemp("scene"), settings={"SLICE_ISSUES": "5000"})
        assert calm.run().status == 0
        yield sandbox, calm.output, len(sandbox.requests)


@pytest.fixture
def subject(request: pytest.FixtureRequest, nursery: Nursery, tmp_path: Path, scene: Scene) -> Trial:
    return Trial(nursery, scene[0], tmp_path, request.param, {"SLICE_ISSUES": "5000"})


def interrupted(subject: Trial, whole: int, *numbers: signal.Signals) -> int:
    """Starts the command and sends it a signal when half of the requests are served; the others when it is stopping."""
    with holding(subject.sandbox, whole // 2) as held:
        pid = subject.start()
        held.wait()
        subject.nursery.signal(pid, numbers[0])
    for number in numbers[1:]:
        while "Stopping: " not in subject.log and subject.nursery.ended(pid, 0) is None:
            time.sleep(0.005)
        subject.nursery.signal(pid, number)
    return subject.nursery.wait(pid)


PLAIN, JOBDIR = False, True
ONCE, TERMINATED, TWICE = (signal.SIGINT,), (signal.SIGTERM,), (signal.SIGINT, signal.SIGKILL)


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        *((PLAIN, ONCE), (JOBDIR, TERMINATED), (PLAIN, TWICE), (JOBDIR, TWICE)),
        *thorough((JOBDIR, ONCE), (PLAIN, TERMINATED)),
    ],
    ids=lambda given: (
        "+".join(each.name for each in given) if isinstance(given, tuple) else "jobdir" * given or "plain"
    ),
    indirect=["subject"],
)
def test_the_next_run_goes_on(subject: Trial, scene: Scene, numbers: tuple[signal.Signals, ...]) -> None:
    sandbox, calm, whole = scene
    status = interrupted(subject, whole, *numbers)
    if signal.SIGKILL in numbers:
        assert status in (1, -signal.SIGKILL)  # it may have ended in good order by then
    else:
        assert status == 1, subject.log
        assert "INCOMPLETE: The crawl was ended before it was complete (shutdown)." in subject.log
    served = len(sandbox.requests)
    assert_same(subject.run(), calm, sandbox)
    again = subject.requests(served)
    # The introduction, three counts and a last pass a project are asked by every run.
    assert len(again) < whole * 0.8, again
    for project in ("DEMO", "TOOLS"):
        assert goes_on_from(again, project), again


def goes_on_from(paths: list[str], project: str) -> bool:
    """Whether the walk of a project was taken up behind its beginning; its last pass does not count."""
    queries = [parse_qs(urlsplit(path).query) for path in paths if "/search" in path]
    walked = [
        query["jql"][0]
        for query in queries
        if f'"{project}"' in query["jql"][0]
        and query.get("maxResults") != ["0"]
        and "updated >=" not in query["jql"][0]
    ]
    return all("created >=" in jql for jql in walked)
