"""What a fault does to an answer: puts another in its place, or spoils it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import unescape

import orjson

from fake_jira.exchange import HTML, Answer, Request, errors
from fake_jira.faults.switches import Fault
from fake_jira.pages import refusals as browse_refusals
from fake_jira.pages.page import Site
from fake_jira.server.throttle import too_many

_LOGIN = (
    b"<!DOCTYPE html><html><head><title>Log in - Sandbox Jira</title></head>"
    b"<body><form id='login-form'></form></body></html>"
)
_GATEWAY = (
    b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
_TITLE = re.compile(rb"<title>([^<]*)</title>")
_ABSURD = "9223372036854775807"
_WAITS = ("1", "0", "date", "missing")  # an absurd one ends a crawl: only by name


def instead(fault: Fault, request: Request, base: str, chance: random.Random) -> Answer | None:
    """The answer that takes the place of the real one; None if the real one is to be given."""
    match fault.name:
        case "error500":
            return errors(500, "Internal server error")
        case "error502":
            return Answer(_GATEWAY, 502, content_type=HTML)
        case "error503":
            return Answer(b"Service Unavailable", 503, _retry_after(fault.value or "1"), HTML)
        case "html200":
            return Answer(_LOGIN, 200, content_type=HTML)
        case "redirect302":
            to = f"{base}/login.jsp?permissionViolation=true&os_destination={request.path}"
            return Answer(b"", 302, {"Location": to}, HTML)
        case "rate429":
            wait = {"absurd": _ABSURD}.get(fault.value, fault.value) or chance.choice(_WAITS)
            return too_many(_retry_after(wait), chance)
        case "stale_token":
            return errors(400, "The provided next page token is invalid or has expired.")
        case "login_form":
            site = Site(old=False, chance=chance, clock=datetime.now(UTC).timestamp())
            return browse_refusals.login(site, request.path)
        case "maintenance":
            return browse_refusals.maintenance(int(fault.value or 503))
    return None


def _retry_after(wait: str) -> dict[str, str]:
    if wait == "missing":
        return {}
    if wait == "date":
        return {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)}
    return {"Retry-After": wait}


def spoilt(fault: Fault, request: Request, given: Answer) -> Answer:
    if fault.name == "other_markup" and (title := _TITLE.search(given.body)) and given.status == 200:
        return browse_refusals.made_anew(unescape(title[1].decode()))
    spoil = _SPOIL.get(fault.name)
    return replace(given, body=spoil(given.body, request)) if spoil else given


def _bad_json(body: bytes, request: Request) -> bytes:
    middle = len(body) // 2
    return body[:middle] + b"\x00<!-- proxy error -->" + body[middle:]


def _token_loop(body: bytes, request: Request) -> bytes:
    """The token that was asked with comes back, as if its page were the next one."""
    if b'"nextPageToken"' not in body:
        return body
    page = orjson.loads(body)
    asked = request.get("nextPageToken") or orjson.loads(request.body or b"{}").get("nextPageToken")
    page["nextPageToken"] = asked
    return orjson.dumps(page)


def _early_end(body: bytes, request: Request) -> bytes:
    if b'"nextPageToken"' not in body:
        return body
    page = orjson.loads(body)
    del page["nextPageToken"]
    return orjson.dumps({**page, "isLast": True})


def _half_page(body: bytes, request: Request) -> bytes:
    """Half of it, and nothing in the transfer says so."""
    return body[: len(body) // 2]


_SPOIL: dict[str, Callable[[bytes, Request], bytes]] = {
    "badjson": _bad_json,
    "half_page": _half_page,
    "token_loop": _token_loop,
    "early_end": _early_end,
}
LOGIN_PAGE = Answer(_LOGIN, content_type=HTML)
BANNED = Answer(
    b"<html><body><h1>403 Forbidden</h1>Your address has been banned.</body></html>", 403, content_type=HTML
)
