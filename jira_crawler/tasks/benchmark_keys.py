"""Which issues are in benchmarks that models are tested with, by their keys and what closed them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from jira_crawler.items import Issue
from jira_crawler.tasks.benchmark_lists import BENCHMARKS, Benchmark


def _keys(each: Benchmark) -> frozenset[str]:
    """`LANG-747`, on GitHub `astropy/astropy#12907`."""
    return frozenset(
        f"{project}{'#' if '/' in project else '-'}{number}"
        for project, n in each.numbers.items()
        for number in n.split()
    )


_KEYS: Final = {each.name: (each.host, _keys(each)) for each in BENCHMARKS}


def benchmarks_of_issue(issue: Issue) -> tuple[str, ...]:
    """The names of the benchmarks that test with an issue: with itself, or on GitHub with the pull request at its end.

    A benchmark of pull requests shows the issue that each of them closed, but numbers the pull request.
    """
    found = benchmarks_of(issue.key, issue.url)
    for closing in issue.closings:
        if closing.other:
            found += benchmarks_of(closing.other, issue.url)
    return tuple(sorted(set(found))) if found else ()


@lru_cache(maxsize=8)
def benchmarks_of(key: str, url: str) -> tuple[str, ...]:
    """The names of the benchmarks that hold the issue with this key and page, in alphabetical order.

    Another tracker may have issues of the same keys, so its host is looked at, too.
    """
    holding = [(name, host) for name, (host, keys) in sorted(_KEYS.items()) if key in keys]
    return tuple(name for name, host in holding if urlsplit(url).hostname == host) if holding else ()
