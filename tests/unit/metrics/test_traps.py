"""What such figures are usually got wrong by, one after the other, with the figure written out."""

from __future__ import annotations

from datetime import date

from tests.github_tables import Made, day
from tests.unit.metrics.asked import asked, everything

HOUR, DAY = 3_600, 86_400
MARCH = day("2026-03-01")


def test_the_median_of_an_even_number_is_between_the_two_in_the_middle() -> None:
    made = Made()
    for number, seconds in enumerate((10, 20, 31, 1_000)):
        made.pull(number, MARCH, merged_at=day("2026-03-01", seconds), closed_at=day("2026-03-01", seconds))
    assert everything(asked(made, metrics=["open_time"]), "open_time", "merged") == (4, 1_061, 265.25, 25.5, 0)


def test_a_size_that_nobody_told_is_not_zero() -> None:
    made = Made()
    made.pull(1, MARCH, additions=0, deletions=0)
    made.pull(2, MARCH, additions=7, deletions=3)
    made.pull(3, MARCH)
    made.pull(4, MARCH, additions=5)
    assert everything(asked(made, metrics=["lines"]), "lines", "all") == (2, 10, 5.0, 5.0, 2)


def test_pull_requests_without_a_milestone_are_a_row_of_their_own() -> None:
    made = Made()
    made.pull(1, MARCH, milestone="1.0", additions=1, deletions=1, merged_at=MARCH)
    made.pull(2, MARCH, milestone=None, additions=2, deletions=2)
    made.pull(3, MARCH, milestone="", additions=3, deletions=3)
    made.pull(4, MARCH, milestone="1.0", project="acme/other", additions=4, deletions=4)
    lines = {
        key[2:]: figures[:2]
        for key, figures in asked(made, metrics=["lines"])["lines"].items()
        if key[:2] == ("all", "milestone")
    }
    assert lines == {
        ("github", "acme/tools", "1.0"): (1, 2),
        ("github", "acme/tools", None): (2, 10),
        ("github", "acme/other", "1.0"): (1, 8),
    }


def test_issues_are_no_pull_requests_and_what_is_gone_is_not_counted() -> None:
    made = Made()
    made.issue(1, MARCH, labels=["bug", "old"])
    made.pull(2, MARCH, labels=["bug"], closed_at=day("2026-03-02"))
    made.pull(3, MARCH, labels=["bug"], closed_at=day("2026-03-02"), availability="deleted")
    made.pull(4, MARCH, labels=["bug", "bug"], closed_at=day("2026-03-03"), availability="unobserved")
    found = asked(made, metrics=["open_time", "labels"])
    assert everything(found, "open_time", "closed") == (2, 3 * DAY, 1.5 * DAY, 1.5 * DAY, 0)
    shares = {key: figures[:3] for key, figures in found["labels"].items() if key[1] == "label"}
    assert shares == {
        ("share_of_pull_requests", "label", "github", "acme/tools", "bug"): (2, 2, 1.0),
        ("share_of_assignments", "label", "github", "acme/tools", "bug"): (2, 2, 1.0),
    }
    assert everything(found, "labels", "labels_each") == (2, 2, 1.0, 1.0, 0)


def test_shares_are_of_pull_requests_or_of_labels_and_some_have_none() -> None:
    made = Made()
    made.pull(1, MARCH, labels=["bug", "easy"])
    made.pull(2, MARCH, labels=["bug"])
    made.pull(3, MARCH, labels=[])
    made.pull(4, MARCH, labels=None)
    found = asked(made, metrics=["labels"])
    of = {(key[0], key[4]): figures for key, figures in found["labels"].items() if key[1] == "label"}
    assert of["share_of_pull_requests", "bug"] == (3, 2, 2 / 3, None, 1)
    assert of["share_of_assignments", "bug"] == (3, 2, 2 / 3, None, 1)
    assert of["share_of_pull_requests", "easy"][:2] == (3, 1)
    assert everything(found, "labels", "without_label") == (3, 1, 1 / 3, 0.0, 1)


