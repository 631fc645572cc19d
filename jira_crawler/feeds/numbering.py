"""People whom only other issues know become `user_N` in an issue's lines, and what they were called comes back.

What stood there is kept beside the place of the lines, so that lines can be read as they were made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final

import msgspec
import orjson

from jira_crawler.redaction.other_people import LABEL, OtherPeople

_FIELDS: Final = ("input", "output")  # all else that texts say stands in the metadata, and is short


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
    others = OtherPeople(digests, lines)
    known: dict[str, int] = {}
    order: list[int] = []

    def change(text: str) -> str:
        made, called = others.redact(text)
        order.extend(known.setdefault(name, len(known)) for name in called)
        return made

    made = b"".join([_changed(line, change) for line in lines.splitlines()])
    if not order:
        return lines, b""
    return made, msgspec.msgpack.encode(_Replaced(others.first, others.last, list(known), order))


def unnumbered(lines: bytes, replaced: bytes) -> bytes:
    """Gives lines as they were before `numbered`; raises ValueError where they are not those that it made."""
    if not replaced:
        return lines
    try:
        how = _read.decode(replaced)
        left = how.order[::-1]

        def back(label: re.Match[str]) -> str:
            return how.names[left.pop()] if how.first <= int(label[1]) <= how.last else label[0]

        made = b"".join([_changed(line, partial(LABEL.sub, back)) for line in lines.splitlines()])
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
