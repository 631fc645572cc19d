"""People whom only other issues know become `user_N` in an issue's lines, and what they were called comes back.

What stood there is kept beside the place of the lines, so that lines can be read as they were made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any, Final

import msgspec
import orjson

from jira_crawler.redaction.project_names import Mention, mentions
from jira_crawler.text.fences import Code

_FIELDS: Final = ("input", "output")  # all else that texts say stands in the metadata, and is short
_LABEL: Final = re.compile(r"user_([0-9]{1,18})(?![0-9])")
_LABELS: Final = re.compile(_LABEL.pattern.encode())
_FEW: Final = 1_000_000  # a number above is nobody's


class _Replaced(msgspec.Struct, array_like=True):
    """The labels `first` to `last` are ours; each of them, in the order of the lines, stands for one of the `names`."""

    first: int
    last: int
    names: list[str]
    order: list[int]


_read = msgspec.msgpack.Decoder(_Replaced)


def numbered(lines: bytes, digests: Collection[bytes]) -> tuple[bytes, bytes]:
    """Puts the numbers behind those that an issue's lines hold in place of people; gives with it what undoes that.

    `digests` are those of their names, as `redaction.project_names` knows them. Nothing else changes, and where nobody
    is found nothing at all, with b"" to undo.
    """
    if not digests or not lines:
        return lines, b""
    first = _first(lines, len(digests))
    labels: dict[bytes, str] = {}
    known: dict[str, int] = {}
    order: list[int] = []

    def change(text: str) -> str:
        parts, done = [], 0
        for start, end, digest in _found(text, digests):
            called = text[start:end]
            order.append(known.setdefault(called, len(known)))
            parts += [text[done:start], labels.setdefault(digest, f"user_{first + len(labels)}")]
            done = end
        return "".join(parts) + text[done:] if parts else text

    made = b"".join([_changed(line, change) for line in lines.splitlines()])
    if not order:
        return lines, b""
    return made, msgspec.msgpack.encode(_Replaced(first, first + len(labels) - 1, list(known), order))


def unnumbered(lines: bytes, replaced: bytes) -> bytes:
    """Gives lines as they were before `numbered`; raises ValueError where they are not those that it made."""
    if not replaced:
        return lines
    try:
        how = _read.decode(replaced)
        left = how.order[::-1]

        def back(label: re.Match[str]) -> str:
            return how.names[left.pop()] if how.first <= int(label[1]) <= how.last else label[0]

        made = b"".join([_changed(line, partial(_LABEL.sub, back)) for line in lines.splitlines()])
        if left:
            raise ValueError("names are left over")
    except (msgspec.MsgspecError, IndexError) as error:
        raise ValueError("lines and names do not agree") from error
    return made


def _changed(line: bytes, change: Callable[[str], str]) -> bytes:
    read: dict[str, Any] = orjson.loads(line)
    texts = {name: read[name] for name in _FIELDS if isinstance(read.get(name), str)}
    made = {name: change(text) for name, text in texts.items()}
    return (line if made == texts else orjson.dumps(read | made)) + b"\n"


def _found(text: str, digests: Collection[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Where one of them is named, in order; none overlap."""
    data = text.encode()
    done, code = 0, None
    for mention in sorted((each for each in mentions(data) if each.digest in digests), key=_by_place):
        if mention.start < done:
            continue
        start = len(data[: mention.start].decode())
        if mention.is_handle:
            code = code or Code(text)
            if start in code:
                continue
        yield start, start + len(data[mention.start : mention.end].decode()), mention.digest
        done = mention.end


def _by_place(mention: Mention) -> tuple[int, int]:
    return mention.start, -mention.end


def _first(lines: bytes, many: int) -> int:
    """The lowest number above all that the lines hold, from which so many are free."""
    taken = {int(number) for number in _LABELS.findall(lines)}
    first = max((number for number in taken if number < _FEW), default=-1) + 1
    while clash := [number for number in taken if first <= number < first + many]:
        first = max(clash) + 1
    return first
