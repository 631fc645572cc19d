"""What holds for every converter and every body, however hostile."""

import re
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.converters import to_markdown

FORMATS = ["wiki", "html", "adf", "markdown"]
MARKS = """{code} {code:java} {noformat} {{ }} {quote} {panel:title=x} {color:red} {color} * ** # - -- _ + ^ ~ ?? || |
\\ \\\\ [ ] [~ [^ ! .png http://a h1. bq. ---- ` ``` ( ) :) <p> </p> <pre> <ul><li> <table><td> &lt; < > <!-- { } {} "
{"type":"doc","content":[ {"type":"text","text":" ]} word 1 é"""
PIECES = st.sampled_from([*MARKS.split(), " ", "\n", "\n\n", "\r", "\t", "\x00", "\ufdd0b0\ufdd1", "\ud800"])
WORDS = st.lists(st.text(ascii_lowercase, min_size=2, max_size=8), min_size=1, max_size=30)

LOOSE = ["*", "_", "-", "+", "^", "~", "??", "{{", "}}", "{*}", "{_}", "{^}", "[", "]", "|", "!", "\\", "(", ")"]
LOOSE += ["{color:red}", "{color}"]


@given(body=st.lists(PIECES, max_size=40).map("".join) | st.text())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_body_becomes_text(body):
    for markup in FORMATS:  # a body is made up once for all of them, which costs more than to convert it
        text = to_markdown(body, markup)
        assert isinstance(text, str), markup
        text.encode()
        assert not re.search("[\x00-\x08\x0b-\x1f\ufdd0\ufdd1]", text), markup


@given(body=st.binary(max_size=200))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_any_bytes_become_text(body):
    for markup in FORMATS:
        assert isinstance(to_markdown(body, markup), str), markup


KINDS = ["doc", "paragraph", "heading", "bulletList", "listItem", "table", "tableRow", "tableCell"]
KINDS += ["taskList", "taskItem", "codeBlock", "date", "media", "mention", "-item-"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "content", "text", "attrs", "marks", "order"]), inner, max_size=4)
        | st.builds(
            lambda kind, content: {"type": kind, "content": content, "attrs": {"level": content, "url": kind}},
            st.sampled_from(KINDS),
            st.lists(inner, max_size=4),
        )
    ),
)


@given(document=st.dictionaries(st.sampled_from(["type", "content", "attrs", "text"]), _JSON))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_document_becomes_text(document):
    assert isinstance(to_markdown(document, "adf"), str)


@given(words=WORDS, ends=st.lists(st.sampled_from([" ", "\n", ". ", ", ", "\n\n", " - "]), min_size=30, max_size=30))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_words_survive(words, ends):
    body = "".join(map("".join, zip(words, ends, strict=False)))
    for markup in FORMATS:
        assert re.findall(r"[a-z]+", to_markdown(body, markup)) == words, markup


@given(
    words=WORDS, marks=st.lists(st.sampled_from(["*word* ", " - + {quote} {panel} \n*", " \n#", " \n|"]), max_size=30)
)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_words_survive_wiki_markup(words, marks):
    body = " ".join(map(" ".join, zip(words, [*marks, *[""] * 30], strict=False)))
    found = re.findall(r"[a-z]{2,}", to_markdown(body, "wiki").replace("<br>", " "))
    assert [word for word in words if word not in found] == []


@given(
    words=WORDS,
    marks=st.lists(st.sampled_from(LOOSE)),
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_unbalanced_marks_lose_no_word(words, marks):
    body = "".join(
        mark + " " * (len(word) % 2) + word for word, mark in zip(words, [*marks, *[" "] * 30], strict=False)
    )
    text = to_markdown(body, "wiki")
    assert re.sub("[^a-z]", "", text) == re.sub("[^a-z]", "", re.sub(r"\{color(:red)?\}", "", body))


@given(levels=st.lists(st.text(alphabet="*#-", min_size=1, max_size=5), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_every_item_of_a_list_is_a_line(levels):
    text = to_markdown("\n".join(f"{marks} item{number}." for number, marks in enumerate(levels)), "wiki")
    assert re.findall(r"item\d+\.", text) == [f"item{number}." for number in range(len(levels))]
    assert len(text.replace("\n\n", "\n").split("\n")) == len(levels)


@given(code=st.text(alphabet="ab`*_{|}<>&#- \n\t", min_size=1, max_size=60).filter(lambda c: c.strip()))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_code_is_verbatim(code):
    lines = [line for line in code.split("\n") if line.strip()]
    for source in (f"{{code}}\n{code}\n{{code}}", f"{{noformat}}\n{code}\n{{noformat}}"):
        fenced = to_markdown(source, "wiki").split("\n")[1:-1]
        assert [line for line in fenced if line.strip()] == lines


def test_twenty_coloured_lines():
    body = "\n".join(f"{{color:#ff00{i}}}line {i}{{color}} and {{color:red}}more" for i in range(20))
    assert to_markdown(body, "wiki") == "\n".join(f"line {i} and more" for i in range(20))


def test_three_thousand_levels_of_lists():
    body = "\n".join("*#"[level % 2] * level + f" item{level}" for level in range(1, 3000))
    assert "item2999" in to_markdown(body, "wiki")


@pytest.mark.parametrize("macro", ["{quote}{panel}", "{panel:title=t}", "{quote}x "])
def test_three_thousand_macros_deep(macro):
    assert "bottom" in to_markdown(macro * 3000 + "bottom", "wiki")
