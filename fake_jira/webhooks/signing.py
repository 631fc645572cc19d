"""How a delivery proves where it comes from: a signature over its raw bytes, or a token of an app."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import partial

import orjson

from fake_server import BadOption

Sign = Callable[[bytes, str, float], Mapping[str, str]]
"""Raw body, how it is signed (right, wrong, missing, sha1), and epoch seconds → headers."""
AN_HOUR = 3600


def signing(secret: str, how: str) -> Sign:
    """`hmac` as webhooks of administrators have it, `jwt` as those that an app registers; none without a secret."""
    if how not in _WAYS:
        raise BadOption(f"--webhook-auth is one of {', '.join(_WAYS)}, not {how!r}.")
    return partial(_WAYS[how], secret)


def signature(secret: str, body: bytes, signed: str, now: float) -> Mapping[str, str]:
    """The header that names its method; one that is signed by `sha1` counts for nothing."""
    if not secret or signed == "missing":
        return {}
    method = "sha1" if signed == "sha1" else "sha256"
    return {"X-Hub-Signature": f"{method}={hmac.new(_key(secret, signed), body, method).hexdigest()}"}


def token(secret: str, body: bytes, signed: str, now: float) -> Mapping[str, str]:
    """A JWT by HS256, which says nothing of the body; in place of `sha1` one that nobody has signed."""
    if not secret or signed == "missing":
        return {}
    head = {"alg": "none" if signed == "sha1" else "HS256", "typ": "JWT"}
    claims = {"iss": "sandbox", "iat": int(now), "exp": int(now) + AN_HOUR}
    text = b".".join(_encoded(orjson.dumps(part)) for part in (head, claims))
    proof = b"" if signed == "sha1" else _encoded(hmac.new(_key(secret, signed), text, hashlib.sha256).digest())
    return {"Authorization": f"Bearer {text.decode()}.{proof.decode()}"}


_WAYS: dict[str, Callable[[str, bytes, str, float], Mapping[str, str]]] = {"hmac": signature, "jwt": token}


def _key(secret: str, signed: str) -> bytes:
    return b"not " * (signed == "wrong") + secret.encode()


def _encoded(part: bytes) -> bytes:
    return urlsafe_b64encode(part).rstrip(b"=")
