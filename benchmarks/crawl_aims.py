"""What benchmarks.crawl measured, held against the aims in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.crawl_figures import FULL, SCRAPE, WORKERS, Figures, full_with

SCRAPE_CPU, SCRAPE_RATE = 0.45, 2_000  # CPU seconds per 1,000 issues at most, issues a second at least
FULL_CPU, FULL_RATE = 2.2, 750  # the same of the full job on two cores
EFFICIENT = 0.8  # the least that the second process may bring, as a share of what the first does
FLAT = 1.15  # the most that peak memory may grow between the two sizes and still be called flat
TOGETHER = 700  # megabytes of a crawl and two workers
TWO = full_with(2)
JIRA = "jira"


def verdicts(figures: Figures) -> Iterator[str]:
    """Compares with each aim: whole runs, start-up included, of the smaller size where nothing else is said."""
    yield speed(figures, SCRAPE, SCRAPE_CPU, SCRAPE_RATE)
    if JIRA in figures.jobs:
        yield ahead(figures)
    yield from efficiency(figures)
    for job in (SCRAPE, FULL):
        yield memory(figures, job)
    if not figures.typical(TWO, figures.plan.sizes[1], WORKERS):
        yield f"{TWO}: neither CPU nor memory is judged, because no worker was seen."
        return
    yield speed(figures, TWO, FULL_CPU, FULL_RATE)
    yield memory(figures, TWO)
    yield together(figures)


def speed(figures: Figures, job: str, cpu: float, rate: float) -> str:
    """Says whether a job is as cheap and as fast as it is to be."""
    small, large = figures.plan.sizes
    met = figures.each_thousand(job, small) <= cpu and figures.rate(job, small) >= rate
    return (
        f"Aim: {job}, at most {cpu} CPU s per 1,000 issues and at least {rate:,} issues/s. "
        f"{_judged(met)}: {_pace(figures, job, small)} at {small:,} issues, {_pace(figures, job, large)} at {large:,}."
    )


def ahead(figures: Figures) -> str:
    """Says whether scraping alone is cheaper and faster than the package jira."""
    small = figures.plan.sizes[0]
    cheaper = figures.each_thousand(SCRAPE, small) <= figures.each_thousand(JIRA, small)
    faster = figures.rate(SCRAPE, small) >= figures.rate(JIRA, small)
    return (
        f"Aim: {SCRAPE} ahead of {JIRA}. {_judged(cheaper and faster)}: {_pace(figures, SCRAPE, small)} "
        f"against {_pace(figures, JIRA, small)} at {small:,} issues."
    )


def efficiency(figures: Figures) -> Iterator[str]:
    """Says what the second core brings, and what four bring where there are as many."""
    large = figures.plan.sizes[1]
    two = figures.efficiency(2, large)
    yield (
        f"Aim: at least {EFFICIENT} efficiency from one process to two. "
        f"{_judged(two >= EFFICIENT)}: {two:.2f} at {large:,} issues."
    )
    if 4 in figures.plan.processes:
        yield f"Efficiency from one process to four: {figures.efficiency(4, large):.2f} at {large:,} issues."


def memory(figures: Figures, job: str) -> str:
    """Says whether the memory of a crawl, and of its largest worker, is as large for many issues as for few."""
    small, large = figures.plan.sizes
    parts = {"the crawl": "megabytes"} | (
        {"its largest worker": WORKERS} if figures.typical(job, large, WORKERS) else {}
    )
    growths = {part: figures.growth(job, name) for part, name in parts.items()}
    seen = (
        f"{part} × {growths[part]:.2f} ({figures.typical(job, small, name):.0f} to "
        f"{figures.typical(job, large, name):.0f} MB)"
        for part, name in parts.items()
    )
    return (
        f"Aim: {job}, memory flat from {small:,} to {large:,} issues (up to × {FLAT}). "
        f"{_judged(max(growths.values()) <= FLAT)}: {', '.join(seen)}."
    )


def together(figures: Figures) -> str:
    """Says whether a crawl and two workers fit; pages that they share are counted for each, so it is rather less."""
    large = figures.plan.sizes[1]
    total = figures.typical(TWO, large, "megabytes") + 2 * figures.typical(TWO, large, WORKERS)
    return (
        f"Aim: a crawl and two workers below {TOGETHER} MB. "
        f"{_judged(total < TOGETHER)}: {total:.0f} MB at {large:,} issues, each at its peak."
    )


def sameness(differing: list[str]) -> str:
    """Says whether the number of processes changes anything of what is written."""
    if differing:
        return f"Feeds of 1, 2 and 4 processes DIFFER: {', '.join(differing)}."
    return "Feeds of 1, 2 and 4 processes are the same, byte for byte."


def _judged(met: bool) -> str:
    return "Met" if met else "Missed"


def _pace(figures: Figures, job: str, size: int) -> str:
    return f"{figures.each_thousand(job, size):.2f} CPU s per 1,000 and {figures.rate(job, size):,.0f} issues/s"
