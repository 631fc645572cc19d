"""An issue that a benchmark tests with says so, by its key on the tracker that the key is of."""

from dataclasses import replace

import pytest

from jira_crawler.items import Closing
from jira_crawler.tasks.benchmark_keys import benchmarks_of, benchmarks_of_issue
from jira_crawler.tasks.benchmark_lists import BENCHMARKS, SWE_BENCH_VERIFIED

PAGE = "https://issues.apache.org/jira/browse/"
GITHUB = "https://github.com/"


@pytest.mark.parametrize(
    ("key", "url", "names"),
    [
        ("LANG-747", f"{PAGE}LANG-747", ("defects4j",)),
        ("MATH-1005", f"{PAGE}MATH-1005", ("bugs.jar", "defects4j")),
        ("MNG-5742", f"{PAGE}MNG-5742", ("bugs.jar",)),
        ("FLINK-18425", f"{PAGE}FLINK-18425", ("hotbugs.jar",)),
        ("astropy/astropy#12907", f"{GITHUB}astropy/astropy/pull/12907", ("swe-bench-verified",)),
        ("apache/lucene#13704", f"{GITHUB}apache/lucene/pull/13704", ("swe-bench-multilingual",)),
    ],
)
def test_an_issue_of_a_benchmark_is_known(key, url, names):
    assert benchmarks_of(key, url) == names


def test_the_same_key_of_another_tracker_is_not():
    assert benchmarks_of("LANG-747", "https://jira.example.org/browse/LANG-747") == ()
    assert benchmarks_of("LANG-747", "") == ()
    assert benchmarks_of("LANG-748", f"{PAGE}LANG-748") == ()
    assert benchmarks_of("astropy/astropy#12907", "https://git.example.org/astropy/astropy/pull/12907") == ()


def test_what_a_pull_request_of_a_benchmark_closed_is_tested_with_too(make):
    here = f"{GITHUB}astropy/astropy/issues/12906"
    closed = make(key="astropy/astropy#12906", url=here)
    assert benchmarks_of_issue(closed) == ()
    by = Closing(kind="closer", other="astropy/astropy#12907"), Closing(kind="referenced", commit="0" * 40)
    assert benchmarks_of_issue(replace(closed, closings=(*by, *by))) == ("swe-bench-verified",)


def test_lists_hold_each_number_once_in_order_and_name_their_source():
    assert len({each.name for each in BENCHMARKS}) == len(BENCHMARKS)
    for each in BENCHMARKS:
        assert each.source and each.host and ", " not in each.name
        for numbers in each.numbers.values():
            read = [int(number) for number in numbers.split()]
            assert read == sorted(set(read))
    assert sum(len(numbers.split()) for numbers in SWE_BENCH_VERIFIED.numbers.values()) == 500
