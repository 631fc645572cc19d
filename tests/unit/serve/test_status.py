"""What is shown of deliveries: how far behind each step is, how many came when, and what others chose in short."""

from __future__ import annotations

import msgspec

from jira_crawler.serve.status import Levels, Status, Step, came, levels, minutes, shortened, steps
from jira_crawler.store.delivery_audit import Entry
from tests.servers.looking import delivery, status


def entry(**more: object) -> Entry:
    said = {"number": 7, "site": "made-up", "event": "comment_created", "state": "stored", "reason": "", "at": 900}
    said |= {"received": 1_000, "fetched": 2_100, "stored": 2_250, "tabled": None, "issues": (("1", "A-1"), ("2", ""))}
    return Entry(**{**said, **more})  # type: ignore[arg-type]


def test_a_delivery_says_after_how_many_seconds_what_became_of_it():
    shown = came(entry(), {"2": "A-2"})
    assert (shown.received, shown.fetched, shown.stored, shown.tabled) == (1.0, 1.1, 1.25, None)
    assert shown.issues == ("A-1", "A-2")
    assert came(entry(), {}).issues == ("A-1", "2")


def test_a_clock_that_was_put_back_makes_nothing_negative():
    assert came(entry(fetched=400), {}).fetched == 0


def test_what_others_chose_is_one_short_line():
    shown = came(entry(event="a\nb" * 500, reason="\x1b[31mred", issues=(("1", "X\u202e-1"),)), {})
    assert len(shown.event) <= 200
    assert "\n" not in shown.event
    assert (shown.reason, shown.issues) == ("red", ("X-1",))
    assert all(len(each) <= 500 for each in shortened(["x" * 9_000]))


def test_each_step_has_those_before_it_before_it():
    last = [delivery(1, fetched=1.0, stored=1.5, tabled=None), delivery(2, fetched=3.0, stored=None, tabled=None)]
    found = steps(last, {"received": 2, "fetched": 1, "stored": 5}, (9_000, 8_000, 7_000))
    assert found == (
        Step(name="fetched", waiting=2, oldest=9.0, usual=2.0, slowest=3.0),
        Step(name="stored", waiting=3, oldest=8.0, usual=1.5, slowest=1.5),
        Step(name="tabled", waiting=8, oldest=7.0),
    )


def test_nothing_came_and_nothing_waits():
    assert steps([], {}, (None, None, None)) == tuple(Step(name=name) for name in ("fetched", "stored", "tabled"))


def test_minutes_stand_in_a_row_the_running_one_last():
    now = 600.0 + 59.9
    assert minutes({600_000: 4, 480_000: 2, 60_000: 9}, now, many=4) == (0, 2, 0, 4)


def test_json_says_all_of_it_and_is_read_again():
    told = msgspec.json.encode(status())
    assert msgspec.json.decode(told, type=Status) == status()


def test_what_of_service_levels_is_missed_and_about_to_be_depends_on_the_time_alone():
    ends = (100.0, 4_000.0, 9_000.0)
    assert levels(ends, 2, 1, {"issue": 50.0}, 1_000.0) == Levels(
        open=5, paused=2, missed=2, soon=1, asked={"issue": 50.0}
    )
    assert levels(ends, 0, 0, {}, 5_000.0) == Levels(open=3, missed=2)
    assert levels((), 0, 0, {}, 5_000.0) == Levels()
