"""What people are called, and what in a text may call somebody, meet as digests and only where both are distinctive."""

from __future__ import annotations

import pytest

from jira_crawler.items import Person
from jira_crawler.redaction.project_names import SIZE, mentions, possible, taught

ANN = Person(id="alee42", name="Ann Lee-Sørby", login="alee42")


def called(text: str, *people: Person) -> list[str]:
    """What of the text is one of these people."""
    known = digests(taught(people))
    data = text.encode()
    found = [each for each in mentions(data) if each.digest in known]
    assert {each.digest for each in found} <= digests(possible(text))
    return [data[each.start : each.end].decode() for each in found]


def digests(joined: bytes) -> set[bytes]:
    assert len(joined) % SIZE == 0
    return {joined[at : at + SIZE] for at in range(0, len(joined), SIZE)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Thanks to Ann Lee-Sørby.", ["Ann Lee-Sørby"]),
        ("per Ann Lee-Sorby's patch", ["Ann Lee-Sorby"]),
        ("ANN LEE-SØRBY: done", ["ANN LEE-SØRBY"]),
        ("(reviewed by Lee-Sørby, Ann and others)", ["Lee-Sørby, Ann"]),
        ("see Lee-Sørby Ann", ["Lee-Sørby Ann"]),
        ("Ann K. Lee-Sørby, Ann van der Lee-Sørby", ["Ann K. Lee-Sørby", "Ann van der Lee-Sørby"]),
        ("**Ann Lee-Sørby** and _Ann Lee-Sørby_", ["Ann Lee-Sørby"] * 2),
        ("Dear Ann\nLee-Sørby", ["Ann\nLee-Sørby"]),
        ('author": "Ann Lee-Sørby"', ["Ann Lee-Sørby"]),
        ("@alee42 please look", ["alee42"]),
        ("https://github.com/alee42/tool and https://gist.github.com/ALee42/1", ["alee42", "ALee42"]),
        ('<action dev="alee42" due-to="alee42">', ["alee42", "alee42"]),
        ("from ann lee-sørby in the forum, thanks to Ann lee-sorby", ["ann lee-sørby", "Ann lee-sorby"]),
    ],
)
def test_found_in_each_way_of_writing(text, found):
    assert called(text, ANN) == found


@pytest.mark.parametrize(
    "text",
    [
        "ann lee-sørby in small letters",
        "from ann lee-sørby()",
        "Ann met Lee-Sørby",
        "Ann, Lee-Sørby, Bob",
        "Ann. Lee-Sørby",
        "com.Ann Lee-Sørby",
        "new Ann Lee-Sørby()",
        "McAnn Lee-Sørby",
        "Ann Lee-Sørbyø",
        "alee42 alone, mail@alee42, @alee42/package, @alee42(), github.com/alee421",
    ],
)
def test_left_where_it_is_a_part_of_something_else(text):
    assert called(text, ANN) == []


@pytest.mark.parametrize(
    "name",
    [
        "Spring Boot",
        "Apache Kafka",
        "Test User",
        "Will Mark",
        "Mobile Team",
        "Ann",
        "Ann Ann",
        "The Lee",
        "A B",
        "李 明",
    ],
)
def test_what_is_no_distinctive_name_teaches_nothing(name):
    assert taught([Person(id="12345", name=name)]) == b""


@pytest.mark.parametrize(
    "login", ["spark", "michael", "JIRAUSER1234", "557058:ab-cd", "al", "12345", "x" * 50, "hudson"]
)
def test_a_login_that_is_a_word_or_a_number_teaches_nothing(login):
    assert taught([Person(id=login, name="", login=login)]) == b""


def test_programs_teach_nothing():
    assert taught([Person(id="hudson42", name="Ann Lee (CI)"), Person(id="x", name="Ann Bot")][1:]) == b""


def test_short_names_are_known_of_whole_ones_and_not_the_other_way():
    assert called("Chris Leedsby", Person(id="", name="Christopher Leedsby")) == ["Chris Leedsby"]
    assert called("Christopher Leedsby", Person(id="", name="Chris Leedsby")) == []


def test_umlauts_are_known_in_both_spellings():
    assert called("Jörg Müllert, Joerg Muellert; Jorg Mullert", Person(id="", name="Jörg Müllert")) == [
        "Jörg Müllert",
        "Joerg Muellert",
        "Jorg Mullert",
    ]


def test_the_order_of_people_and_of_texts_does_not_show():
    others = [Person(id=f"person{n}", name=f"Given{chr(97 + n)} Familyx") for n in range(9)]
    assert taught(others) == taught(reversed(others))
    assert possible("Ann Leeds. Bob Kimble.") == possible("Bob Kimble. Ann Leeds. Ann Leeds.")


@pytest.mark.parametrize(
    "text", ["Ann \ud800Lee", "\ud800", "Aa " * 5_000, "@" * 5_000, "A" * 20_000, "Ann,Lee, " * 999]
)
def test_hostile_texts_are_read_in_linear_time_and_never_break(text):
    assert len(possible(text)) % SIZE == 0


@pytest.mark.parametrize(("text", "name"), [("with may fields", "May Fields"), ("from spring barber", "Spring Barber")])
def test_two_words_of_the_language_in_small_letters_are_nobody(text, name):
    assert called(text, Person(id="x1", name=name, login="x1")) == []


def test_a_surname_that_is_a_word_needs_a_given_name_in_capitals():
    chris = Person(id="cbarber7", name="Chris Barber", login="cbarber7")
    assert called("Talk with Chris barber, not with chris barber", chris) == ["Chris barber"]
