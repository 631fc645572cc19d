"""A unit test starts no process, serves nothing and calls nobody: what tries fails, even if the error is caught."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"}
TALKS = {"socket.bind", "socket.connect"}
REACHES = STARTS | TALKS


class NotAUnit(BaseException):
    """A test in tests/unit reached out of its process: its place is in tests/integration or tests/system."""


class Watch:
    """Hears of every process and connection of Python from the interpreter; once added, a hook cannot be removed."""

    def __init__(self) -> None:
        self.watching = False
        self.seen: list[str] = []
        sys.addaudithook(self.hear)

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in REACHES or not self.watching:  # of the millions that come, next to none is meant
            return
        if event in TALKS and not isinstance(arguments[1], tuple):
            return  # a socket in the file system is nobody else's
        self.seen.append(f"{event}{arguments}")
        raise NotAUnit(self.seen[-1])


WATCH = Watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    WATCH.watching = True
    WATCH.seen.clear()
    yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    try:
        yield
    finally:
        WATCH.watching = False
    if WATCH.seen:
        raise NotAUnit(*WATCH.seen)
