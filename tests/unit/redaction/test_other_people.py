"""Whoever is wanted has one number in all texts, above any number that stands there."""

import pytest

from jira_crawler.items import Person
from jira_crawler.redaction.other_people import OtherPeople, digests_of
from jira_crawler.redaction.project_names import SIZE, taught
from tests.unit.effort import MOST, of_size, relative_cost


def others(said: str, *names: str) -> OtherPeople:
    told = taught([Person(id="" if " " in name else name, name=name) for name in names])
    digests = " ".join(told[at : at + SIZE].hex() for at in range(0, len(told), SIZE))
    return OtherPeople(digests_of(digests), said.encode("utf-8", "replace"))


def test_one_number_a_person_behind_those_that_are_there():
    behind = others("user_0 user_4 user_99999999999", "Ann Leeds", "Bob Kimble")
    assert behind.redact("Bob Kimble, then Ann Leeds") == ("user_5, then user_6", ["Bob Kimble", "Ann Leeds"])
    assert behind.redact("Kimble, Bob") == ("user_5", ["Kimble, Bob"])
    assert (behind.first, behind.last) == (5, 6)


@pytest.mark.parametrize("text", ["", "Kim Other", "Ann", "\ud800", "Ann Leeds()"])
def test_any_other_text_stays_to_the_letter(text):
    behind = others(text, "Ann Leeds")
    assert behind.redact(text) == (text, [])
    assert behind.last < behind.first


@pytest.mark.parametrize("piece", ["Ann Leeds, ", "Ann ", "@bkimble7 ", "`@bkimble7` ", "user_1 "])
def test_takes_linear_time(piece):
    behind = others("", "Ann Leeds", "bkimble7")
    assert relative_cost(lambda: behind.redact(of_size(piece))) < MOST


@pytest.mark.parametrize("broken", ["\ud800", "🙂", "é", "\udcff\ud83d", "完"])
def test_places_are_right_beside_what_is_no_letter(broken):
    text = f"{broken} Ann Leeds {broken}"
    assert others(text, "Ann Leeds").redact(text) == (f"{broken} user_0 {broken}", ["Ann Leeds"])
