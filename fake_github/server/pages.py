"""Lists come in pages, each of which names the next: by a cursor that is a place in an order, or by number."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from fake_github.exchange import Refusal, error

T = TypeVar("T")
_MARK = b"cursor:v2:"


def per_page(query: Mapping[str, str]) -> int:
    """Thirty, or what is asked for up to a hundred; what is no number counts for nothing."""
    asked = query.get("per_page", "")
    return min(max(int(asked), 1), 100) if asked.isdigit() else 30


def by_cursor(
    ordered: Sequence[T], key: Callable[[T], tuple[int, int]], query: Mapping[str, str], address: str, *, deepest: int
) -> tuple[list[T], str]:
    """Gives a page of what is in order of `key`, and the Link to the next one, "" at the end.

    A number of a page is taken, too, up to `deepest` items.
    """
    size, number = per_page(query), _number(query)
    backwards = query.get("direction", "desc") == "desc"
    if token := query.get("after"):
        place = _read(token)
        left = [each for each in ordered if (key(each) < place if backwards else key(each) > place)]
    else:
        if number * size > deepest:
            message = "Pagination with the page parameter is not supported for large datasets"
            raise Refusal(error(422, f"{message}, please use cursor based pagination (after/before)"))
        left = list(ordered[(number - 1) * size :])
    page = left[:size]
    if len(left) <= size:
        return page, ""
    more = {name: value for name, value in query.items() if name not in ("after", "page")}
    more |= {"after": _written(key(page[-1])), "page": str(number + 1)}
    return page, f'<{address}?{urlencode(more)}>; rel="next"'


def by_number(ordered: Sequence[T], query: Mapping[str, str], address: str, *, deepest: int) -> tuple[list[T], str]:
    """Gives a page by its number, and the Links to the next and the last one."""
    size, number = per_page(query), _number(query)
    if (number - 1) * size >= deepest:
        raise Refusal(error(422, f"In order to keep the API fast for everyone, pagination is limited to {deepest}."))
    page = list(ordered[(number - 1) * size : number * size])
    if number * size >= len(ordered):
        return page, ""
    last = -(-len(ordered) // size)
    links = [
        f'<{address}?{urlencode({**query, "page": str(to)})}>; rel="{name}"'
        for name, to in (("next", number + 1), ("last", last))
    ]
    return page, ", ".join(links)


def _number(query: Mapping[str, str]) -> int:
    asked = query.get("page", "")
    return max(int(asked), 1) if asked.isdigit() else 1


def _written(place: tuple[int, int]) -> str:
    return urlsafe_b64encode(_MARK + msgspec.msgpack.encode(list(place))).decode()


def _read(token: str) -> tuple[int, int]:
    try:
        raw = urlsafe_b64decode(token)
        if not raw.startswith(_MARK):
            raise ValueError(token)
        first, second = msgspec.msgpack.decode(raw.removeprefix(_MARK), type=list[int])
    except (ValueError, msgspec.MsgspecError) as wrong:
        raise Refusal(error(422, "The cursor is invalid.")) from wrong
    return first, second


def with_link(link: str) -> dict[str, Any]:
    return {"Link": link} if link else {}
