"""No password is said: what a person reads of a URL, or of a library's error, goes through here."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

MASK = "***"
_NAMED = r"[\w.-]*(?:passw(?:or)?d|passwd|pwd|secret|token|credential|api_?key)[\w.-]*"
# A secret key of S3 may hold a slash, and a password an @: what ends it is the last @ before a blank. That may be
# too much of a URL with a port and an @ in its path, which is better than too little.
_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^\s/?#:@'\"]*)(:[^\s'\"]*)?@", re.ASCII)
_PARAMETER = re.compile(rf"(?i)(\b{_NAMED}|[?&;](?:key|sig|signature|accountkey)|sharedaccesskey)(\s*=\s*)[^\s&;'\"]+")


def masked(text: object, *urls: str) -> str:
    """Gives a text without the passwords of the URLs in it, and without those of other URLs that it may quote."""
    said = str(text)
    for secret in sorted({each for url in urls for each in _secrets(url)}, key=len, reverse=True):
        said = said.replace(secret, MASK)
    return _PARAMETER.sub(rf"\1\2{MASK}", _USER.sub(_without_password, said))


def _without_password(found: re.Match[str]) -> str:
    scheme, user, password = found.groups()
    return f"{scheme}{user}:{MASK}@" if password else f"{scheme}{MASK}@"


def _secrets(url: str) -> set[str]:
    """Finds what is secret in a URL, as it stands there and as it is read."""
    found = {match[3].removeprefix(":") for match in _USER.finditer(url) if match[3]}
    try:
        pairs = parse_qsl(urlsplit(url).query)
    except ValueError:
        pairs = []
    found |= {value for name, value in pairs if re.fullmatch(_NAMED, name, re.IGNORECASE)}
    return {form for each in found for form in (each, unquote(each)) if form and form != MASK}
