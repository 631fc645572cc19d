"""What `scrapy crawl` sets up for a process that runs for a week."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import pytest
from scrapy.settings import Settings

from jira_crawler.commands.crawl import LARGE_BLOCK, begin_refining, give_back_large_blocks
from jira_crawler.refine import executor


class Counts(ctypes.Structure):
    """glibc's mallinfo2; `hblks` is the number of blocks that are mapped by themselves."""

    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "rest")] + [
        ("others", ctypes.c_size_t * 5)
    ]


def test_each_large_block_is_given_back_when_it_is_freed_however_many_there_were_before():
    libc = ctypes.CDLL(None)
    if not give_back_large_blocks(libc):
        assert not hasattr(libc, "mallopt")  # another C library, which cannot be told
        return
    libc.mallinfo2.restype = Counts
    seen = []
    for _ in range(20):
        before = libc.mallinfo2().hblks
        block = bytes(LARGE_BLOCK * 100)
        taken = libc.mallinfo2().hblks
        del block
        seen.append((taken - before, libc.mallinfo2().hblks - before))
    # The first one is in any case. Threads of this process may take and give back others in between.
    assert seen[1:].count((1, 0)) > len(seen) / 2


def test_a_c_library_that_cannot_be_told_is_left_alone():
    assert give_back_large_blocks(SimpleNamespace()) is False


@pytest.mark.parametrize(
    ("settings", "begun"),
    [
        ({"REFINE_PROCESSES": 2}, 1),
        ({"REFINE_PROCESSES": 1}, 0),
        ({"REFINE_PROCESSES": 2, "SCRAPE_ONLY": True}, 0),
        ({"REFINE_PROCESSES": 2, "ENGINE": "ray"}, 0),
    ],
)
def test_what_refines_is_begun_early_where_it_is_going_to_be_needed(monkeypatch, settings, begun):
    times = []
    monkeypatch.setattr(executor, "begin_server", lambda: times.append(1))
    begin_refining(Settings(settings))
    assert len(times) == begun
