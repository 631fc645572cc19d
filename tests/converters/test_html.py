import pytest

from jira_crawler.converters.html import convert

JIRA_CODE = (
    '<div class="code panel"><div class="codeContent panelContent">\n<pre class="code-java">'
    '<span class="code-keyword">if</span> (a &lt; b)\n\n    c_d();\n</pre>\n</div></div>'
)
CASES = {
    "<p>a <b>b</b> <em>c</em> <del>d</del> <ins>e</ins> <sup>f</sup></p>": "a **b** *c* ~~d~~ e f",
    "<p>a<br/>\nb</p><p>c</p>": "a\nb\n\nc",
    JIRA_CODE: "```java\nif (a < b)\n\n    c_d();\n```",
    '<div class="preformatted panel"><pre>a ``` b</pre></div>': "````\na ``` b\n````",
    '<pre><code class="language-python">x = 1\n</code></pre>': "```python\nx = 1\n```",
    f"<ul><li>a{JIRA_CODE}</li><li>b</li></ul>": "- a\n\n  ```java\n  if (a < b)\n\n      c_d();\n  ```\n\n- b",
    "<blockquote><p>a</p><pre>b\n\nc</pre></blockquote>": "> a\n>\n> ```\n> b\n>\n> c\n> ```",
    "<p><tt>a_b`c</tt> <code>x</code></p>": "``a_b`c`` `x`",
    '<p>by <a class="user-hover" rel="jd" href="/x">Jo Doe</a>x</p>': "by @Jo Doe x",
    '<a href="http://a.b" class="external-link">http://a.b</a>': "http://a.b",
    '<a href="http://a.b" title="t">text</a>': "[text](http://a.b)",
    '<p><img class="emoticon" src="/images/icons/emoticons/check.png" alt="(/)"/> ok</p>': "✅ ok",
    '<span class="image-wrap"><img src="/secure/1/a.png"/></span>': "![a.png](/secure/1/a.png)",
    '<p><font color="red">a</font> <span class="error">&#91;b&#93;</span></p>': "a [b]",
    "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>": "1. a\n   - b\n2. c",
    "<p>List&lt;String&gt; &amp; a&nbsp;b</p>": "List<String> & a b",
    "<p># no heading</p>": "\\# no heading",
    "<h3>T</h3><p>x</p>": "### T\n\nx",
    "<form>a <button>b</button></form><nav>c</nav><p hidden>d</p>": None,
    "plain": "plain",
}


@pytest.mark.parametrize("source", [case for case, expected in CASES.items() if expected is not None])
def test_cases(source):
    assert convert(source) == CASES[source]


def test_furniture_and_hidden_text_are_kept():
    words = convert("<form>a <button>b</button></form><nav>c</nav><p hidden>d</p><p style='display:none'>e</p>")
    assert words.split() == list("abcde")


def test_table_cells_hold_breaks_pipes_and_code():
    source = (
        "<table><tbody><tr><th>h</th></tr><tr><td>a|b<br/>c <tt>d|e</tt><pre>f\n  g</pre></td></tr></tbody></table>"
    )
    assert convert(source) == "| h |\n| --- |\n| a\\|b<br>c `d\\|e`<br>`f`<br>`  g` |"


def test_entities_are_not_fetched():
    assert "root:" not in convert('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>')


@pytest.mark.parametrize("tag", ["div", "blockquote", "span", "ul", "b", "font", "section"])
@pytest.mark.parametrize("depth", [300, 3000])
def test_nothing_is_cut_however_deep(tag, depth):
    text = convert(f"<{tag}>" * depth + "inside" + f"</{tag}>" * depth + "<p>after</p>")
    assert "inside" in text and "after" in text
