"""A snippet shows where it stands, and nothing of it can be more than text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.search.snippet import WIDTH, marked, snippet

LEASE = ("lease",)


def test_what_is_wanted_is_marked():
    assert snippet(["The Lease is late"], [LEASE]) == "The <mark>Lease</mark> is late"
    assert snippet(["a lease", "the lease time"], [LEASE, ("lease", "time")]) == "the <mark>lease</mark> time"
    assert snippet(["no such"], [("such", "no")]) == "no such"
    assert marked("session timeout, timeout", [("session", "timeout")]) == "<mark>session timeout</mark>, timeout"


def test_it_is_the_piece_in_which_the_most_stands():
    text = f"lease {'x ' * 300} lease of the broker {'y ' * 300}"
    found = snippet([text], [LEASE, ("broker",)])
    assert "<mark>lease</mark> of the <mark>broker</mark>" in found
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert len(re.sub("</?mark>", "", found)) <= WIDTH + 4


def test_without_a_mark_it_is_the_beginning():
    assert snippet(["", "Once " * 100], [LEASE]).startswith("Once Once")
    assert snippet([], [LEASE]) == snippet([""], []) == ""


@pytest.mark.parametrize("text", ["<script>lease</script>", "lease & <b>\"'", "lease\x1b[31m\u202e"])
def test_it_is_safe_to_be_shown(text):
    found = re.sub("</?mark>", "", snippet([text], [LEASE]))
    assert not set(found) & set("<>\"'\x1b\u202e")


TEXTS = st.lists(st.text('leas <>&"\n鍵', max_size=400), max_size=4)


@given(TEXTS, st.lists(st.sampled_from([LEASE, ("e", "a"), ("鍵",)])))
def test_whatever_the_text(texts, wanted):
    found = snippet(texts, wanted)
    assert found.count("<mark>") == found.count("</mark>")
    assert "<" not in re.sub("</?mark>", "", found)
