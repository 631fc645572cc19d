"""An issue that a benchmark tests with says so, by its key on the tracker that the key is of."""

from jira_crawler.tasks.benchmark_keys import BENCHMARKS, benchmarks_of

PAGE = "https://issues.apache.org/jira/browse/"


def test_an_issue_of_a_benchmark_is_known():
    assert benchmarks_of("LANG-747", f"{PAGE}LANG-747") == ("defects4j",)


def test_the_same_key_of_another_tracker_is_not():
    assert benchmarks_of("LANG-747", "https://jira.example.org/browse/LANG-747") == ()
    assert benchmarks_of("LANG-747", "") == ()
    assert benchmarks_of("LANG-748", f"{PAGE}LANG-748") == ()


def test_lists_hold_each_number_once_in_order_and_name_their_source():
    for each in BENCHMARKS:
        assert each.source and each.host
        for numbers in each.numbers.values():
            read = [int(number) for number in numbers.split()]
            assert read == sorted(set(read))
