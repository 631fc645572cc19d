"""What an answer says about itself: is it the JSON it should be, is it worth asking again, and in whose words."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from parsel import Selector

from jira_crawler.sentences import LONGEST_QUOTE, quoted

# Passing trouble: the same question may well be answered a moment later.
PASSING = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_MOST_PARTS = 10  # of an error answer, more of which nobody would read


def trouble(status: int, media_type: str, body: bytes, location: str = "") -> str:
    """Names what is wrong with a REST answer that may come right when asked again; "" for nothing.

    200 must be whole JSON: a login or proxy page, a cut-off body and a redirect are trouble. A 4xx is an answer, and so
    is a redirect that says in JSON where something is by now, and that nothing has changed.
    """
    if status in PASSING:
        return f"status {status}"
    if 300 <= status < 400 and status != 304 and not is_json(body):
        return f"a redirect to {quoted(location.split('?', 1)[0]) or 'nowhere'}"
    if status == 200 and not is_json(body):
        return f"a page instead of JSON{_title(body)}" if "html" in media_type or _is_html(body) else "broken JSON"
    return ""


def is_json(body: bytes) -> bool:
    """Tells whether a body is one whole JSON value."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except ValueError:
        return False
    except RecursionError:
        return True  # too deep to tell, and nothing that asking again would mend
    return True


def words(body: bytes) -> str:
    """Gathers what Jira says in an error answer (`errorMessages`, `errors`, `message`) into one line; "" if nothing.

    The line is printable, and no longer than a quotation may be.
    """
    try:
        said = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(said, dict):
        return ""
    parts = [part for name in ("errorMessages", "errors", "message") for part in _sentences(said.get(name))]
    return quoted(" ".join(part[:LONGEST_QUOTE] for part in parts[:_MOST_PARTS] if part))


def lacks_project(said: str, project: str) -> bool:
    """Tells from what Jira says whether it knows no such project, or shows none, rather than that a query is wrong."""
    missing = re.search(r"\bvalue '([^']*)' does not exist for the field '?project'?", said, re.IGNORECASE)
    return missing is not None and missing[1].upper() == project.upper()


def _sentences(told: Any) -> list[str]:
    """Picks the texts out of a text, or a list or map of them; what else a server puts there says nothing."""
    each = told.values() if isinstance(told, dict) else told if isinstance(told, list) else (told,)
    return [text for text in each if isinstance(text, str)]


def _is_html(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def _title(body: bytes) -> str:
    title = Selector(body[:20_000].decode("utf-8", "replace")).css("title::text").get("")
    return f" ({quoted(title)!r})" if title.strip() else ""
