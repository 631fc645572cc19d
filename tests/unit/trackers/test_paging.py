"""Paging through a made-up server lists everything once, whatever the server's page cap, ties, rounding and moods."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.trackers import paging, plausibility, tracker
from jira_crawler.trackers.contract import Cursor, IssueStub, Page, Window

MINUTE = paging.MINUTE
SLICE, SERVER, CLOUD = Window("P"), tracker("server", "https://jira"), tracker("cloud", "https://jira")
# Many issues in few instants: what breaks paging are ties and bursts, not spread-out issues.
times = st.lists(st.integers(0, 12).map(lambda n: 1_700_000_000_000 + n * 17_000), max_size=60)


def listed(created: list[int]) -> list[IssueStub]:
    return [IssueStub(str(n), f"P-{n}", ms, b"{}") for n, ms in enumerate(created, 1)]


class Keyset:
    """A server with offsets and totals; `rounds` reads bounds to the minute, as some may."""

    def __init__(self, created: list[int], cap: int, rounds: bool):
        self.issues = sorted(listed(created), key=lambda each: (each.created, int(each.id)))
        self.cap, self.rounds, self.asked = cap, rounds, 0

    def page(self, at: Cursor) -> Page:
        self.asked += 1
        since = paging.floor_minute(at.since) if self.rounds else at.since
        found = [each for each in self.issues if not since or each.created >= since]
        return Page(tuple(found[at.offset : at.offset + self.cap]), total=len(found), size=self.cap)


class Tokens(Keyset):
    """A server with tokens that may loop, come with empty pages, or end early; `moods` says which, page by page.

    It ends early only on pages with something new: a question that brings nothing new and has no token is all the
    proof of an end that a Cloud can give.
    """

    def __init__(self, created: list[int], cap: int, rounds: bool, moods: list[str]):
        super().__init__(created, cap, rounds)
        self.moods = iter(moods)
        self.shown: set[str] = set()

    def page(self, at: Cursor) -> Page:
        since, offset = (int(part) for part in at.token.split(":")) if at.token else (at.since, 0)
        shown = super().page(Cursor(since=since, offset=offset))
        mood = next(self.moods, "good")
        if mood == "empty":
            return Page((), token=f"{since}:{offset}")
        new = {issue.id for issue in shown.issues} - self.shown
        self.shown |= new
        if mood == "loop" and at.token:
            return Page(shown.issues, token=at.token)
        if (mood == "early" and new) or offset + self.cap >= (shown.total or 0):
            return Page(shown.issues)
        return Page(shown.issues, token=f"{since}:{offset + self.cap}")


def page_through(server: Keyset, speaks: Any, told: list[str] | None = None) -> list[str]:
    """Pages to the end; what is given up is `told`, or fails the test."""
    at: Cursor | None = Cursor()
    ids: list[str] = []
    asked: Counter[tuple[int, int, str]] = Counter()
    while at is not None:
        page = server.page(at)
        asked[at.since, at.offset if not at.token else 0, at.token] += 1
        step = plausibility.step(speaks, SLICE, at, page, len(server.issues))
        ids += [issue.id for issue in step.fresh]
        at = step.onward
        if step.wrong and not at:
            assert told is not None, step.wrong
            told.append(step.wrong)
        assert server.asked < 1000, "the paging does not end"
    assert isinstance(server, Shrinking) or max(asked.values()) <= paging.TRIES
    return ids


@given(times, st.integers(1, 7), st.booleans())
def test_keyset_lists_everything_once(created, cap, rounds):
    server = Keyset(created, cap, rounds)
    assert sorted(page_through(server, SERVER), key=int) == [each.id for each in listed(created)]


class Shrinking(Keyset):
    """One that loses issues between two pages: `lost` says which, by their places in what is left."""

    def __init__(self, created: list[int], cap: int, rounds: bool, lost: list[list[int]]):
        super().__init__(created, cap, rounds)
        self.lost = iter(lost)

    def page(self, at: Cursor) -> Page:
        shown = super().page(at)
        for place in next(self.lost, []):
            if self.issues:
                del self.issues[place % len(self.issues)]
        return shown


@given(times, st.integers(1, 7), st.booleans(), st.lists(st.lists(st.integers(0, 60), max_size=3), max_size=12))
@settings(max_examples=300)
def test_keyset_lists_all_that_stays_while_others_go(created, cap, rounds, lost):
    server, told = Shrinking(created, max(cap, 2), rounds, lost), []
    ids = page_through(server, SERVER, told)
    assert {each.id for each in server.issues} <= set(ids) or told
    assert len(ids) == len(set(ids))


def test_an_instant_of_many_pages_is_listed_whole_though_issues_of_its_first_pages_go():
    server, told = Shrinking([1_700_000_000_000] * 60, 5, False, [[0], [0, 1], [], [2, 3, 4], [0], [1, 1, 1, 1]]), []
    ids = page_through(server, SERVER, told)
    assert {each.id for each in server.issues} <= set(ids)
    assert not told
    assert server.asked < 30


bad = st.sampled_from(["loop", "early", "empty"])


@given(times, st.integers(1, 7), st.booleans(), st.lists(st.sampled_from(["good", "loop", "early", "empty"])))
@settings(max_examples=300)
def test_chain_lists_everything_or_says_that_it_does_not(created, cap, rounds, moods):
    server, told = Tokens(created, cap, rounds, moods), []
    ids = page_through(server, CLOUD, told)
    assert set(ids) == {each.id for each in listed(created)} or told


@given(times, st.integers(1, 7), st.booleans(), st.lists(st.just("good"), max_size=30), bad)
@settings(max_examples=300)
def test_chain_lists_everything_in_spite_of_loops_and_early_ends(created, cap, rounds, moods, mood):
    server = Tokens(created, cap, rounds, [*moods, mood])
    ids = page_through(server, CLOUD)
    assert set(ids) == {each.id for each in listed(created)}


@given(times, st.integers(1, 7))
def test_chain_of_a_good_server_lists_everything_once(created, cap):
    ids = page_through(Tokens(created, cap, False, []), CLOUD)
    assert sorted(ids, key=int) == [each.id for each in listed(created)]


@pytest.mark.parametrize("speaks", [SERVER, CLOUD])
def test_what_is_older_than_1970_is_listed_too(speaks):
    created = [-62_135_596_800_000, *range(-30, 0), 1_700_000_000_000, 253_402_300_799_999]
    server = Keyset(created, 7, False) if speaks is SERVER else Tokens(created, 7, False, [])
    assert sorted(page_through(server, speaks), key=int) == [each.id for each in listed(created)]
    assert sorted(page_through(type(server)([-5, -4, -3], 2, False, *([[]] if speaks is CLOUD else [])), speaks)) == [
        "1",
        "2",
        "3",
    ]


def test_an_overlap_costs_no_second_page_when_nothing_ties():
    created = [1_700_000_000_000 + n * MINUTE for n in range(100)]
    server = Keyset(created, 25, False)
    page_through(server, SERVER)
    assert server.asked == 5  # 25, then 24 new ones a page: the last issue of a page comes again


def test_issues_without_a_time_do_not_stop_the_paging():
    blind = Page(tuple(IssueStub("", "", 0, b"?") for _ in range(3)), total=7)
    onward = paging.keyset(Cursor(), blind)
    assert onward is not None
    assert onward.offset == 3


def test_a_stale_token_is_taken_up_at_the_last_creation_time():
    assert paging.restart(Cursor(token="t", reached=5, since=1)) == Cursor(since=5, reached=5, tries=1)
    assert paging.restart(Cursor(token="t", tries=paging.TRIES)) is None
    assert paging.restart(Cursor(since=1)) is None


def test_halves_tile_a_slice_on_whole_minutes():
    now = 1_700_000_000_000
    first, second = paging.halves(Window("P", "x = 1"), now) or ()
    assert (first.start, first.end, second.start, second.end) == (0, second.start, first.end, 0)
    assert first.end % MINUTE == 0
    assert first.filter == second.filter == "x = 1"


def test_a_minute_is_not_cut():
    assert paging.halves(Window("P", start=0, end=MINUTE), 0) is None


@given(st.integers(0, 10**12), st.integers(1, 10**9))
def test_halves_end(start, length):
    slice_ = Window("P", start=start, end=start + length)
    bounds = [slice_.start]
    while halves := paging.halves(slice_, 0):
        slice_ = halves[1]
        bounds.append(slice_.start)
    assert all(a < b for a, b in pairwise(bounds))
    assert len(bounds) < 60


# --- around bad issues


def test_minutes_that_follow_each_other_are_one_stretch():
    assert paging.windows([3 * MINUTE, 0, MINUTE, 0]) == [(0, 2 * MINUTE), (3 * MINUTE, 4 * MINUTE)]


@given(st.lists(st.integers(0, 30)), st.integers(0, 10), st.integers(0, 30))
def test_a_slice_without_some_minutes_has_all_the_others(minutes, start, length):
    whole = Window("P", "", start * MINUTE, (start + length) * MINUTE if length else 0)
    parts = paging.around(whole, paging.windows(minute * MINUTE for minute in minutes))
    end = start + length if length else 60
    there = [n for part in parts for n in range(part.start // MINUTE, part.end // MINUTE if part.end else 60)]
    assert there == [n for n in range(start, end) if n not in minutes]
    assert all(part.start < part.end or not part.end for part in parts)


def beside(created: list[int], *, all_there: bool) -> tuple[list[int], int]:
    found, end = paging.beside(listed(created), all_there=all_there)
    return [issue.created for issue in found], end


def test_who_was_created_in_the_same_minute_is_dealt_with_alike_if_all_of_them_are_known():
    first, same, later = 5 * MINUTE + 1, 5 * MINUTE + 7, 6 * MINUTE
    assert beside([first, same, later], all_there=False) == ([first, same], 6 * MINUTE)
    assert beside([first, same], all_there=True) == ([first, same], 6 * MINUTE)
    assert beside([first, first, same], all_there=False) == ([first, first], first + 1)
    assert beside([first, first], all_there=False) == ([first], 0)
    assert beside([0, 0], all_there=True) == ([0], 0)  # when that was cannot be read