def test_a_reopened_pull_request_is_open_less_the_gap() -> None:
    made = Made()
    begin, end = MARCH, day("2026-03-11")
    pull = made.pull(1, begin, closed_at=end, merged_at=end)
    made.stays(pull, ("open", begin), ("closed", day("2026-03-02")), ("open", day("2026-03-05")), ("closed", end))
    unknown = made.pull(2, begin, closed_at=end)
    made.stays(unknown, ("closed", begin))  # what it was before was never told
    made.pull(3, begin, closed_at=end)
    found = asked(made, metrics=["open_time"])
    assert everything(found, "open_time", "closed") == (3, 30 * DAY, 10.0 * DAY, 10.0 * DAY, 0)
    assert everything(found, "open_time", "without_reopened_gaps") == (1, 7 * DAY, 7.0 * DAY, 7.0 * DAY, 2)


def test_a_day_ends_at_midnight_in_utc_and_what_comes_later_has_not_happened() -> None:
    made = Made()
    made.pull(1, MARCH, closed_at=day("2026-03-04", DAY - 1), merged_at=day("2026-03-04", DAY - 1))
    made.pull(2, MARCH, closed_at=day("2026-03-05"), merged_at=day("2026-03-05"), landed_at=day("2026-03-05"))
    made.pull(3, day("2026-03-05"))
    found = asked(made, date(2026, 3, 4), ["open_time"])
    assert everything(found, "open_time", "merged") == (1, 4 * DAY - 1, 4.0 * DAY - 1, 4.0 * DAY - 1, 0)
    assert everything(found, "open_time", "still_open") == (1, 4 * DAY, 4.0 * DAY, 4.0 * DAY, 0)
    assert everything(found, "open_time", "with_still_open") == (2, 8 * DAY - 1, 4.0 * DAY - 0.5, 4.0 * DAY - 0.5, 0)
    assert everything(found, "open_time", "landed") is None


def test_landed_is_another_matter_than_merged() -> None:
    made = Made()
    made.pull(1, MARCH, closed_at=day("2026-03-02"), landed_how="script", landed_at=day("2026-03-03"))
    made.pull(2, MARCH, closed_at=day("2026-03-02"), landed_how="script")
    made.pull(3, MARCH, closed_at=day("2026-03-02"), merged_at=day("2026-03-02"))
    made.pull(4, MARCH, closed_at=day("2026-03-02"), landed_how="bulk_close")  # which brings nothing in
    found = asked(made, metrics=["open_time"])
    assert everything(found, "open_time", "landed") == (1, 2 * DAY, 2.0 * DAY, 2.0 * DAY, 1)
    assert everything(found, "open_time", "merged") == (1, DAY, float(DAY), float(DAY), 0)


def test_an_issue_waits_from_its_own_creation_and_not_from_that_of_the_pull_request() -> None:
    made = Made()
    issue = made.issue(1, day("2026-01-01"))
    pull = made.pull(2, day("2026-03-01"), merged_at=day("2026-03-02"), closed_at=day("2026-03-02"))
    made.closing(pull, "reference", other_key=issue["issue_key"])
    made.closing(issue, "connected", other_id=pull["issue_id"])  # the same pair, from its other end
    made.closing(issue, "closer", other_key=pull["issue_key"])
    made.closing(issue, "closer", other_key=pull["issue_key"], at=day("2026-03-09"))  # reopened and closed again
    found = asked(made, metrics=["issue_to_merge"])
    for reading in ("closer", "reference", "reference_first"):
        assert everything(found, "issue_to_merge", reading) == (1, 60 * DAY, 60.0 * DAY, 60.0 * DAY, 0)


def test_only_what_was_merged_closes_an_issue_and_a_commit_stands_for_what_it_merged() -> None:
    made = Made()
    issue = made.issue(1, MARCH)
    unmerged = made.pull(2, MARCH, closed_at=day("2026-03-02"), merge_commit="a" * 40)  # of a trial
    merged = made.pull(3, MARCH, closed_at=day("2026-03-04"), merged_at=day("2026-03-04"), merge_commit="b" * 40)
    made.closing(unmerged, "reference", other_key=issue["issue_key"])
    made.closing(issue, "closer", commit="a" * 40)
    made.closing(issue, "closer", commit="b" * 40)
    made.closing(issue, "closer", commit="c" * 40)  # pushed by somebody
    made.closing(merged, "closer", commit="b" * 40)  # a commit that closed the pull request itself
    found = asked(made, metrics=["issue_to_merge"])
    assert everything(found, "issue_to_merge", "closer") == (1, 3 * DAY, 3.0 * DAY, 3.0 * DAY, 0)
    assert everything(found, "issue_to_merge", "reference") is None


