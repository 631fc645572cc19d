"""What an answer about a file says before the first byte of it, and where a redirect may lead."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

_LOGIN: Final = re.compile(r"(?i)log-?in|sign-?in|permissionviolation|os_destination|saml|\bsso\b|oauth|/auth")
_RANGE: Final = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)")
_PLACES: Final = ("secure/attachment", "rest/api")  # of a site's files
_HTML: Final = ("text/html", "application/xhtml+xml")
# By their first bytes; what is not here is not known, and text where it can be read as text.
_LOOKS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x7fELF", "application/x-executable"),
    (b"<?xml", "application/xml"),
)


def is_html(mime: str) -> bool:
    return mime.partition(";")[0].strip().lower() in _HTML


def looks_like(head: bytes) -> str:
    """Gives the media type that the first bytes of a file look like; "" where they look like nothing known."""
    for beginning, mime in _LOOKS:
        if head.startswith(beginning):
            return mime
    start = head.lstrip()[:100].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if not head or b"\0" in head:
        return ""
    try:
        head[: len(head) - 3].decode()  # the last character may be cut
    except UnicodeDecodeError:
        return ""
    return "text/plain"


def is_login_page(said: str, served: str, head: bytes = b"") -> bool:
    """Tells whether a page came where a file of another type is: `said` by its issue, `served` by the answer."""
    if is_html(said):
        return False
    text = said.startswith("text/") or not said
    return is_html(served) or (not text and looks_like(head) == "text/html")


def range_of(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """Reads where a part of a file begins, and how large the whole is (-1: not said); None if that cannot be read."""
    found = _RANGE.fullmatch(headers.get("content-range", "").strip())
    return (int(found[1]), -1 if found[3] == "*" else int(found[3])) if found else None


def tag_of(headers: Mapping[str, str]) -> str:
    """Gives what names this very version of a file, to ask for the rest of it; "" where nothing does for certain."""
    tag = headers.get("etag", "").strip()
    return tag if tag.startswith('"') and tag.isascii() and tag.isprintable() else ""


def redirected(
    url: str, location: str, base: str, media: Collection[str], within: Callable[[str, str], bool]
) -> tuple[str, str]:
    """Says where a redirect leads: (address, "") to go on, or ("", state) where it leads to a login or to others.

    `media` are the bases of the hosts where a site's files may be; `within` tells whether an address is in a base.
    """
    try:
        target = urljoin(url, location.strip())
        parts = urlsplit(target)
    except ValueError:
        return "", "failed"
    files = (*media, *(f"{base}/{place}" for place in _PLACES))  # of which one may be called login.png
    if any(within(target, each) for each in files):
        return target, ""
    if _LOGIN.search(f"{parts.netloc}{parts.path}?{parts.query}"):
        return "", "forbidden"
    if within(target, base):
        return target, ""
    return "", "failed"
