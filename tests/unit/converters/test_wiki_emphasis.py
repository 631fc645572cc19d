import pytest

from jira_crawler.converters.wiki import convert

EMPHASIS = {
    "*bold* and _italics_": "**bold** and _italics_",
    "-gone- +new+ x ^2^ ~3~": "~~gone~~ new x 2 3",
    "*_both_* _*both*_ +*both*+": "**_both_** _**both**_ **both**",
    "??cite??": "_cite_",
    "(*bold*), *x*.": "(**bold**), **x**.",
    "*Padded: *\nnext": "**Padded:**\nnext",
    "{*}b{*}old {_}i{_}": "**b**old _i_",
    "f{_}o{_}o": "f*o*o",
    "{*}{_}deep{_}{*}": "**_deep_**",
    "{*}two\nlines{*}": "**two\nlines**",
    "a{*} b {*}c": "a **b** c",
    "a{*}(b){*}c {*}Note:{*}text": "a(b)c Note:text",
    "10{^}6{^} 2{^}n+1{^} 1{^}st{^} H{~}2{~}O": "10^6 2^(n+1) 1st H2O",
    "(/) (x) (!) :) :-( (flag)": "✅ ❌ ⚠️ 🙂 🙁 🚩",
    "f(x) at(y); 8:00 a:D": "f(x) at(y); 8:00 a:D",
}


@pytest.mark.parametrize("source", EMPHASIS)
def test_emphasis(source):
    assert convert(source) == EMPHASIS[source]


@pytest.mark.parametrize(
    "source", ["a_*b", "5 *3 * 2", "*a\nb*", "{*}never closed", "x{-}y", "2*3*4", "-a -b -c", "a_b*c_d*e"]
)
def test_what_is_no_emphasis(source):
    assert convert(source) == source
