"""People of an issue lose their names, token by token; words, code and strangers keep theirs."""

from __future__ import annotations

from collections import Counter

import pytest

from jira_crawler.items import Person
from jira_crawler.redaction.people import People, mentioned

ANN = Person("aleeson", "Ann-Marie Leeson")
JORG = Person("JIRAUSER300007", "Müllerson, Jörg")
MARK = Person("mgrant", "Mark Grant")
WEI = Person("5b10ac8d82e05b22cc7d4ef5", "张伟")
BOT = Person("githubbot", "ASF GitHub Bot")
EVERYONE = (ANN, JORG, MARK, WEI, BOT)


def redacted(text: str) -> str:
    return People(EVERYONE, text).redact(text, Counter())


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Ann-Marie Leeson said", "user_0 said"),
        ("ANN-MARIE LEESON", "user_0"),
        ("Leeson, Ann-Marie and A. Leeson", "user_0 and user_0"),
        ("Ann-Marie\nLeeson", "user_0"),
        ("thanks Leeson, and Ann-Marie's fix", "thanks user_0, and user_0's fix"),
        ("_Leeson_ and **Leeson**", "_user_0_ and **user_0**"),
        ("@aleeson, [~aleeson] (aleeson)", "@user_0, [~user_0] (user_0)"),
        ("HIVE-1.aleeson.patch", "HIVE-1.user_0.patch"),
        ("origin/aleeson/fix", "origin/user_0/fix"),
        ("ann-marie.leeson and aleeson", "user_0 and user_0"),
        ("Jörg, Jorg and Joerg Muellerson", "user_1, user_1 and user_1"),
        ("JÖRG MÜLLERSON", "user_1"),
        ("Leeson/Jörg agreed", "user_0/user_1 agreed"),
        ("thanks jörg", "thanks user_1"),
        ("Hi Mark,", "Hi user_2,"),
        ("Mark: could you?", "user_2: could you?"),
        ("Mark's patch, as Mark Grant said", "user_2's patch, as user_2 said"),
        ("Regards,\nMark", "Regards,\nuser_2"),
        ("请张伟看一下", "请user_3看一下"),
        ("[~accountid:5b10ac8d82e05b22cc7d4ef5]", "[~accountid:user_3]"),
        ("```\n * @author Ann-Marie Leeson\n * @author aleeson\n```", "```\n * @author user_0\n * @author user_0\n```"),
    ],
)
def test_whoever_is_known_goes(text: str, safe: str) -> None:
    assert redacted(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "Mark this as done and grant the role; Grant SELECT",
        "mark and sweep, earmark, Markdown, Marks",
        "Peter Leeson wrote, and Jörg Adams too",
        "com.acme.Leeson.run() and Leeson(a, b), /opt/Leeson/x and leeson-client",
        "`Leeson` and `Jörg x`",
        "```\nLeeson leeson = new Leeson();\n```",
        "ASF GitHub Bot and githubbot commented",
        "aleesons and xaleeson, aleeson.call(), $aleeson",
        "JIRAUSER300008",
    ],
)
def test_words_code_and_strangers_stay(text: str) -> None:
    assert redacted(text) == text


def test_numbers_go_by_appearance_and_one_person_has_one() -> None:
    people = People((MARK, ANN, MARK, Person(name="Mark Grant"), Person("aleeson")), "")
    assert people.named(MARK) == Person("user_0", "user_0")
    assert people.named(ANN) == people.named(Person("aleeson", "A.")) == Person("user_1", "user_1")
    assert people.named(Person(name="Mark Grant")) == Person("user_0", "user_0")
    assert people.named(None) is None


def test_programs_keep_their_names_and_take_no_number() -> None:
    people = People((BOT, ANN), "")
    assert people.named(BOT) == BOT
    assert people.named(ANN) == Person("user_0", "user_0")


def test_a_login_in_a_mention_is_the_person_whose_name_makes_it() -> None:
    text = "@jmullerson and Jörg"
    assert People((JORG, Person("jmullerson")), text).redact(text, Counter()) == "@user_0 and user_0"


def test_a_value_that_is_a_name_goes_whatever_the_name() -> None:
    text = "open\n\0\nmark\n\0\nmark it"
    assert People((Person("mark", "Mark"),), text).redact(text, Counter()) == "open\n\0\nuser_0\n\0\nmark it"


def test_code_that_is_never_closed_ends_with_its_text() -> None:
    text = "```\nLeeson\n\0\nLeeson"
    assert redacted(text) == "```\nLeeson\n\0\nuser_0"


def test_it_counts_and_does_nothing_twice() -> None:
    counts: Counter[str] = Counter()
    once = People(EVERYONE, text := "Leeson, aleeson and Jörg").redact(text, counts)
    assert counts == {"person": 3}
    assert People((Person("user_0", "user_0"), Person("user_1", "user_1")), once).redact(once, counts) == once


def test_mentions_are_read_as_the_tracker_wrote_them() -> None:
    wiki = b'{"body": "[~aleeson] and [~accountid:5b10] but not [link|~x] or @someone"}'
    assert mentioned(wiki) == (Person("aleeson"), Person("5b10"))
    adf = b'{"type": "mention", "attrs": {"id": "5b11", "text": "@Jo Lee", "accessLevel": ""}}'
    assert mentioned(adf) == (Person("5b11", "Jo Lee"),)
    assert mentioned(b'{"attrs":{"text":"@Jo Lee","id":"5b11"},"type":"mention"}') == (Person("5b11", "Jo Lee"),)
    assert mentioned(b"{}") == ()
    page = rb'"by <a href=\"x\" class=\"user-hover\" rel=\"aleeson\">@Ann &amp; Leeson<\/a> <a rel=\"no\">b</a>"'
    assert mentioned(page) == (Person("aleeson", "Ann & Leeson"),)
    script = rb'{"page": "html = \"\\u003ca class=\\\"user-hover\\\" rel=\\\"jlee\\\">J\\u00f6 Lee\\u003c\\/a>\""}'
    assert mentioned(script) == (Person("jlee", "Jö Lee"),)


def test_a_server_user_is_known_by_key_and_login() -> None:
    """Newer servers give keys that say nothing; people mention each other by login."""
    person = Person("JIRAUSER300123", "Jana Smithers", login="jsmx")
    text = "[~jsmx] and jsmx, JIRAUSER300123"
    people = People([person, Person(id="jsmx")], text)
    assert people.redact("[~jsmx] and jsmx: [~JIRAUSER300123]", Counter()) == "[~user_0] and user_0: [~user_0]"
    assert people.named(person) == people.named(Person(id="jsmx")) == Person("user_0", "user_0")
