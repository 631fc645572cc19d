import json

import pytest

from jira_crawler.converters.adf import convert


def text(words, *marks):
    return {"type": "text", "text": words, "marks": [m if isinstance(m, dict) else {"type": m} for m in marks]}


def node(kind, *content, **attrs):
    return {"type": kind, "attrs": attrs, "content": [text(c) if isinstance(c, str) else c for c in content]}


def item(*content):
    return node("listItem", *(node("paragraph", c) if isinstance(c, str) else c for c in content))


LINK = {"type": "link", "attrs": {"href": "http://a.b"}}
CASES = [
    (node("paragraph", text("a", "strong"), " ", text("b", "em"), " ", text("c", "strike")), "**a** _b_ ~~c~~"),
    (node("paragraph", text("a`b", "code"), text(" l ", LINK), text("u", "underline")), "``a`b`` [l](http://a.b) u"),
    (node("paragraph", text("n", {"type": "unknown"}), {"type": "hardBreak"}, "m"), "n\nm"),
    (node("paragraph", "# no heading"), r"\# no heading"),
    (node("paragraph", "a<b> *c*"), r"a<b> \*c\*"),
    (node("paragraph", text("a", "strong"), text("b", "strong", "em"), "c"), "**a*b***c"),
    (
        node("paragraph", text("a ", "strong"), text("b ", "strong", LINK), text("c", LINK)),
        "**a** [**b** c](http://a.b)",
    ),
    (node("paragraph", text("x", "code"), text("y", "code", "strong")), "`x`**`y`**"),
    (node("paragraph", text("http://a.b", LINK), "then"), "http://a.b then"),
    (node("heading", "T", level=3), "### T"),
    (node("bulletList", item("a"), item("b", node("bulletList", item("c")))), "- a\n- b\n  - c"),
    (node("orderedList", item("a"), item("b"), order=4), "4. a\n5. b"),
    (node("bulletList", item("a", node("codeBlock", "x\n\ny", language="Go"))), "- a\n  ```go\n  x\n\n  y\n  ```"),
    (node("taskList", node("taskItem", "a", state="DONE"), node("taskItem", "b", state="TODO")), "- [x] a\n- [ ] b"),
    (node("decisionList", node("decisionItem", "a")), "- a"),
    (node("codeBlock", "a ``` *b*", language="java"), "````java\na ``` *b*\n````"),
    (node("blockquote", node("paragraph", "a"), node("paragraph", "b")), "> a\n>\n> b"),
    (node("panel", node("paragraph", "a"), panelType="warning"), "> **Warning**\n>\n> a"),
    (node("expand", node("paragraph", "a"), title="More"), "**More**\n\na"),
    (node("layoutSection", node("layoutColumn", node("paragraph", "a"))), "a"),
    ({"type": "rule"}, "---"),
    (node("mediaSingle", node("media", alt="a.png", id="7")), "![a.png](a.png)"),
    (node("mediaGroup", node("media", id="7")), "![7](7)"),
    (node("mediaSingle", node("media", alt="a.png"), node("caption", "said")), "![a.png](a.png)\n\nsaid"),
    (node("bulletList", item("a"), node("bulletList", item("b")), item("c")), "- a\n  - b\n- c"),
    (node("paragraph", node("mention", text="@jo"), "x", node("status", text="A_B")), "@jo xA_B"),
    (node("nestedExpand", node("paragraph", "a"), title="*M*"), "**\\*M\\***\n\na"),
    (node("paragraph", node("mention", text="@Jo Doe"), " ", node("mention", id="9")), "@Jo Doe @9"),
    (node("paragraph", node("emoji", shortName=":x:", text="❌"), node("emoji", shortName=":own:")), "❌:own:"),
    (node("paragraph", node("date", timestamp="1577836800000")), "2020-01-01"),
    (node("paragraph", node("status", text="DONE")), "DONE"),
    (node("paragraph", node("inlineCard", url="http://a.b")), "http://a.b"),
    (node("blockCard", url="http://a.b"), "http://a.b"),
    (node("bodiedExtension", node("paragraph", "a"), text="Macro"), "Macro\n\na"),
    (node("futureBlock", node("paragraph", "a"), node("futureInline", "b")), "a\n\nb"),
    (node("paragraph", "a", node("futureInline", "b")), "ab"),
]


@pytest.mark.parametrize(("block", "expected"), CASES)
def test_nodes(block, expected):
    document = {"type": "doc", "version": 1, "content": [block]}
    assert convert(document) == expected
    assert convert(json.dumps(document)) == convert(json.dumps(document).encode()) == expected


def test_table_cells_hold_blocks():
    cell = node("tableCell", node("paragraph", "a|b"), node("bulletList", item("c")), node("codeBlock", "d\ne"))
    rows = node("tableRow", node("tableHeader", node("paragraph", "h"))), node("tableRow", cell)
    assert convert(node("table", *rows)) == "| h |\n| --- |\n| a\\|b<br>- c<br>`d`<br>`e` |"


def test_merged_cells_cover_their_places():
    head = node("tableRow", node("tableHeader", "h", colspan=2))
    rows = (
        node("tableRow", node("tableCell", "a", rowspan=2), node("tableCell", "b")),
        node("tableRow", node("tableCell", "c")),
    )
    assert convert(node("table", head, *rows)) == "| h |  |\n| --- | --- |\n| a | b |\n|  | c |"


def test_a_table_without_heads_is_headed_by_its_first_row():
    assert convert(node("table", node("tableRow", node("tableCell", "a")))) == "| a |\n| --- |"


@pytest.mark.parametrize(
    "odd",
    [
        {"type": None, "content": [{"type": 3, "text": 4}, None, "x", {"type": "text", "text": "kept"}]},
        {"type": "doc", "content": [{"type": "heading", "attrs": "no", "content": [text("kept", None)]}]},
        {"type": "doc", "content": [{"type": ["list"], "text": "kept"}]},
        {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "kept", "marks": 5}]}]},
        {"type": "doc", "content": [{"type": "text", "text": "kept", "marks": [{"type": "link", "attrs": None}]}]},
        {"type": "orderedList", "attrs": {"order": "x"}, "content": [None, item("kept")]},
        {"type": "table", "content": [None, {"content": []}, node("tableRow", node("tableCell", "kept"))]},
        [node("paragraph", "kept")],
    ],
)
def test_malformed_nodes_keep_their_text(odd):
    assert "kept" in convert(json.dumps(odd))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("just words", "just words"),
        ("{not json", "{not json"),
        ('"a string"', "a string"),
        ('{"type":"paragraph","content":[{"type":"text","text":"cut \\"he', '{"type":"paragraph"'),
        ('{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"a\\nb"}]},', "a\nb"),
    ],
)
def test_json_that_does_not_parse_gives_its_text(source, expected):
    assert convert(source).startswith(expected)


@pytest.mark.parametrize(
    "kind", ["panel", "blockquote", "listItem", "future", "expand", "table", "tableCell", "paragraph"]
)
def test_deep_nesting_keeps_the_text_at_the_bottom(kind):
    deep = node("paragraph", "bottom")
    for _ in range(3000):
        deep = {"type": kind, "content": [deep]}
    assert "bottom" in convert(deep)


def test_deep_json_keeps_the_text_at_the_bottom():
    source = '{"type":"panel","content":[' * 3000 + '{"type":"text","text":"bott\\u006fm"}' + "]}" * 3000
    assert convert(source) == "bottom"
