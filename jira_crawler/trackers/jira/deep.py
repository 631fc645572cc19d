"""Opens a page that holds an issue nested too deeply for the decoder, so that the others on it can be read.

Every JSON decoder at hand stops at some hundreds of levels; a document of Cloud's can have more.
"""

from __future__ import annotations

import re

# Strings are skipped whole: a bracket inside one is text.
_MARK = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def split(body: bytes) -> tuple[bytes, list[bytes]]:
    """Takes the elements of the top-level list `issues` out of a search's answer, in one pass without recursion.

    Gives the envelope with that list empty, and the elements as bytes; an envelope of b"" if there is no such list.
    """
    depth, name, began, opened = 0, b"", -1, -1
    elements: list[bytes] = []
    for mark in _MARK.finditer(body):
        text = mark[0]
        if text[:1] == b'"':
            name = text if depth == 1 else name
        elif text in b"[{":
            depth += 1
            if depth == 2 and text == b"[" and name == b'"issues"' and opened < 0:
                opened = mark.end()
            elif depth == 3 and opened >= 0 and began < 0:
                began = mark.start()
        else:
            depth -= 1
            if depth == 2 and began >= 0:
                elements.append(body[began : mark.end()])
                began = -1
            elif depth == 1 and opened >= 0:
                return body[:opened] + body[mark.start() :], elements
    return b"", []
