import pytest

from jira_crawler.converters.markdown_emphasis import resolve_marks
from jira_crawler.converters.markdown_escape import line_starts, plain

LINES = {
    "List<String> a < b 1<2": "List<String> a < b 1<2",
    "&lt; & &nothing": "\\&lt; & &nothing",
    "C:\\dir \\. \\": "C:\\dir \\\\. \\\\",
    "a `b*c*` ``d`": "a `b*c*` \\`\\`d\\`",
    "`a\nb`": "\\`a\nb\\`",
    "~5 ~~6~~": "~5 \\~\\~6\\~\\~",
    "a[0](b) [c]": "a[0\\](b) [c]",
    "1. a\n- b\n> c": "1. a\n- b\n> c",
}
STARTS = {
    "# a\n  ## b\n#c": "\\# a\n  \\## b\n#c",
    "a\n---\nb\n==": "a\n\\---\nb\n\\==",
    "---": "---",
    "[a]: http://b": "\\[a]: http://b",
    "[INFO]: two words": "[INFO]: two words",
}


@pytest.mark.parametrize("text", LINES)
def test_within_a_line(text):
    assert resolve_marks(plain(text)) == LINES[text]


@pytest.mark.parametrize("text", STARTS)
def test_at_the_start_of_a_line(text):
    assert line_starts(text) == STARTS[text]
