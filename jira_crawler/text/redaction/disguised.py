"""Finds e-mail addresses that are escaped, as in a URL, or spelled out: `ann at example dot org`."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.text.redaction.addresses import HOST, replace_addresses, start_of_address

_ESCAPED: Final = re.compile(r"(?:%(?:25)?40|&#0?64;|&#x40;|&commat;|\\u0040|\\x40|\\@)" + HOST)
_TOP: Final = r"(?:com|org|net|edu|gov|mil|info|biz|example|test|io|ai|co|dev|app|me|eu|us|[a-z]{2})"
_STOP: Final = r"(?:\.| ?[(\[{<] ?dot ?[)\]}>] ?| dot | ?_dot_ ?|-dot-)"
_AT: Final = r"(?: ?[(\[{<] ?(?:at|@) ?[)\]}>] ?| ?_at_ ?)"
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
HINTS: Final = (
    *("%(?:25)?40", "&#0?64;", "&#x40;", "&commat;", r"\\u0040", r"\\x40", r"\\@", "_at_", "[_-]dot[_-]", " dot "),
    *(r"[(\[{<] ?(?:at|@) ?[)\]}>]", r"[(\[{<] ?dot ?[)\]}>]"),
)
_LONGEST_SPELLED: Final = 80


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `<EMAIL>` for each such address; adds their number to `counts`."""
    text = replace_addresses(text, _ESCAPED, start_of_address, counts)
    return replace_addresses(text, _SPELLED, _start_spelled, counts)


def _start_spelled(text: str, done: int, domain: re.Match[str]) -> int:
    local = _SPELLED_LOCAL.search(text, max(done, domain.start() - _LONGEST_SPELLED), domain.start())
    return local.start() if local else domain.start()
