"""What holds for any HTML: words and code stay, whatever is open, crossed or missing."""

import html
import re
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.converters.html import convert

NAMES = ["p", "b", "i", "del", "ul", "ol", "li", "table", "tr", "td", "th", "blockquote", "div", "h2", "tt", "pre", "a"]
TAGS = [f"<{end}{name}>" for name in NAMES for end in ("", "/")]
TAGS += ["<br/>", "<hr>", "<a href='/x'>", "<div class='panel'>", "<td colspan='2' rowspan=3>", "<thead>", "</thead>"]
SOUP = st.lists(st.sampled_from(TAGS) | st.from_regex(r"[a-z]{3,6}", fullmatch=True) | st.just(" "), max_size=60)


@given(SOUP)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_no_letter_is_lost_in_a_soup_of_tags(pieces):
    said = "".join(piece for piece in pieces if piece[0] != "<")
    written = re.sub(r"\(/x\)|<br>", "", convert("".join(pieces)))
    assert Counter(re.findall("[a-z]", written)) == Counter(re.findall("[a-z]", said))


@given(st.text(alphabet="ab`*_{|}<>&#-\\ \n\t", min_size=1, max_size=60).filter(str.strip))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_code_is_verbatim(code):
    fenced = convert(f"<ul><li>x<pre>{html.escape(code)}</pre></li></ul>").split("\n")[2:-1]
    assert [line[2:] for line in fenced if line.strip()] == [line for line in code.split("\n") if line.strip()]


@given(st.text(alphabet="ab*_`~<>&;#\\[]().1 ", max_size=60))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_text_without_marks_only_gains_backslashes(text):
    blanks = " ".join(text.split())
    assert re.sub(r"\\", "", convert(f"<p>{html.escape(text)}</p>")) == blanks.replace("\\", "")
