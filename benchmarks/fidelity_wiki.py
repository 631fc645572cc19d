"""Wiki markup, stripped plainly: code is what stands between two tags, and whatever is not markup is text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_CODE = re.compile(r"(?<!\\)\{(code|noformat)(?::([^{}\n]*))?\}", re.IGNORECASE)
_DOCUMENT = re.compile(r"\{adf(?::[^{}\n]*)?\}(.*?)\{adf\}", re.DOTALL)
_SPAN = re.compile(r"(?<![\\{])\{\{(?:\{\}([^\n]+?)\{\}|(?!\}|\{\})([^\n]+?))\}\}(?!\})")
_ESCAPED = re.compile(r"(?<!\\)\\([\[\]{}|*_~^+!?-])")
_TITLED = re.compile(
    r"\{(?:panel|info|note|tip|warning|expand):(?:[^{}\n]*\|)?\s*title=([^|{}\n]*)[^{}\n]*\}", re.IGNORECASE
)
_MACRO = re.compile(r"\{(?:quote|panel|toc|info|note|tip|warning|expand|section|column)(?::[^{}\n]*)?\}", re.IGNORECASE)
_WITHIN = re.compile(r"\{(?:color|anchor|font|size|bgcolor)(?::[^{}\n]*)?\}", re.IGNORECASE)
_TITLE = re.compile(r"(?:^|\|)\s*title=([^|]*)", re.IGNORECASE)
_LEADING = re.compile(r"^[ \t]*(?:h[1-6]|bq)\.", re.MULTILINE)
_IMAGE = re.compile(r"!([^\s!|][^!|\n]*)\|[^!\n]*!")
_SAME = re.compile(r"\[([^\[\]|\n]+)\|\1(?=[\]|])")
_CARD = re.compile(r"\|(?:smart-link|smart-card|smart-embed|block-card|embed|block|inline)\]")
_ACCOUNT = re.compile(r"~accountid:", re.IGNORECASE)
_FACE = re.compile(r"\((?:[xyni]|on|off|\*[rgby]|flag|flagoff)\)|[:;]-?[PD](?!\w)")


@dataclass(slots=True)
class Stripped:
    """`text` is all that must be kept, code among it; `literal` is where an author escaped a mark.

    `documents` are ADF as JSON, which Jira Cloud puts into wiki markup where that has no word for it.
    """

    blocks: list[str]
    spans: list[str]
    text: str
    literal: str
    documents: list[str] = field(default_factory=list)


def strip(source: str) -> Stripped:
    """Parts code from prose, and takes the marks off the prose."""
    blocks, kept, prose, at = [], [], [], 0
    while found := _CODE.search(source, at):
        closing = "{" + found[1].lower() + "}"
        end = source.lower().find(closing, found.end())
        end = len(source) if end < 0 else end
        prose.append(source[at : found.start()])
        blocks.append(source[found.end() : end])
        kept += [title[1] for title in _TITLE.finditer(found[2] or "")]
        at = end + len(closing)
    prose.append(source[at:])
    text = "\n".join(prose)
    documents, text = _DOCUMENT.findall(text), _DOCUMENT.sub("\n", text)
    # Between double braces Jira takes a back-slash off: `{{\-\-help}}` is shown as --help.
    spans = [_ESCAPED.sub(r"\1", "".join(found).strip()) for found in _SPAN.findall(text)]
    return Stripped(
        blocks, [span for span in spans if span], "\n".join([_plain(text), *kept, *blocks]), text, documents
    )


def _plain(prose: str) -> str:
    prose = _MACRO.sub("\n", _TITLED.sub(r"\n\1\n", prose))
    prose = _WITHIN.sub("", prose.replace("&nbsp;", " "))
    prose = _CARD.sub("]", _SAME.sub(r"[\1", _IMAGE.sub(r"\1 ", _LEADING.sub("", prose))))
    return _FACE.sub(" ", _ACCOUNT.sub("~", prose))
