import pytest

from jira_crawler.converters import to_markdown
from jira_crawler.converters.html import convert

PERSON = '<a class="user-hover" rel="jd" href="/x">Jo Doe</a>'
THUMB = '<a href="/secure/attachment/1234/1234_a.png"><img src="/secure/thumbnail/1234/1234_a.png"/></a>'
CASES = {
    f"<p>by {PERSON}x, {PERSON}&nbsp;y</p>": "by @Jo Doe x, @Jo Doe y",
    '<a href="http://a.b/_c_" class="external-link">http://a.b/_c_</a>': "http://a.b/_c_",
    '<a href="http://a.b">http://a.b</a>then': "http://a.b then",
    '<a href="mailto:a@b.c">a@b.c</a>': "a@b.c",
    '<a href="http://a.b" title="t">text <b>bold</b></a>': "[text **bold**](http://a.b)",
    "<a href='http://a.b'> x </a>y": "[x](http://a.b) y",
    "<a href='/a'>x<a href='/b'>y</a>": "[x](/a)[y](/b)",
    "<a href='/a'>x<p>y</a>": "[x](/a)\n\n[y](/a)",
    "<a href='/a'><b>x</a>y</b>": "[x](/a)**y**",
    "wow!<a href='/a'>x</a>": "wow\\![x](/a)",
    '<a name="here"></a>a<a href="javascript:x()">b</a>': "ab",
    '<a href="/browse/A-1" class="issue-link" data-issue-key="A-1"><del>A-1</del></a>': "A-1",
    '<a href="/browse/A-1" class="issue-link" data-issue-key="A-1">text</a>': "[text](/browse/A-1)",
    '<p><img class="emoticon" src="/images/icons/emoticons/check.png" alt="(/)"/> ok</p>': "✅ ok",
    '<p>f<img class="emoticon" src="/images/icons/emoticons/error.png" alt=""/></p>': "f(x)",
    '<span class="image-wrap"><img src="/secure/1/a.png"/></span>': "![a.png](/secure/1/a.png)",
    THUMB: "![a.png](/secure/attachment/1234/1234_a.png)",
    '<a href="/f.txt">f.txt<sup><img class="rendericon" src="/i.gif"/></sup></a>': "[f.txt](/f.txt)",
    '<img src="data:image/png;base64,AAAA" alt="a chart">': "a chart",
    '<p><font color="red">a</font> <span class="error">&#91;b&#93;</span></p>': "a [b]",
}


@pytest.mark.parametrize("source", CASES)
def test_cases(source):
    assert convert(source) == CASES[source]


def test_a_link_reaches_over_a_few_paragraphs():
    body = '<a href="http://a.example">' + "".join(f"<p>a{number}</p>" for number in range(3)) + "</a>"
    assert to_markdown(body, "html").count("](http://a.example)") == 3
