import pytest

from jira_crawler.converters.blocks import DEEPEST, Page, code_span, fence, link, table
from jira_crawler.converters.verbatim import Shelf


@pytest.mark.parametrize(
    ("code", "language", "expected"),
    [
        ("a", "", "```\na\n```"),
        ("\n  a\n\n b\n ", "SQL", "```sql\n  a\n\n b\n```"),
        ("````", "", "`````\n````\n`````"),
        ("a", "not a language", "```\na\n```"),
        ("", "", "```\n\n```"),
    ],
)
def test_fence(code, language, expected):
    assert fence(code, language) == expected


@pytest.mark.parametrize(("code", "expected"), [("a", "`a`"), ("`", "`` ` ``"), ("a``b", "```a``b```"), ("", "")])
def test_code_span(code, expected):
    assert code_span(code) == expected


def test_link_to_an_odd_address_is_bracketed():
    assert link("t", "http://a/(b c") == "[t](<http://a/(b c>)"


def test_wide_rows_widen_the_header():
    assert table([["a"], ["b", "c"]], headed=True) == "| a |  |\n| --- | --- |\n| b | c |"


def test_page_separates_what_its_containers_separate():
    page = Page()
    for _ in range(2):
        page.open("> ", "> ")
        page.block("a")
        page.close()
    assert page.text() == "> a\n\n> a"


def test_page_shows_the_mark_of_an_empty_item_but_no_empty_quote():
    page = Page()
    page.open("- ", "  ")
    page.open("> ", "> ")
    page.close()
    page.open("1. ", "   ", tight=True)
    page.close()
    page.block("a\n\nb")
    page.close()
    page.block("c")
    assert page.text() == "- 1.\n\n  a\n\n  b\n\nc"


def test_page_stops_indenting_at_some_depth():
    page = Page()
    for _ in range(1000):
        page.open("> ", "> ")
    page.block("a")
    for _ in range(1000):
        page.close()
    page.block("b")
    assert page.text() == "> " * DEEPEST + "a\n\nb"


def test_shelf_puts_pieces_back_under_the_prefix_of_their_line():
    shelf = Shelf()
    mark = shelf.block("x\ny")
    assert shelf.restore(f"> 1. {mark}") == "> 1. ```\n>    x\n>    y\n>    ```"
    assert shelf.restore(f"| {mark} |") == "| `x`<br>`y` |"
