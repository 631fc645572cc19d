"""What texts and names of branches refer to."""

from __future__ import annotations

import pytest

from jira_crawler.links import references

HERE = "github.com/acme/kettle"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KAFKA-12", ["KAFKA-12"]),
        ("[KAFKA-12][KAFKA-13]: x", ["KAFKA-12", "KAFKA-13"]),
        ("#12, GH-13", ["github.com/acme/kettle#12", "github.com/acme/kettle#13"]),
        ("Acme/Other#4", ["github.com/acme/other#4"]),
        ("https://github.com/Acme/Other/pull/4#issuecomment-7", ["github.com/acme/other#4"]),
        ("https://ghe.example.org/a/b/issues/4?x=#5", ["ghe.example.org/a/b#4"]),
        (
            "[x](https://jira.example.org/jira/browse/KAFKA-2?focusedId=KAFKA-3)",
            ["jira.example.org/jira/browse/KAFKA-2"],
        ),
        ("see https://example.org/KAFKA-9/#3", []),
        ("kafka-12 KAFKA-0 KAFKA-12.1 a/KAFKA-3.txt x#5 &#39; KAFKA-1x", []),
        ("abc#12 name#3 ##4", []),
        ("a" * 40, ["@" + "a" * 40]),
        ("https://github.com/acme/kettle/commit/abcdef1", ["@abcdef1"]),
        ("abcdef1 is short", []),
    ],
)
def test_what_a_text_names(text, found):
    assert [each.refers for each in references.find(text, HERE)] == found


def test_a_number_is_of_nothing_outside_of_a_repository():
    assert list(references.find("see #12 and GH-3")) == []


@pytest.mark.parametrize(
    ("branch", "found"),
    [
        ("fix/csv-328_quoted", ["CSV-328"]),
        ("aloy-199", ["ALOY-199"]),
        ("KAFKA_12-mend", ["KAFKA-12"]),
        ("release-2.0", []),
        ("main", []),
    ],
)
def test_what_a_branch_names(branch, found):
    assert list(references.in_branch(branch)) == found


def test_whoever_names_thousands_has_written_a_list():
    text = " ".join(f"KAFKA-{n}" for n in range(1, 5_000))
    assert len(list(references.find(text))) == references.MOST
