import pytest

from jira_crawler.converters import to_markdown


@pytest.mark.parametrize("markup", ["wiki", "html", "adf", "markdown"])
@pytest.mark.parametrize("nothing", [None, "", b"", {}])
def test_nothing_becomes_an_empty_string(nothing, markup):
    assert to_markdown(nothing, markup) == ""


@pytest.mark.parametrize(("source", "markup"), [(None, "rtf"), ("x", "")])
def test_unknown_format_says_which_are_known(source, markup):
    with pytest.raises(ValueError, match="known are wiki, html, adf and markdown"):
        to_markdown(source, markup)


def test_only_adf_may_be_decoded():
    with pytest.raises(ValueError, match="only an ADF body"):
        to_markdown({"type": "doc"}, "wiki")


@pytest.mark.parametrize("markup", ["wiki", "html", "adf", "markdown"])
def test_bytes_lines_and_controls_are_made_readable(markup):
    assert to_markdown("first\r\nsecond\x00 \x1bline é".encode(), markup) == "first\nsecond line é"


def test_bytes_that_are_no_text_are_replaced():
    assert to_markdown(b"a \xff b", "wiki") == "a � b"


def test_markdown_is_left_alone():
    source = "# T\n\n- a  \n\tb\n\n```\n{code} *x*\n```"
    assert to_markdown(source, "markdown") == source
