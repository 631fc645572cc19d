import pytest

from jira_crawler.converters.wiki import convert
from jira_crawler.converters.wiki_code import language

CODE = {
    "{code}\nx = *a*\n{code}": "```\nx = *a*\n```",
    "{code:java|title=Foo.java}\nint a;\n{code}": "**Foo.java**\n\n```java\nint a;\n```",
    '{code:title="a b"|borderStyle=solid}\nint a;\n{code}': "**a b**\n\n```\nint a;\n```",
    "{code:src/app.js}\nx\n{code}": "**src/app.js**\n\n```js\nx\n```",
    "{code:vb.net}\nx\n{code}": "```net\nx\n```",
    "see\n{code:title=a}\nx\n{code}": "see\n\n**a**\n\n```\nx\n```",
    "* see {code:title=a}x{code}\n* y": "- see\n\n  **a**\n  ```\n  x\n  ```\n- y",
    "|{code:title=a}x{code}|": "| **a** `x` |\n| --- |",
    "{{ {code:title=a}x{code} }}": "` {code:title=a}x{code} `",
    "* {noformat:title=out}\nx\n{noformat}": "- **out**\n  ```\n  x\n  ```",
    "{CODE:XML}\n<a/>\n{CODE}": "```xml\n<a/>\n```",
    "{noformat}\n h1. kept\n\n* kept\n{noformat}": "```\n h1. kept\n\n* kept\n```",
    "see {code}f(){code} there": "see\n\n```\nf()\n```\n\nthere",
    "{code:xml}<a/>{code}{code:xml}<b/>{code}": "```xml\n<a/>\n```\n\n```xml\n<b/>\n```",
    "{code}\nno end\n* x": "```\nno end\n* x\n```",
    "{code}\n```\ninner\n```\n{code}": "````\n```\ninner\n```\n````",
    "{code}\n{noformat}\n{code}": "```\n{noformat}\n```",
    "{code}\ra\r\nb\x00{code}": "```\na\nb\n```",
    "* item\n{code}\n  x\n\n  y\n{code}\n* next": "- item\n  ```\n    x\n\n    y\n  ```\n- next",
    "# a {code}b{code}": "1. a\n   ```\n   b\n   ```",
    "* {code}b{code}": "- ```\n  b\n  ```",
    "{quote}\n{code}\na\n\nb\n{code}\n{quote}": "> ```\n> a\n>\n> b\n> ```",
    "{{a_b*c*}} d": "`a_b*c*` d",
    "{{{}text{}}}s": "`text`s",
    "{{a`b}}": "``a`b``",
    "{{`a`}}": "`` `a` ``",
    "{{ {a} {{b}}": "` {a} {{b`",
    "{{{a}}}": "`{a}`",
    "{{open": "{{open",
    r"{{\-\-help}} {{a\[0\]}} {{C:\temp\\x}}": r"`--help` `a[0]` `C:\temp\\x`",
    "`{{{}a`{}}} b": r"\``` a` `` b",
    "{{one\ntwo}}": "```\none\ntwo\n```",
    r"\{code} is text": "{code} is text",
    "`*kept*` and *b*": "`*kept*` and **b**",
    "a stray ` here": r"a stray \` here",
    "```js\n*kept*\n```": "```js\n*kept*\n```",
    ":) {{:)}}": "🙂 `:)`",
}


@pytest.mark.parametrize("source", CODE)
def test_code_is_verbatim(source):
    assert convert(source) == CODE[source]


@pytest.mark.parametrize(
    ("options", "expected"),
    [("java", "java"), ("title=A.java|java", "java"), ("language=sql|title=x", "sql"), ("title=x", ""), ("", "")],
)
def test_language(options, expected):
    assert language(options) == expected


TASKS = '{"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"TODO"},"content":[%s]}]}'
TEXT = '{"type":"text","text":"a {b}"}'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"x\n{{adf:display=block}}\n{TASKS % TEXT}\n{{adf}}\ny", "x\n\n- [ ] a {b}\n\ny"),
        (f"x {{adf:display=inline}}{TEXT}{{adf}} y", "x a {b} y"),
        ("{adf}{broken", "{broken"),
    ],
)
def test_a_document_within_wiki_markup(source, expected):
    assert convert(source) == expected
