"""However many names there are, each is found where it stands, and in one pass."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.items import Person
from jira_crawler.redaction.name_context import is_token, token_starts
from jira_crawler.redaction.people import People
from jira_crawler.redaction.string_search import FEW, Strings, first_places

SMALL = st.text("ab.", max_size=6)
GIVEN = ("Anna", "Bert", "Carla", "Dirk", "Will", "Jörg", "Wei")
FAMILY = ("Leeson", "Grantham", "Müller", "Mark", "Li", "O'Hara", "Smith-Jones")
PEOPLE = [Person(f"{given[0]}{family}".lower(), f"{given} {family}") for given in GIVEN for family in FAMILY]
STRANGERS = [Person(f"zz{number:03}", f"Zz{number:03} Yy{number:03}") for number in range(FEW)]
WORDS = st.sampled_from(
    [*GIVEN, *FAMILY, *(person.id for person in PEOPLE), "@", "wrote", "`", "hi", ", ", "(", "_", "x", "中", "\n", "by"]
)


@settings(deadline=None)
@given(st.sets(SMALL.filter(bool), max_size=8), SMALL.map(lambda text: text * 3))
def test_every_string_is_found_at_every_place(strings: set[str], text: str) -> None:
    found = sorted(Strings(strings).places(text, range(len(text))))
    assert found == sorted((at, each) for at in range(len(text)) for each in strings if text.startswith(each, at))


@settings(deadline=None)
@given(st.sets(SMALL, max_size=8), SMALL.map(lambda text: text * 3))
def test_many_strings_have_the_same_first_places_as_few(strings: set[str], text: str) -> None:
    others = {f"z{number}" for number in range(FEW + 1)}
    assert first_places(strings | others, text) == first_places(strings, text)


@settings(deadline=None)
@given(st.text("aB_ .中\n-"))
def test_a_token_begins_at_one_of_its_starts(text: str) -> None:
    tokens = {at for at in range(len(text)) if not text[at].isspace() and is_token(text, at, len(text))}
    assert tokens <= set(token_starts(text))


@settings(deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join) | st.lists(WORDS, max_size=30).map("".join))
def test_a_crowd_hides_nobody(text: str) -> None:
    few, many = Counter[str](), Counter[str]()
    people = PEOPLE[:: len(PEOPLE) // 12]
    assert len(people) <= FEW < len(people) + len(STRANGERS)
    assert People([*people, *STRANGERS], text).redact(text, many) == People(people, text).redact(text, few)
    assert many == few


def test_a_mention_in_a_crowd_is_the_person_whose_login_it_shows() -> None:
    people = People([*PEOPLE, *STRANGERS, Person("bgrantham")], text := "@bgrantham and Bert Grantham")
    label = people.named(PEOPLE[8]) or Person()
    assert people.redact(text, Counter()) == f"@{label.id} and {label.id}"
