"""What a reader of Markdown sees: its code, and the text around it. The parser is not ours."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = r"</?(?:div|p|span|pre|ul|ol|li|table|tr|td|th|tbody|a|font|tt|code|em|strong|blockquote|img)(?:\s[^<>\n]*)?/?>"

RESIDUE = {
    "{code}": re.compile(r"\{(?:code|noformat|adf)(?::[^{}\n]*)?\}", re.IGNORECASE),
    "{quote}": re.compile(r"\{(?:quote|panel|info|note|tip|warning|expand|toc|anchor)(?::[^{}\n]*)?\}", re.IGNORECASE),
    "{color}": re.compile(r"\{(?:color|font|size|bgcolor)(?::[^{}\n]*)?\}", re.IGNORECASE),
    "{{code}}": re.compile(r"\{\{[^{}\n]*[^{}\n\s][^{}\n]*\}\}"),
    "{*}bold{*}": re.compile(r"\{([*_+^~-]|\?\?)\}[^{}\n]*\{\1\}"),
    "h1. ": re.compile(r"^[ \t]*h[1-6]\. ", re.MULTILINE),
    "bq. ": re.compile(r"^[ \t]*bq\. ", re.MULTILINE),
    "!image!": re.compile(
        r"(?<![\w!])![^\s!|][^!|\n]*\.(?:png|jpe?g|gif|bmp|svg)(?:\|[^!\n]*)?!(?![\w!])", re.IGNORECASE
    ),
    "[text|url]": re.compile(r"\[[^\[\]|\n]*\|(?:https?://|mailto:|www\.)[^\[\]\n]*\]"),
    "[~name]": re.compile(r"\[~[^\s\[\]|]+\]"),
    "||head||": re.compile(r"^[ \t]*\|\|.*\|\|[ \t]*$", re.MULTILINE),
    "</tag>": re.compile(_TAG, re.IGNORECASE),
}


@dataclass(slots=True)
class Seen:
    """`blocks` are fences, `runs` code spans with nothing but breaks between them, `text` all that is no code.

    `shown` is all of it without marks, in which a word that is part bold is one word.
    """

    blocks: list[str] = field(default_factory=list)
    runs: list[list[str]] = field(default_factory=list)
    text: str = ""
    shown: str = ""


def seen(markdown: str) -> Seen:
    """Reads Markdown as a browser would show it."""
    found, pieces, shown = Seen(), [], []
    for token in _PARSER.parse(markdown):
        if token.type == "fence":
            found.blocks.append(token.content.removesuffix("\n"))
        elif token.type == "inline":
            pieces.append(_line(token, found))
            shown.append(
                "".join(child.content or "\n" * child.type.endswith("break") for child in token.children or [])
            )
        elif token.type in ("html_block", "code_block"):
            pieces.append(token.content)
    found.text, found.shown = "\n".join(pieces), "\n".join([*shown, *found.blocks])
    return found


def _line(inline: Token, found: Seen) -> str:
    text, going_on = [], False
    for token in inline.children or []:
        if token.type == "code_inline":
            found.runs = found.runs if going_on else [*found.runs, []]
            found.runs[-1].append(token.content)
            going_on = True
            text.append(" ")
        elif token.type == "html_inline" and _BREAK.fullmatch(token.content):
            text.append("\n")
        else:
            going_on = going_on and not token.content
            # The stars of `{*}` are read as emphasis, and must not hide it.
            emphasis = token.markup if token.type.startswith(("em_", "strong_", "s_")) else ""
            text.append("\n" if token.type in ("softbreak", "hardbreak") else token.content + emphasis)
    return "".join(text)


def residue(text: str) -> Counter[str]:
    """Counts what looks like markup that was left."""
    return Counter({name: count for name, mark in RESIDUE.items() if (count := sum(1 for _ in mark.finditer(text)))})
