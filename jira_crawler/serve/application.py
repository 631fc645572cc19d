"""A web application out of parts: what is for everybody, and what only a token opens."""

from __future__ import annotations

import asyncio
import binascii
import hmac
import ipaddress
import logging
from base64 import b64decode
from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from jira_crawler.exceptions import BadArgument

logger = logging.getLogger(__name__)

TOKEN: Final = "LIVE_TOKEN"  # noqa: S105 - the name of a variable
LEAST: Final = 16  # bytes of a token
STOPPING: Final = web.AppKey("stopping", asyncio.Event)
"""Set when the server is about to end: whoever sends without end listens to it."""
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_WHO: Final = {"WWW-Authenticate": 'Basic realm="jira_crawler", charset="UTF-8"'}  # which a browser asks a person for


class Guard:
    """Opens what is not for everybody to whoever has the token.

    It is sent as `Authorization: Bearer …`, or as the password of any user, as a browser does. Without a token only
    who is on this very machine, and names it, is let in: a page elsewhere that makes a browser ask here names its own.
    """

    def __init__(self, token: str, host: str):
        if 0 < len(token.encode()) < LEAST:
            raise BadArgument(f"{TOKEN} is shorter than {LEAST} bytes, and could be guessed: choose a longer one.")
        self._token, self._is_local = token.encode(), is_local(host)

    def opens(self, request: web.Request) -> bool:
        """Tells whether whoever asks may see everything."""
        if not self._token:
            return self._is_local and is_local(_name(request.host))
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            given = _password(given.strip())
        elif scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), self._token)

    def refusal(self) -> web.Response:
        if self._token:
            return _said(401, f"It takes the token in {TOKEN}.", _WHO)
        return _said(403, f"Only this machine may see it, unless there is a {TOKEN}.")


def application(
    public: Iterable[web.RouteDef], guarded: Iterable[web.RouteDef] = (), *, guard: Guard
) -> web.Application:
    """Puts routes together: some for everybody, the others for whom the guard lets in.

    Whatever is asked for besides them is guarded, too, so that nobody learns what there is. A response may bring
    headers of its own in place of ours. Bodies are limited by whoever reads them.
    """
    app = web.Application(middlewares=[_answering, _guarding(guard)])
    app[STOPPING] = asyncio.Event()
    app[_PUBLIC] = frozenset(path.resource for path in app.add_routes(public) if path.resource)
    app.add_routes(guarded)
    app.on_response_prepare.append(_dress)
    app.on_shutdown.append(_stop)
    return app


_PUBLIC: Final = web.AppKey("public", frozenset[web.AbstractResource])


def _guarding(guard: Guard) -> Middleware:
    @web.middleware
    async def guarding(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        if resource not in request.app[_PUBLIC] and not guard.opens(request):
            return guard.refusal()
        return await handler(request)

    return guarding


@web.middleware
async def _answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers whatever goes wrong in plain words, and keeps the rest for the log."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return _said(error.status, f"{error.reason}.", allowed)
    except (ConnectionError, web.RequestPayloadError):
        return _said(400, "Nothing more of it came.")  # to whoever has hung up
    except Exception:
        resource = request.match_info.route.resource  # and not what was asked for: that may be anything
        logger.exception("A request to %s failed", resource.canonical if resource else "nowhere")
        return _said(500, "Something went wrong here; the log says what.")


async def _dress(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.pop("Server", None)


async def _stop(app: web.Application) -> None:
    app[STOPPING].set()


def _said(status: int, sentence: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=f"{sentence}\n", headers=headers)


def is_local(host: str) -> bool:
    """Tells whether a name or an address is that of the loopback of this very machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """The name in a Host header, without the port; an address of IPv6 stands in brackets there."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _password(given: str) -> str:
    try:
        return b64decode(given, validate=True).decode("utf-8", "surrogateescape").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
