"""Finds e-mail addresses: plain ones, and obfuscated ones, escaped as in a URL or spelled out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from jira_crawler.redaction.credentials import NOBODY
from jira_crawler.redaction.placeholders import EMAIL
from jira_crawler.redaction.rules import Rule

# Matched from the @ on, and looked back from there: text without an @ costs nothing.
_HOST: Final = r"((?:[A-Za-z0-9\u00c0-\u024f-]{1,63}\.)+([a-z]{2,24}|[A-Z]{2,24}))(?!-?[A-Za-z0-9])"
_DOMAIN: Final = re.compile("@" + _HOST)
_ASCII_LOCAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#_%+'-"
_LOCAL: Final = _ASCII_LOCAL + "".join(map(chr, range(0xC0, 0x250)))
_NOT_FIRST: Final = ".!#%+'-"
_LONGEST_LOCAL: Final = 320  # 64 by the book, but return paths of mailing lists hold other addresses
# An escaped blank, colon or slash before a name is no part of it.
_ESCAPED_FIRST: Final = re.compile(r"%(?:20|22|27|2C|2F|3A|3B|3C|3D|3F|26|5B)", re.IGNORECASE)

# What ends in these is a file, not a domain.
_FILES: Final = re.compile(
    "local|localdomain|internal|lan|intranet|svc"  # or a machine that nobody outside can write to
    "|aar|apk|bmp|class|conf|css|csv|dll|dylib|exe|gif|gz|html|ico|jar|java|jpeg|jpg|js|json|jsx|kt|less|log|map|oat|odex|pdf|php"
    "|plist|png|properties|scala|scss|svg|swift|tar|tgz|tif|tiff|toml|tpl|ts|tss|tsx|txt|vdex|vue|war|webp|xml|yaml|yml",
    re.IGNORECASE,
)
_NOT_A_HOST: Final = re.compile(r"v?\d+(?:\.\d+)+|\d+x\.|(?=[a-f]*\d)[0-9a-f]{5,8}\.")

# Dalvik's caches name files by their paths: `system@framework@boot.art`.
_OF_A_PATH: Final = frozenset({"framework", "app", "priv-app"})
# A list is read by everybody, and an archive of lists names letters by their ids.
_LIST: Final = re.compile(
    r"(?:[a-z0-9-]{1,40}-)?(?:users?|dev|devel|developers?|issues|commits|announce|general|discuss|notifications)"
    r"(?:-(?:un)?subscribe)?"
)
_OF_LISTS: Final = re.compile(r"(?:[\w-]+\.)*apache\.org|lists?\.[\w.-]+|(?:[\w-]+\.)?googlegroups\.com", re.IGNORECASE)
# Whom nobody can write to: programs that send letters, and who built a kernel.
_PROGRAMS: Final = re.compile(r"\w*notifications|(?:no|do-?not)-?reply|root", re.IGNORECASE)
_OF_PROGRAMS: Final = re.compile(r"noreply\.github\.com|irc\..*", re.IGNORECASE)
_MADE_UP: Final = re.compile(
    r"(?:you|your[._-]?(?:name|e?mail)|user(?:name)?|name|e?mail|someone|somebody)", re.IGNORECASE
)
_EXAMPLE: Final = re.compile(r"example\.(?:com|org|net)", re.IGNORECASE)
_PLACE: Final = re.compile(r":\d")  # `<[closure@main.rs:13:31]`
_OF_CODE: Final = frozenset({"cc", "md", "pl", "pm", "py", "rs", "sh"})
_ARCHIVE: Final = re.compile(r"\bmail-archive\.com/[\w.+-]*\Z|/mod_mbox/[^\s<>\"']{1,80}%3[cC][^\s<>\"']{0,160}\Z")

# `ann%40example.org`, `ann at example dot org`
_ESCAPED_AT: Final = re.compile(r"(?:%(?:25)?40|&#0?64;|&#x40;|&commat;|\\u0040|\\x40|\\@)" + _HOST)
_TOP: Final = r"(?:com|org|net|edu|gov|mil|info|biz|example|test|io|ai|co|dev|app|me|eu|us|[a-z]{2})"
_STOP: Final = r"(?:\.| ?[(\[{<] ?dot ?[)\]}>] ?| dot | ?_dot_ ?|-dot-)"
_AT: Final = r"(?: ?[(\[{<] ?(?:at|@|dog) ?[)\]}>] ?| ?_at_ ?| {0,5}--?at--? {0,5})"
_SPELLED: Final = re.compile(
    rf"(?:{_AT}((?:[a-z0-9-]{{1,63}}{_STOP}){{1,4}}(?:[a-z]{{2,24}}))"
    rf"|(?: at | ?@ ?|-at-)((?:[a-z0-9-]{{1,63}}{_STOP}){{0,3}}[a-z0-9-]{{1,63}}"
    rf"(?: ?[(\[{{<] ?dot ?[)\]}}>] ?| dot | ?_dot_ ?|-dot-)"
    rf"(?:[a-z0-9-]{{1,63}}{_STOP}){{0,2}}{_TOP}))(?![\w-])",
    re.IGNORECASE,
)
_SPELLED_LOCAL: Final = re.compile(
    r"(?:[\w+-]{1,64}(?:\.| dot | ?[(\[{<] ?dot ?[)\]}>] ?)){0,3}[\w.+-]{1,64}\Z", re.IGNORECASE
)
# `ann@example\\.org` of a pattern, `<ann@ example.org>`, `<annatexampledotorg>`
_WRITTEN_OTHERWISE: Final = re.compile(
    r"(?<![\w.\\+*\]})-])[A-Za-z][\w.+-]{1,63}@(?:[A-Za-z0-9-]{1,63}\\{1,4}\.){1,4}[a-z]{2,24}(?![\w-]|\\{1,4}\.)"
    r"|(?<=[<`])[A-Za-z][\w.+-]{1,63}@ (?:[A-Za-z0-9-]{1,63}\.){1,4}[a-z]{2,24}(?=[>`])"
    r"|(?<=<)[a-z][\w.-]{2,63}at[a-z][a-z0-9-]{2,40}dot[a-z]{2,6}(?=>)"
)
_OBFUSCATED_HINTS: Final = (
    *("%(?:25)?40", "&#0?64;", "&#x40;", "&commat;", r"\\u0040", r"\\x40", r"\\@", "_at_", "[_-]dot[_-]", " dot "),
    *(r"[(\[{<] ?(?:at|@|dog) ?[)\]}>]", r"[(\[{<] ?dot ?[)\]}>]", " --?at--? "),
    *(r"@[a-z0-9.-]+\\{1,4}\.[a-z]", r"[<`][a-z][\w.+-]*@ [a-z0-9-]+\.", r"<[a-z][\w.-]*at[a-z0-9-]+dot[a-z]+>"),
)
_LONGEST_SPELLED: Final = 80


def _redact_plain(text: str, counts: Counter[str]) -> str:
    """The text with `<EMAIL>` for each address; adds their number to `counts`."""
    if "@" in text:
        text = _replace(text, _DOMAIN, _start, counts)
    return text


def _replace(
    text: str, domain: re.Pattern[str], start_of: Callable[[str, int, re.Match[str]], int], counts: Counter[str]
) -> str:
    parts = []
    done = 0
    for match in domain.finditer(text):
        start = start_of(text, done, match)
        if start < match.start():
            parts += [text[done:start], EMAIL]
            done = match.end()
    if parts:
        counts["email"] += len(parts) // 2
    return "".join(parts) + text[done:] if parts else text


def _start(text: str, done: int, domain: re.Match[str]) -> int:
    """Where the address of that domain begins; its @ if it is none."""
    at = domain.start()
    before = text[max(done, at - _LONGEST_LOCAL) : at]
    rest = before.rstrip(_ASCII_LOCAL if before.isascii() else _LOCAL)
    if len(before) - len(rest) == _LONGEST_LOCAL:
        return at
    local = before[len(rest) :].lstrip(_NOT_FIRST)
    if rest.endswith("/") and domain[1].isupper():  # Kerberos: `hive/host@REALM.ORG`
        return at
    if rest.endswith("://") or local in NOBODY or _FILES.fullmatch(domain[2]) or _NOT_A_HOST.match(domain[1]):
        return at
    if _PROGRAMS.fullmatch(local) or _OF_PROGRAMS.fullmatch(domain[1]):
        return at
    if _EXAMPLE.fullmatch(domain[1]) and _MADE_UP.fullmatch(local):
        return at
    if domain[2] in _OF_CODE and _PLACE.match(text, domain.end()):
        return at
    if (rest.endswith("@") and local in _OF_A_PATH) or _is_of_a_list(text, at, local, domain[1]):
        return at
    if "%" in before:
        for escape in _ESCAPED_FIRST.finditer(before, len(before) - len(local) - 1):
            local = before[escape.end() :]
    return at - len(local)


def _is_of_a_list(text: str, at: int, local: str, domain: str) -> bool:
    """Whether everybody may know the address: it is a list's, or stands in the address of a list's archive."""
    if _LIST.fullmatch(local.casefold()) and _OF_LISTS.fullmatch(domain):
        return True
    before = text[max(at - _LONGEST_LOCAL, 0) : at]
    return "archive" in before and _ARCHIVE.search(before) is not None


def _redact_obfuscated(text: str, counts: Counter[str]) -> str:
    """The text with `<EMAIL>` for each such address; adds their number to `counts`."""
    text = _replace(text, _ESCAPED_AT, _start, counts)
    text, otherwise = _WRITTEN_OTHERWISE.subn(EMAIL, text)
    if otherwise:
        counts["email"] += otherwise
    return _replace(text, _SPELLED, _start_spelled, counts)


def _start_spelled(text: str, done: int, domain: re.Match[str]) -> int:
    local = _SPELLED_LOCAL.search(text, max(done, domain.start() - _LONGEST_SPELLED), domain.start())
    return local.start() if local else domain.start()


PLAIN: Final = Rule("emails", ("@",), _redact_plain)
OBFUSCATED: Final = Rule("obfuscated_emails", _OBFUSCATED_HINTS, _redact_obfuscated)