def test_an_end_that_is_not_in_the_tables_is_counted_as_unknown() -> None:
    made = Made()
    issue = made.issue(1, MARCH)
    merged = made.pull(2, MARCH, merged_at=day("2026-03-02"))
    is_open = made.pull(3, MARCH)
    made.closing(issue, "closer", other_key="acme/elsewhere#1")
    made.closing(issue, "reference", other_key="acme/elsewhere#1")
    made.closing(merged, "reference", other_key="acme/elsewhere#2")
    made.closing(is_open, "reference", other_key="acme/elsewhere#3")  # it may never be merged
    made.closing(merged, "reference", other_key=issue["issue_key"])
    found = asked(made, metrics=["issue_to_merge"])
    assert everything(found, "issue_to_merge", "closer") == (0, 0, None, None, 1)
    assert everything(found, "issue_to_merge", "reference") == (1, DAY, float(DAY), float(DAY), 2)
    assert everything(found, "issue_to_merge", "reference_first") == (1, DAY, float(DAY), float(DAY), 1)


def test_the_first_landing_of_a_pair_counts_and_a_reverted_one_does_not() -> None:
    made = Made()
    made.pull(9, MARCH)  # makes the site one that has pull requests
    issue, jira = made.issue(1, MARCH), made.issue(7, day("2026-03-01", 0.9), site="jira", project="ACME")
    made.pair(issue, "A", landed_at=day("2026-03-05"), landed_how="merge")
    made.pair(issue, "A", landed_at=day("2026-03-03"), landed_how="merge")  # and a backport
    made.pair(issue, "A", landed_at=day("2026-03-02"), landed_how="merge", reverted_by="d" * 40)
    made.pair(issue, "B", landed_how="script")
    made.pair(jira, "A", landed_at=day("2026-03-02"), landed_how="script")
    made.pair(jira, "B", landed_at=day("2026-02-28"), landed_how="script")  # before anybody filed it
    found = asked(made, metrics=["issue_to_merge"])
    assert everything(found, "issue_to_merge", "landed_a") == (1, 2 * DAY, 2.0 * DAY, 2.0 * DAY, 0)
    assert everything(found, "issue_to_merge", "landed_b") == (0, 0, None, None, 1)
    assert everything(found, "issue_to_merge", "jira_landed_a") == (1, DAY, float(DAY), float(DAY), 0)
    assert everything(found, "issue_to_merge", "jira_landed_b") == (1, -DAY, float(-DAY), float(-DAY), 0)


def test_numbers_of_other_repositories_and_sites_are_other_things() -> None:
    made = Made()
    issue = made.issue(1, MARCH)
    there = made.pull(1, MARCH, project="acme/other", merged_at=day("2026-03-02"), merge_commit="e" * 40)
    far = made.pull(1, MARCH, project="acme/other", site="ghe.example.org", merged_at=day("2026-03-09"))
    made.closing(issue, "closer", other_key=there["issue_key"])
    made.closing(far, "reference", other_key=issue["issue_key"])
    found = asked(made, metrics=["issue_to_merge"])
    assert everything(found, "issue_to_merge", "closer") == (1, DAY, float(DAY), float(DAY), 0)
    assert everything(found, "issue_to_merge", "reference") == (0, 0, None, None, 1)  # not there, on that site


def test_sizes_that_are_none_do_not_spoil_the_sum() -> None:
    made = Made()
    made.pull(1, MARCH, additions=(1 << 63) - 1, deletions=(1 << 63) - 1)
    made.pull(2, MARCH, additions=-5, deletions=1)
    made.pull(3, MARCH, additions=1, deletions=1 << 40)
    assert everything(asked(made, metrics=["lines"]), "lines", "all") == (
        1,
        1 + (1 << 40),
        1.0 + (1 << 40),
        1.0 + (1 << 40),
        2,
    )


def test_times_at_the_ends_of_the_calendar_are_times() -> None:
    made = Made()
    made.pull(1, day("1970-01-01"), closed_at=day("9999-12-31"))
    made.pull(2, day("9999-12-31"))
    made.pull(3, None, closed_at=MARCH, merged_at=MARCH)
    found = asked(made, metrics=["open_time"])
    assert everything(found, "open_time", "still_open") == (1, 1_775_001_600, 1_775_001_600.0, 1_775_001_600.0, 0)
    assert everything(found, "open_time", "merged") == (0, 0, None, None, 1)
