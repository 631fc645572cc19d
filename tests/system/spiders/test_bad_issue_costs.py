"""What a bad issue costs: so many questions and so much waiting with default settings, and no neighbour of its own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.rounds import rounds, thorough
from tests.system.spiders.virtual import Run, Tracker, Virtual

MOST_ASKED, MOST_WAITED = 60, 180  # questions, and seconds with a DOWNLOAD_TIMEOUT of 20, for each bad issue
ALONE = [{400: "dark"}, {401: "full"}, {402: "hub"}]
TOGETHER = [{0: "dark", 350: "full", 520: "hub", 699: "dark"}, {400: "dark", 401: "full", 402: "hub"}]
SLICES = [5_000, 400]  # one, and two
# Each alone in one slice and in two, of one dialect and of the other; together once in each.
COSTS = [
    *(
        (dialect, SLICES[(number + other) % 2], where)
        for other, dialect in enumerate(("server", "cloud"))
        for number, where in enumerate(ALONE)
    ),
    *zip(("server", "cloud"), reversed(SLICES), TOGETHER, strict=True),
    *thorough(*zip(("cloud", "server"), SLICES, TOGETHER, strict=True)),
]
CROWDS = [
    ("server", SLICES[0], ["dark"]),
    ("cloud", SLICES[1], ["dark", "full", "hub"]),
    *thorough(("server", SLICES[1], ["dark", "full", "hub"]), ("cloud", SLICES[0], ["dark"])),
]
UNNAMED = "A part of DEMO was not listed, created between "
Crawl = Callable[..., Run]


@pytest.fixture(scope="module")
def large() -> Callable[[str], Tracker]:
    """Gives the tracker of a dialect."""
    return cache(lambda dialect: Tracker(issues=700, seed=5, projects=("DEMO",), dialect=dialect))


@pytest.fixture(scope="module")
def calm(large: Callable[[str], Tracker], tmp_path_factory: Any) -> Callable[[str, int], list[Run]]:
    """Gives what two runs in a row cost that meet nothing bad, by dialect and the size of a slice."""

    @cache
    def runs(dialect: str, slices: int) -> list[Run]:
        folder = tmp_path_factory.mktemp("calm") / "output"
        poisoned(large(dialect), {})
        return [Virtual(large(dialect), folder, SLICE_ISSUES=slices).crawl() for _ in range(2)]

    return runs


def poisoned(jira: Tracker, where: dict[int, str]) -> tuple[set[str], set[str]]:
    """Makes issues bad, by where they are in the walk; gives the ids of these, and of all the others."""
    issues = jira.project()
    bad = {str(issues[n].id) for n in where}
    jira.poison.names = {f"{issues[n].id}:{case}" for n, case in where.items()}
    jira.spoilt.clear()
    return bad, {str(issue.id) for issue in issues} - bad


def affordable(run: Run, calm: Run, bad: int) -> bool:
    return len(run.asked) - len(calm.asked) <= MOST_ASKED * bad and run.waited <= MOST_WAITED * bad


@pytest.mark.parametrize(("dialect", "slices", "where"), COSTS, ids=str)
def test_it_costs_itself_and_nobody_else(large, calm, tmp_path, dialect, slices, where):
    undisturbed, large = calm(dialect, slices), large(dialect)
    bad, others = poisoned(large, where)
    first = Virtual(large, tmp_path / "output", SLICE_ISSUES=slices).crawl()
    assert others - first.came == set()
    assert affordable(first, undisturbed[0], len(bad)), (len(first.asked), first.waited)
    # What comes in parts is not missing; what nothing names is told by its minute.
    told = sorted("dark" if said.startswith(UNNAMED) else "hub" for said in first.missing)
    assert told == sorted(case for case in where.values() if case != "full")
    # What is bad stays bad, and is asked for by itself: no page has to be made smaller for it any more.
    large.spoilt.clear()
    second = Virtual(large, tmp_path / "output", SLICE_ISSUES=slices).crawl()
    assert (large.spoilt, sorted(second.missing)) == ([], sorted(first.missing))
    assert affordable(second, undisturbed[1], len(bad)), (len(second.asked), second.waited)
    poisoned(large, {})
    mended = Virtual(large, tmp_path / "output", SLICE_ISSUES=slices).crawl()
    assert (mended.missing, bad - mended.came) == ([], set())


@pytest.mark.parametrize(("dialect", "slices", "cases"), CROWDS, ids=str)
def test_a_crowd_of_the_same_minute_is_not_lost_with_it(large, calm, tmp_path, dialect, slices, cases):
    undisturbed, large = calm(dialect, slices), large(dialect)
    minute, crowd = Counter(issue.created // 60_000 for issue in large.project()).most_common(1)[0]
    assert crowd > 40
    there = [n for n, issue in enumerate(large.project()) if issue.created // 60_000 == minute]
    bad, others = poisoned(large, dict(zip(there[1::4], cases, strict=False)))
    first = Virtual(large, tmp_path / "output", SLICE_ISSUES=slices).crawl()
    assert others - first.came == set()
    assert affordable(first, undisturbed[0], len(bad)), (len(first.asked), first.waited)
    large.spoilt.clear()
    second = Virtual(large, tmp_path / "output", SLICE_ISSUES=slices).crawl()
    assert (large.spoilt, sorted(second.missing)) == ([], sorted(first.missing))
    # The crowd is asked for by its ids, to see whether something changed in it.
    assert len(second.asked) - len(undisturbed[1].asked) <= MOST_ASKED * len(bad) + crowd, len(second.asked)


# --- later runs


@pytest.fixture(scope="module")
def small(request: Any) -> Tracker:
    return Tracker(issues=110, seed=7, projects=("DEMO",), dialect=request.param)


BAD = {20: "dark", 60: "full", 100: "hub", 101: "dark"}


@pytest.mark.parametrize(
    ("small", "jobdir"),
    [("server", True), *thorough(("cloud", True), ("server", False), ("cloud", False))],
    indirect=["small"],
)
def test_a_crawl_of_everything_goes_around_what_is_known_to_be_bad(small, tmp_path, jobdir):
    jobs = str(tmp_path / "jobs") if jobdir else ""
    bad, others = poisoned(small, BAD)
    first = Virtual(small, tmp_path / "output", jobs).crawl()
    for _ in range(2):
        small.spoilt.clear()
        again = Virtual(small, tmp_path / "output", jobs, full="true").crawl()
        assert (small.spoilt, sorted(again.missing)) == ([], sorted(first.missing))
        assert others - again.came == set()
    poisoned(small, {})
    mended = Virtual(small, tmp_path / "output", jobs, full="true").crawl()
    assert (mended.missing, bad - mended.came) == ([], set())
    assert len(Virtual(small, tmp_path / "output", jobs).crawl().asked) <= 6  # and nothing is left of it


@pytest.mark.parametrize(
    ("small", "most", "jobdir"),
    [("server", 25, True), ("cloud", 45, False), *thorough(("cloud", 25, True), ("server", 45, False))],
    indirect=["small"],
)
def test_a_run_that_is_killed_in_the_middle_loses_nobody(small, tmp_path, jobdir, most):
    jobs = str(tmp_path / "jobs") if jobdir else ""
    bad, others = poisoned(small, BAD)
    killed = Virtual(small, tmp_path / "output", jobs, PAGE_SIZE=20, SLICE_ISSUES=60).crawl(most)
    assert not killed.finished
    second = Virtual(small, tmp_path / "output", jobs, PAGE_SIZE=20, SLICE_ISSUES=60).crawl()
    assert others - second.came == set()
    assert second.missing
    poisoned(small, {})
    mended = Virtual(small, tmp_path / "output", jobs, PAGE_SIZE=20, SLICE_ISSUES=60).crawl()
    assert (mended.missing, bad - mended.came) == ([], set())


def test_what_changes_beside_a_bad_one_comes_up_to_date(tmp_path):
    """Also within its minute, and also what is bad itself, as soon as it is mended."""
    jira = Tracker(issues=60, seed=7, projects=("DEMO",))
    poisoned(jira, {20: "full", 40: "dark"})
    Virtual(jira, tmp_path / "output").crawl()
    new = jira.application.mutations.apply("create", str(jira.project()[20].id), project="DEMO").id
    done = Virtual(jira, tmp_path / "output").crawl()
    assert new in done.came
    assert [said.startswith(UNNAMED) for said in done.missing] == [True]


# --- a site that is gone, or away for a moment


@pytest.mark.parametrize(
    ("small", "slices"),
    [("server", 5_000), ("cloud", 60), ("server", 10), *thorough(("cloud", 5_000), ("server", 60), ("cloud", 10))],
    indirect=["small"],
)
def test_a_tracker_that_died_is_left_alone_soon(small, tmp_path, slices):
    poisoned(small, {})
    jira = Virtual(small, tmp_path / "output", SLICE_ISSUES=slices, PAGE_SIZE=20)
    answer, answered = small.answer, 0

    def dying(request: Any) -> Any:
        nonlocal answered
        answered += 1
        small.dead = "" if answered > 6 else None
        return answer(request)

    small.answer = dying  # type: ignore[method-assign]
    try:
        done = jira.crawl()
    finally:
        small.answer, small.dead = answer, None  # type: ignore[method-assign]
    assert len(done.asked) < 120
    assert done.backed_off < 400  # all questions together
    assert any(said.startswith("A part of DEMO was not listed: status 500") for said in done.missing)
    assert not done.finished
    again = Virtual(small, tmp_path / "output", SLICE_ISSUES=slices, PAGE_SIZE=20).crawl()
    assert (again.missing, len(again.came)) == ([], len(small.project()))


@pytest.mark.parametrize(
    ("small", "slices"),
    [("cloud", 5_000), ("server", 60), *thorough(("server", 5_000), ("cloud", 60))],
    indirect=["small"],
)
def test_a_tracker_that_is_away_for_a_moment_is_waited_for(small, tmp_path, slices):
    poisoned(small, {})
    jira = Virtual(small, tmp_path / "output", SLICE_ISSUES=slices, PAGE_SIZE=20)
    answer = small.answer

    def away(request: Any) -> Any:
        small.dead = "" if 3 < jira.clock.now - begun < 23 else None
        return answer(request)

    begun, small.answer = jira.clock.now, away  # type: ignore[method-assign]
    try:
        done = jira.crawl()
    finally:
        small.answer, small.dead = answer, None  # type: ignore[method-assign]
    assert (done.missing, len(done.came), done.finished) == ([], len(small.project()), True)


# --- wherever they are


@pytest.mark.parametrize("number", range(rounds(4, 6)))
def test_wherever_they_are_none_but_they_is_missing(tmp_path, number):
    """Mixed as chance will have it, with bounds that are read to the minute, small pages and small slices."""
    chance = random.Random(number)
    dialect, honour_ms, cap = chance.choice(["server", "cloud"]), chance.random() < 0.6, chance.choice([0, 16])
    jira = Tracker(
        issues=60, seed=1 + number % 3, projects=("DEMO",), dialect=dialect, honour_ms=honour_ms, page_cap=cap
    )
    chosen = {"SLICE_ISSUES": chance.choice([500, 50]), "PAGE_SIZE": chance.choice([500, 32, 7])}
    issues = jira.project()
    where = {
        chance.randrange(len(issues)): chance.choice(["dark", "full", "hub"]) for _ in range(chance.choice([1, 2, 4]))
    }
    bad, others = poisoned(jira, where)
    dark_minutes = {issues[n].created // 60_000 for n, case in where.items() if case == "dark"}
    beside = {str(issue.id) for issue in issues if issue.created // 60_000 in dark_minutes}
    first = Virtual(jira, tmp_path / "output", **chosen).crawl()
    second = Virtual(jira, tmp_path / "output", **chosen).crawl()
    lost = others - second.came
    # Between two that nothing names in one minute, there is no way to the others where bounds are read to the minute.
    assert lost <= beside and (not lost or not honour_ms)
    assert sorted(first.missing) == sorted(second.missing)
    assert bool(first.missing) == bool(set(where.values()) - {"full"})
    poisoned(jira, {})
    mended = Virtual(jira, tmp_path / "output", **chosen).crawl()
    assert (mended.missing, (bad | others) - mended.came) == ([], set())
