import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jira_crawler.converters.markdown_emphasis import EM, OFF, ON, STRIKE, STRONG, resolve_marks
from jira_crawler.converters.markdown_escape import plain
from tests.unit.effort import MOST, of_size, relative_cost

STYLES = {"b": STRONG, "i": EM, "s": STRIKE}


def marked(source):
    """Reads `<b>`, `<i>`, `<s>` as marks and the rest as text."""
    pieces = re.split(r"</?([bis])>", source)
    turns = [turn[1] == "/" for turn in re.findall(r"</?[bis]>", source)]
    out = [plain(pieces[0])]
    for closes, name, words in zip(turns, pieces[1::2], pieces[2::2], strict=True):
        out += [(OFF if closes else ON)[STYLES[name]], plain(words)]
    return resolve_marks("".join(out))


CASES = {
    "<b>a</b> <i>b</i> <s>c</s>": "**a** _b_ ~~c~~",
    "x<b> a </b>y": "x **a** y",
    "<b>a</b> <b>b</b>": "**a b**",
    "<b>a</b><b>b</b>c": "**ab**c",
    "a<i>b</i>c": "a*b*c",
    "a<b>.b</b>": "a.b",
    "<b>a.</b>b": "a.b",
    "<b>a.</b> b": "**a.** b",
    "<b>a <i>b</i></b> <i>c</i>": "**a _b_** _c_",
    "<b>a <i>b</b> c</i>": "**a _b_** _c_",
    "<b>a\n\nb</b>": "**a**\n\n**b**",
    "<b>a\nb</b>": "**a\nb**",
    "<b></b><i> </i>": " ",
    "2*3": "2*3",
    "2*3*4": "2\\*3\\*4",
    "*.a <b>b</b>": "\\*.a **b**",
    "_init_ a_b": "_init_ a_b",
    "__init__ (_) __F(": "__init__ (\\_) __F(",
    "_x <i>a</i> y_": "_x *a* y_",
    "_a b": "_a b",
}


@pytest.mark.parametrize("source", CASES)
def test_cases(source):
    assert marked(source) == CASES[source]


@given(
    st.lists(
        st.sampled_from(["<b>", "</b>", "<i>", "</i>", "<s>", "</s>", "a", "b.", "*", "_", " ", "\n"]), max_size=30
    )
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_letters_stay_and_no_mark_is_left(pieces):
    text = marked("".join(pieces))
    assert re.findall("[ab]", text) == re.findall("[ab]", re.sub("<.*?>", "", "".join(pieces)))
    assert not re.search("[\ufdd0-\ufdef]", text)


@pytest.mark.parametrize(
    "piece", ["*", "_", "a*", "_a ", "<b>a</b>", "<b>a</b>b", "<b><i>a</b></i>", "<s>a</s>\n\n", " ", "`a"]
)
def test_takes_linear_time(piece):
    assert relative_cost(lambda: marked(of_size(piece))) < MOST
