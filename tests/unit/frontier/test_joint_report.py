"""The reports of several workers add up to one."""

from __future__ import annotations

from typing import Any

from jira_crawler.frontier.fleet import joint


def report(**chosen: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "complete": True,
        "missing": [],
        "listed": 0,
        "written": 0,
        "requests": 0,
        "retries": 0,
        "refused": 0,
        "waited_seconds": 0.0,
        "seconds": 1.0,
        "redacted": {},
        "leaks": {},
        "cut": {},
        "proof": {},
        "verified": {},
        "requests_per_1000_issues": None,
    }
    return nothing | chosen


def test_one_worker_is_a_fleet_too():
    alone = report(listed=5, requests=10, redacted={"email": 2})
    assert joint(alone, []) == alone | {"workers": 1, "requests_per_1000_issues": 2000.0}


def test_what_each_counts_is_added_and_what_the_store_says_is_not():
    last = report(listed=10, requests=4, retries=1, waited_seconds=0.1, seconds=5.0, written=30, cut={"comment": 1})
    other = report(listed=20, requests=5, refused=2, waited_seconds=0.2, seconds=9.0, written=30, redacted={"email": 7})
    third = report(redacted={"email": 1, "phone": 1}, cut={"worklog": 2, "comment": 1})
    both = joint(last, [other, third])
    assert (both["listed"], both["requests"], both["retries"], both["refused"]) == (30, 9, 1, 2)
    assert (both["waited_seconds"], both["seconds"], both["written"], both["workers"]) == (0.3, 9.0, 30, 3)
    assert both["redacted"] == {"email": 8, "phone": 1}
    assert both["cut"] == {"comment": 2, "worklog": 2}
    assert both["requests_per_1000_issues"] == 300.0


def test_whole_numbers_stay_whole():
    assert {type(joint(report(listed=1), [report(listed=2)])[name]) for name in ("listed", "requests")} == {int}


def test_what_earlier_leads_proved_stays_and_the_last_word_counts():
    last = report(proof={"DEMO": {"counted": 5, "held": 5}}, verified={"DEMO": {"listed": 5}})
    other = report(proof={"DEMO": {"counted": 5, "held": 4}, "TOOLS": {"counted": 1, "held": 1}})
    both = joint(last, [other])
    assert both["proof"] == {"DEMO": {"counted": 5, "held": 5}, "TOOLS": {"counted": 1, "held": 1}}
    assert both["verified"] == {"DEMO": {"listed": 5}}


def test_what_is_missing_is_for_the_last_to_say():
    """It has it from the lead; one that was stopped on the way misses what others brought."""
    both = joint(report(), [report(complete=False, missing=["The crawl was ended before it was complete."])])
    assert (both["complete"], both["missing"]) == (True, [])


def test_the_reports_stay_as_they_are():
    last, other = report(redacted={"email": 1}), report(redacted={"email": 2})
    joint(last, [other])
    assert (last["redacted"], other["redacted"]) == ({"email": 1}, {"email": 2})


def test_a_report_of_another_version_does_not_keep_this_one_from_being_written():
    assert joint(report(listed=3), [{"listed": 4}])["listed"] == 7
