import pytest

from jira_crawler.converters.wiki import convert

BLOCKS = {
    "h2. Title *bold*": "## Title **bold**",
    "  h6.Tight": "###### Tight",
    "h7. No heading": "h7. No heading",
    "above\nh1. Title\nbelow": "above\n\n# Title\n\nbelow",
    "bq. said": "> said",
    "a\n----\nb": "a\n\n---\n\nb",
    "a\n---  \nb": "a\n\n---\n\nb",
    "* a\n#\n* b": "- a\n- b",
    "* *a*\n*** \n{code}\nb\n{code}": "- **a**\n  - ```\n    b\n    ```",
    "a\nb": "a\nb",
    "a\n\n\n\nb": "a\n\nb",
    "one\\\\ two": "one\ntwo",
    "one \\\\\ntwo\\\\\\\\ three\\\\": "one\ntwo\nthree",
    "* a\n* b": "- a\n- b",
    "- a\n-- b": "- a\n  - b",
    "# a\n# b\n## c\n# d": "1. a\n2. b\n   1. c\n3. d",
    "* a\n*# b\n*# c\n** d\n* e": "- a\n  1. b\n  2. c\n  - d\n- e",
    "# a\n#* b\n# c": "1. a\n   - b\n2. c",
    "* a\n**** far\n* b": "- a\n  - far\n- b",
    "*** deep": "- deep",
    "* a\ngoes on\n* b": "- a\n  goes on\n- b",
    "* a\n\npara": "- a\n\npara",
    "text\n* a": "text\n\n- a",
    "-- a signature": "-- a signature",
    "-5 degrees": "-5 degrees",
    "{quote}\nsaid\n{quote}\nafter": "> said\n\nafter",
    "x {quote}a{quote} y": "x\n\n> a\n\n y".replace("\n\n y", "\n\ny"),
    "{quote}a\n* b\n{quote}": "> a\n>\n> - b",
    "{quote}never closed": "never closed",
    "{panel:title=Note|borderStyle=solid}\ntext\n{panel}": "> **Note**\n>\n> text",
    "{panel:borderWidth=1px| title=(!) *Note*}text{panel}": "> **⚠️ Note**\n>\n> text",
    "{expand:More of it}\ntext\n{expand}": "**More of it**\n\ntext",
    "{section}\n{column:width=33%}\ntext\n{column}\n{section}": "text",
    "{color:red}*a {color}* b&nbsp;c": "**a**  b c",
    "{panel}{quote}x{quote}{panel}": "> > x",
    "* a {quote}b{quote}\n* c": "- a\n\n  > b\n- c",
    "{info}\nkept\n{info}": "kept",
    "{color:red}h1. Loud{color}": "# Loud",
}


@pytest.mark.parametrize("source", BLOCKS)
def test_blocks(source):
    assert convert(source) == BLOCKS[source]


TABLES = {
    "||a||b||\n|c|d|": "| a | b |\n| --- | --- |\n| c | d |",
    "|a|b|\n|c|d|": "| a | b |\n| --- | --- |\n| c | d |",
    "||k|v|\n||l|w|": "|  |  |\n| --- | --- |\n| **k** | v |\n| **l** | w |",
    "||a||\n|one\ntwo|": "| a |\n| --- |\n| one<br>two |",
    "||a||\n|one\\\\ two|": "| a |\n| --- |\n| one<br>two |",
    "||a||\n|one\\\\\ntwo|": "| a |\n| --- |\n| one<br>two |",
    "||a||\n|[x|http://b.c/d]|": "| a |\n| --- |\n| [x](http://b.c/d) |",
    "||a||\n|{{x|y}}|": "| a |\n| --- |\n| `x\\|y` |",
    "||a||\n|{code}\nif a | b:\n  c\n{code}|": "| a |\n| --- |\n| `if a \\| b:`<br>`  c` |",
    "||a||\n|!p.png|thumbnail!|": "| a |\n| --- |\n| ![p.png](p.png) |",
    "||a||\n|b|c|": "| a |  |\n| --- | --- |\n| b | c |",
    "||a||b||\n|c|* d\n** e|\n|f|g|": "| a | b |\n| --- | --- |\n| c | - d<br>- e |\n| f | g |",
    "||a||b||\n|c|\n# d\n# e|": "| a | b |\n| --- | --- |\n| c | 1. d<br>2. e |",
    "||a||\n|[x|http://b.c]|\n* d": "| a |\n| --- |\n| [x](http://b.c) |\n\n- d",
    "||a||\n|- b|\n- c": "| a |\n| --- |\n| - b |\n\n- c",
    '||a||\n|{adf:display=block}\n{"type":"blockCard","attrs":{"url":"http://b.c"}}\n{adf}|': (
        "| a |\n| --- |\n| http://b.c |"
    ),
    "before\n||a||\nafter": "before\n\n| a |\n| --- |\n\nafter",
}


@pytest.mark.parametrize("source", TABLES)
def test_tables(source):
    assert convert(source) == TABLES[source]
