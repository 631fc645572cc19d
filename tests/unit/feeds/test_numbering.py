"""Numbers take the place of people in an issue's lines, and go again without a trace."""

from __future__ import annotations

import random

import orjson
import pytest

from jira_crawler.feeds.numbering import numbered, unnumbered
from jira_crawler.items import Person
from jira_crawler.redaction.project_names import taught

ANN, BOB = Person(id="", name="Ann Leeds"), Person(id="bkimble7", name="Bob Kimble", login="bkimble7")


def digests(*people: Person) -> set[bytes]:
    return {digest for person in people for digest in _apart(taught([person]))}


def _apart(joined: bytes) -> list[bytes]:
    return [joined[at : at + 8] for at in range(0, len(joined), 8)]


def lines(*texts: tuple[str, str], **more: object) -> bytes:
    made = [{"id": str(at), "input": one, "output": other, "metadata": more} for at, (one, other) in enumerate(texts)]
    return b"".join(orjson.dumps(each) + b"\n" for each in made)


def texts(of: bytes) -> list[tuple[str, str]]:
    return [(read["input"], read["output"]) for read in map(orjson.loads, of.splitlines())]


def test_numbers_follow_those_of_the_issue_in_the_order_of_the_lines():
    before = lines(
        ("user_0 asks Bob Kimble", "Ann Leeds and BOB KIMBLE"), ("@bkimble7", "user_1: Ann Leeds"), reporter="user_2"
    )
    made, replaced = numbered(before, digests(ANN, BOB))
    assert texts(made) == [("user_0 asks user_3", "user_4 and user_3"), ("@user_5", "user_1: user_4")]
    assert unnumbered(made, replaced) == before


def test_only_those_who_are_wanted():
    made, _ = numbered(lines(("Ann Leeds", "Bob Kimble")), digests(ANN))
    assert texts(made) == [("user_0", "Bob Kimble")]


def test_where_nobody_is_named_nothing_changes():
    before = lines(("Kim Other", "nobody"))
    assert numbered(before, digests(ANN)) == (before, b"") == numbered(before, set())
    assert numbered(b"", digests(ANN)) == (b"", b"")


def test_a_mention_in_code_is_none_but_a_name_is_one():
    text = "```\n@bkimble7\n// Bob Kimble\n```\n`@bkimble7` @bkimble7"
    made, _ = numbered(lines((text, "")), digests(BOB))
    assert texts(made)[0][0] == "```\n@bkimble7\n// user_0\n```\n`@bkimble7` @user_1"


@pytest.mark.parametrize(
    "there", ["user_999999", "user_000", "user_1000000 user_999999", f"user_{'9' * 40}", "user_7user_8", "x_user_3_y"]
)
def test_what_looks_like_a_number_already_stays_apart(there):
    before = lines((f"{there} Ann Leeds", f"Bob Kimble_ {there}"))
    made, replaced = numbered(before, digests(ANN, BOB))
    assert there in texts(made)[0][0] and "Ann" not in texts(made)[0][0]
    assert unnumbered(made, replaced) == before


def test_lines_of_somebody_else_are_told_from_ours():
    made, replaced = numbered(lines(("Ann Leeds", "Bob Kimble")), digests(ANN, BOB))
    for broken in (made.replace(b"user_1", b"nobody"), made + made, b"{}\n", b"[1]\n", b"{", b"\xff"):
        with pytest.raises((ValueError, TypeError, AttributeError)):
            unnumbered(broken, replaced)
    with pytest.raises(ValueError, match="do not agree"):
        unnumbered(made, b"\x00")


def test_whatever_texts_say_comes_back_as_it_was():
    chance = random.Random(1)
    parts = [
        "Ann Leeds",
        "Bob Kimble",
        "@bkimble7",
        "user_1",
        "user_12",
        "_",
        "\n",
        "```",
        "`",
        "é",
        " ",
        ", ",
        "Ann",
        "𝔘",
        "\0",
    ]
    for _ in range(200):
        before = lines(*(("".join(chance.choices(parts, k=9)), "".join(chance.choices(parts, k=5))) for _ in range(3)))
        assert unnumbered(*numbered(before, digests(ANN, BOB))) == before
