"""The small pieces that issue pages are put together from: modules, people, moments."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

from fake_jira.data.dates import instant

Json = dict[str, Any]
_RELATIVE = ("Yesterday", "3 days ago", "vor 2 Stunden", "last week", "il y a 5 jours", "12/31/69 4:00 PM")


def text(value: object) -> str:
    """Any value as it may stand between tags and in quotes."""
    return escape(str(value))


def objects(values: Any) -> list[Json]:
    """A list of objects, whatever a recording has in its place."""
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def name_of(thing: Any) -> str:
    """The name of a status, a version … or "" where there is none."""
    return str(thing.get("name") or thing.get("value") or "") if isinstance(thing, dict) else ""


def module(id_: str, title: str, content: Iterable[str]) -> str:
    """A box of the page with its heading, as all of them look."""
    head = (
        f'<div id="{id_}_heading" class="mod-header"><ul class="ops"></ul><h4 class="toggle-title">{title}</h4></div>'
    )
    inside = "\n".join(content)
    return f'<div id="{id_}" class="module toggle-wrap">{head}\n<div class="mod-content">\n{inside}\n</div></div>'


def _avatar(user: Json) -> str:
    pictures = user.get("avatarUrls")
    address = pictures.get("16x16") if isinstance(pictures, dict) else None
    image = f'<img src="{text(address or "/secure/useravatar?size=xsmall")}" alt="{text(user.get("name") or "")}">'
    return f'<span class="aui-avatar aui-avatar-xsmall"><span class="aui-avatar-inner">{image}</span></span>'


def profile(user: Any, id_: str) -> str:
    """A person who did something, as a link to them; nobody in particular is "Anonymous"."""
    if not isinstance(user, dict):
        return '<span class="user-hover user-avatar">Anonymous</span>'
    name = str(user.get("name") or user.get("key") or "")
    link = f'class="user-hover user-avatar" rel="{text(name)}" id="{id_}"'
    shown = text(user.get("displayName") or name)
    return f'<a {link} href="/secure/ViewProfile.jspa?name={quote(name)}">{_avatar(user)} {shown}</a>'


def _second(stamp: object) -> datetime | None:
    when = instant(stamp)
    return datetime.fromtimestamp(when / 1000, UTC) if when else None


def explicit(stamp: object) -> str:
    """The date as a person reads it: to the minute, with the year in two digits."""
    second = _second(stamp)
    return second.strftime("%d/%b/%y %H:%M") if second else ""


def moment(stamp: object, chance: random.Random) -> str:
    """A date of a payload → a `time` tag; what it shows is now a date, now something relative in any language."""
    second = _second(stamp)
    if second is None:
        return ""
    shown = explicit(stamp) if chance.random() < 0.4 else chance.choice(_RELATIVE)
    return f'<time class="livestamp" datetime="{second:%Y-%m-%dT%H:%M:%S}+0000">{shown}</time>'


def dated(stamp: object, chance: random.Random) -> str:
    return f'<span class="date user-tz" title="{explicit(stamp)}">{moment(stamp, chance)}</span>'
