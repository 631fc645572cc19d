import pytest

from jira_crawler.converters.wiki import convert

LINES = {
    "{color:#ff0000}red{color} {anchor:here}text": "red text",
    "[t|http://a.b/c_d_e]": "[t](http://a.b/c_d_e)",
    "[t|http://a.b|smart-link]": "[t](http://a.b)",
    "[http://a.b|http://a.b|smart-link]": "http://a.b",
    "[http://a.b]": "http://a.b",
    "[*t*|http://a.b]": "[**t**](http://a.b)",
    "[t|#top] [#top]": "[t](#top) [top](#top)",
    "[mailto:a@b.example] [w|mailto:a@b.example]": "[a@b.example](mailto:a@b.example) [w](mailto:a@b.example)",
    "[^log.txt]": "[log.txt](log.txt)",
    "[~jdoe] [~accountid:12ab:c]": "@jdoe @12ab:c",
    "hi[~jdoe]you": "hi @jdoe you",
    "http://a.b/_c_*d* and *http://a.b/_x*": "http://a.b/_c_*d* and **http://a.b/_x**",
    "!a.png! !b c.png|width=3!": "![a.png](a.png) ![b c.png](<b c.png>)",
    "!http://a.b/c.png!": "![c.png](http://a.b/c.png)",
    "[[INFO] log|http://a.b] [x [~jdoe] [t|http://a.b]]": "[[INFO] log](http://a.b) [x @jdoe [t](http://a.b)]",
    r"\*a\* \{b\} \[c]": r"\*a\* {b} [c]",
    "\\# a\n  \\- b \\- c": "\\# a\n  \\- b - c",
}


@pytest.mark.parametrize("source", LINES)
def test_markup(source):
    assert convert(source) == LINES[source]


@pytest.mark.parametrize(
    "source",
    [
        "snake_case_name a*b*c 2-3-4 x^2^y",
        "List<String> and Map<K, V>",
        "${var} {id} {foo:bar} /api/{key}",
        "array[0] [INFO] done [a|b c]",
        "f(x) and 8:00 ns::Parent",
        "wait! what.is! this",
        "a * b * c - d - e",
        "from -- to --- here",
        "**already bold**",
        r"C:\temp\new \\server\share",
        "1. first\n2. second",
        "#123 and c# > d",
    ],
)
def test_prose_stays_as_it_is(source):
    assert convert(source) == source
