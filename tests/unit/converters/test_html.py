import pytest

from jira_crawler.converters.html import convert

JIRA_CODE = (
    '<div class="code panel"><div class="codeContent panelContent">\n<pre class="code-java">'
    '<span class="code-keyword">if</span> (a &lt; b)\n\n    c_d();\n</pre>\n</div></div>'
)
PANEL = (
    '<div class="panel" style="border-width: 1px;"><div class="panelHeader"><b>T</b></div>'
    '<div class="panelContent">\n<p>a</p>\n</div></div>b'
)
CASES = {
    "<p>a <b>b</b> <em>c</em> <del>d</del> <ins>e</ins> <sup>f</sup></p>": "a **b** _c_ ~~d~~ e f",
    "<p>a<br/>\nb</p><p>c</p>": "a\nb\n\nc",
    "<p>a\n  b</p>c<p>d": "a b\n\nc\n\nd",
    "a<br><br><br>b": "a\n\nb",
    "<p>a <p>b</div></ul>c": "a\n\nb\n\nc",
    JIRA_CODE: "```java\nif (a < b)\n\n    c_d();\n```",
    '<div class="preformatted panel"><pre>a ``` b</pre></div>': "````\na ``` b\n````",
    '<pre><code class="language-python">x = 1\n</code></pre>': "```python\nx = 1\n```",
    '<pre data-syntaxhighlighter-params="brush: sql; gutter: false">x</pre>': "```sql\nx\n```",
    "<pre>a<br>b<div>c</div>d": "```\na\nb\nc\nd\n```",
    "<pre>a<pre>b</pre>c</pre>d": "```\nabc\n```\n\nd",
    f"<ul><li>a{JIRA_CODE}</li><li>b</li></ul>": "- a\n  ```java\n  if (a < b)\n\n      c_d();\n  ```\n- b",
    "<blockquote><p>a</p><pre>b\n\nc</pre></blockquote>": "> a\n>\n> ```\n> b\n>\n> c\n> ```",
    PANEL: "> **T**\n>\n> a\n\nb",
    "<p><tt>a_b`c</tt> <code>x\ny</code></p>": "``a_b`c`` `x y`",
    "<tt>a</tt><tt>b<br/>\nc</tt>": "`a` `b`\n`c`",
    "<p><tt>a<p>b</tt>": "a\n\nb",
    "<hr>a<h3>T <em>u</em></h3><p>x</p>": "---\n\na\n\n### T _u_\n\nx",
    "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>": "1. a\n   - b\n2. c",
    "<ol start='4'><li>a<li>b</ol><ul><li><p>c</p><p>d</p>": "4. a\n5. b\n\n- c\n\n  d",
    "<ul><li>a</li><ul><li>b</li></ul></ul><li>c": "- a\n  - b\n\n- c",
    '<ul><li><input type="checkbox" checked>a</li></ul>': "- [x] a",
    "<dl><dt>a</dt><dd>b</dd></dl>": "a\n\nb",
    "<p>List&lt;String&gt; &amp; a&nbsp;b &amp;lt;</p>": "List<String> & a b \\&lt;",
    "<p># no heading</p>": "\\# no heading",
    "<p>a <john@x.y> b</p>": "a <john@x.y> b",
    "a<!-- b --><script>c</script><STYLE>d</style>e": "ae",
    "<p title='a > b'>c</p><p title='>d</p>": "c\n\nd",
    "<b>a <p>b</b> c</p>": "**a**\n\n**b** c",
    "plain &amp; *a*\nb": "plain & \\*a\\*\nb",
    "plain": "plain",
}


@pytest.mark.parametrize("source", CASES)
def test_cases(source):
    assert convert(source) == CASES[source]


def test_furniture_and_hidden_text_are_kept():
    words = convert("<form>a <button>b</button></form><nav>c</nav><p hidden>d</p><p style='display:none'>e</p>")
    assert words.split() == list("abcde")


TABLES = {
    "<table><tbody><tr><th>h</th></tr><tr><td>a|b<br/>c <tt>d|e</tt><pre>f\n  g</pre></td></tr></tbody></table>": (
        "| h |\n| --- |\n| a\\|b<br>c `d\\|e`<br>`f`<br>`  g` |"
    ),
    "<table><tr><td>a<td>b<tr><td>c</table>d": "| a | b |\n| --- | --- |\n| c |\n\nd",
    "<table><tr><th>k<td>v</table>": "|  |  |\n| --- | --- |\n| **k** | v |",
    "<table><thead><tr><td>a</td></tr></thead><tr><td><ul><li>b<ol><li>c</ul></td></tr></table>": (
        "| a |\n| --- |\n| - b<br>1. c |"
    ),
    "<table><tr><th colspan=2>a</th></tr><tr><td rowspan=2>b</td><td>c</td></tr><tr><td>d</td></tr></table>": (
        "| a |  |\n| --- | --- |\n| b | c |\n|  | d |"
    ),
    "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td></tr></table>": "| a<br>b \\| c |\n| --- |",
    "<table><tr><td><h2>a</h2><hr><blockquote>b</blockquote></td></tr></table>": "| a<br>b |\n| --- |",
    "<table></table><td>a</td>": "a",
}


@pytest.mark.parametrize("source", TABLES)
def test_tables(source):
    assert convert(source) == TABLES[source]


WRITTEN_OTHERWISE = {
    "<TABLE><TR><TH\nclass=x>a</TH></TR><TR><TD/>b</TD></TR></TABLE>": "| a |\n| --- |\n| b |",
    "<Ol\tstart=3><LI/ class=y>a</LI></Ol>": "3. a",
    "<P\n>a<BR />b<SPAN  x>c</SPAN></P>": "a\nbc",
}


@pytest.mark.parametrize("source", WRITTEN_OTHERWISE)
def test_tags_in_capitals_and_with_odd_blanks(source):
    assert convert(source) == WRITTEN_OTHERWISE[source]


def test_an_entity_is_decoded_once():
    assert convert("<p>&#91;a&#93; &amp;#91; &amp;#93;</p>") == "[a] \\&#91; \\&#93;"


def test_entities_are_not_fetched():
    assert "root:" not in convert('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>')


@pytest.mark.parametrize(
    "tag", ["div", "blockquote", "span", "ul", "b", "font", "section", "pre", "tt", "table", "ul><li", "table><tr><td"]
)
@pytest.mark.parametrize("depth", [300, 3000])
def test_nothing_is_cut_however_deep(tag, depth):
    text = convert(f"<{tag}>" * depth + "inside" + f"</{tag.partition('>')[0]}>" * depth + "<p>after</p>")
    assert "inside" in text and "after" in text
