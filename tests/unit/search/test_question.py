"""A question is read as it is meant, and a wrong one gets a sentence that says what and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.search.fields import FIELDS
from jira_crawler.search.query import And, Between, Everything, Not, Or, Tags, Words, foremost, is_flat, rivals, wanted
from jira_crawler.search.question import DEEPEST, LONGEST, MOST, WrongQuestion, read

A, B, C = (Words((name,)) for name in "abc")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a", A),
        ("A", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("NOT a", Not(A)),
        ("a NOT b", And((A, Not(B)))),
        ("NOT(a b)", Not(And((A, B)))),
        ('"a b"', Words(("a", "b"))),
        (r'"a\"b"', Words(("a", "b"))),
        ('"AND"', Words(("and",))),
        ("and or not to", And(tuple(Words((name,)) for name in ("and", "or", "not", "to")))),
        ("ANDROID", Words(("android",))),
        ("*", Everything()),
        ("a\u3000b", And((A, B))),
        ("log.flush.ms", Words(("log", "flush", "ms"))),
        ("std::vector", Words(("std", "vector"))),
        ("http://x.y/z", Words(("http", "x", "y", "z"))),
        ("ＡＢ", Words(("ab",))),
        ("鍵盤", Words(("鍵", "盤"))),
        ("title:a", Words(("a",), ("title",))),
        ('comment:"a b"', Words(("a", "b"), ("comments",))),
        ("code:LogCleaner.run", Words(("logcleaner.run",), ("names",))),
        ("status:open", Tags(("status:open",))),
        ("STATUS:Open", Tags(("status:open",))),
        ('status:"In  Progress"', Tags(("status:in progress",))),
        ("label:a:b", Tags(("label:a:b",))),
        ("quality:0.7", Between("quality", 0.7, 0.7)),
        ("quality:>=0.7", Between("quality", 0.7, None)),
        ("quality:[0.2 TO .5]", Between("quality", 0.2, 0.5)),
        ("quality:[* TO 0.5]", Between("quality", None, 0.5)),
        ("created:2026-03-01", Between("created", 1_772_323_200_000, 1_772_409_599_999)),
        ("created:>2026-03-01", Between("created", 1_772_409_600_000, None)),
        ("created:<2026-03-01", Between("created", None, 1_772_323_199_999)),
        ("month:2026-03", Between("created", 1_772_323_200_000, 1_775_001_599_999)),
        ("month:[2025-12 TO 2025-12]", Between("created", 1_764_547_200_000, 1_767_225_599_999)),
        ("seen:2026-03-01T08:00:01Z", Between("seen", 1_772_352_001_000, 1_772_352_001_999)),
        ("updated:2026", Between("updated", 1_767_225_600_000, 1_798_761_599_999)),
    ],
)
def test_what_is_meant(text, query):
    assert read(text) == query


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ("", 1, "it is empty"),
        (" \t", 1, "it is empty"),
        ("a AND", 5, "something is missing"),
        ("AND a", 1, "AND stands between two things"),
        ("a OR OR b", 6, "OR stands between two things"),
        ("(a", 2, "a parenthesis is open"),
        ("a)", 2, "nothing to close"),
        ("a ()", 4, "something is missing in front"),
        ('a "b', 3, "the quotes that begin here never end"),
        ("foo:bar", 1, "there is no field 'foo'"),
        ("statuss:x", 1, "status is one"),
        ("status: x", 1, "has no value"),
        ("status:(a OR b)", 8, "no parenthesis"),
        ("quality:high", 9, "is no number"),
        ("quality:nan", 9, "is no number"),
        ("quality>0.7", 8, "> stands behind a field"),
        ("quality:[0.1 0.2]", 14, "a range is written"),
        ("status:[a TO b]", 9, "status has no order"),
        ("created:2026-02-30", 9, "no day or time"),
        ("created:99999", 9, "no date"),
        ("month:2026-03-01", 7, "no month"),
        ("-a", 1, "say NOT a"),
        ("a*", 1, "only whole ones"),
        ("wom?n", 1, "only whole ones"),
        ("roam~2", 1, "~ and ^ mean nothing"),
        ("b^4", 1, "~ and ^ mean nothing"),
        ("b !!!", 3, "there is no word"),
        ("title:...", 7, "there is no word"),
        ('code:"a b"', 6, "no name of code"),
        ('status:""', 8, "needs a value"),
        ("a\0b", 2, "no character of a text"),
        ("a{b", 2, "a range is written"),
        ("a" * (LONGEST + 1), LONGEST + 1, "goes on behind"),
        ("x" * 100_000, LONGEST + 1, "goes on behind"),
        (" ".join(["a"] * (MOST + 1)), 2 * MOST + 1, f"may ask for {MOST}"),
        ("NOT " * DEEPEST + "a", 4 * DEEPEST + 1, "inside of one another"),
    ],
)
def test_what_is_wrong_is_said_with_the_place(text, at, said):
    with pytest.raises(WrongQuestion, match="The question cannot be read at character") as wrong:
        read(text)
    assert said in str(wrong.value)
    assert wrong.value.at == at
    assert str(wrong.value).endswith(".")


def test_parentheses_that_say_nothing_are_not_deep():
    assert read("(" * 100 + "a" + ")" * 100) == A


@given(st.one_of(st.text(max_size=80), st.text('ab():"[]{}<>=*-~^ANDORT0.7status', max_size=60)))
def test_whatever_is_written_is_read_or_refused(text):
    try:
        query = read(text)
    except WrongQuestion as error:
        assert 1 <= error.at <= max(1, len(text))
    else:
        assert list(wanted(query)) or not list(rivals(query))
        is_flat(query)


def test_all_fields_are_understood():
    values = {"quality": "0.5", "month": "2026-03", "created": "2026", "updated": "2026", "seen": "2026"}
    assert len([read(f"{field}:{values.get(field, 'x')}") for field in FIELDS]) == len(FIELDS)


def test_only_words_of_which_one_may_be_missing_are_weighed():
    assert list(rivals(read("a b NOT c"))) == []
    assert list(rivals(read("(a OR b) AND c AND NOT (b OR c)"))) == [A, B]
    assert list(wanted(read("a OR b NOT c"))) == [A, B]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("a", "title:a"),
        ("a status:open NOT b", "title:a status:open NOT b"),
        ("quality:>0.5 (month:2026-03 a)", "quality:>0.5 (month:2026-03 title:a)"),
        ("a b", None),
        ("a a", None),
        ("a OR b", None),
        ("comment:a", None),
        ("status:open", None),
    ],
)
def test_the_foremost_are_known_where_one_thing_decides(text, best):
    assert foremost(read(text)) == (read(best) if best else None)
