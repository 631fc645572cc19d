"""Finds blocks that hold a private key, whole or cut off."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.placeholders import PRIVATE_KEY
from jira_crawler.redaction.rules import Rule

_TITLE: Final = r"[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?"
_BEGIN: Final = rf"(?:\\?[-–—]){{2,5}} ?BEGIN {_TITLE} ?(?:\\?[-–—]){{2,5}}"
_END: Final = rf"(?:\\?[-–—]){{2,5}} ?END {_TITLE} ?(?:\\?[-–—]){{2,5}}"
_GAP: Final = r"(?:\s|\\[nrt]?|[>+*/#|\"',]|<br/?>)*"
_HEADERS: Final = rf"(?:{_GAP}(?:Proc-Type|DEK-Info|Version|Comment|Subject|Hash|Charset): ?[^\n\\]{{0,120}})*"
# A block whose end was cut off still gives away its lines of base64, and so does one whose beginning was.
_BLOCK: Final = re.compile(
    rf"{_BEGIN}(?:(?P<body>(?>(?:[^-–—<\0]|[-–—](?!\W{{0,5}}(?:BEGIN|END) )|<(?!PRIVATE_KEY>))*)){_END}"
    rf"|{_HEADERS}(?:{_GAP}[A-Za-z0-9+/=]{{24,}})+)"
)
_TAIL: Final = re.compile(
    rf"(?<![A-Za-z0-9+/=])(?>(?:[A-Za-z0-9+/=]{{40,}}+{_GAP})+)(?:[A-Za-z0-9+/=]{{1,80}}+{_GAP})?{_END}\Z"
)
_END_OF_BLOCK: Final = re.compile(_END)
_LONGEST_TAIL: Final = 16_000
# `-----BEGIN … PRIVATE KEY` in base64 once more, as Kubernetes writes it.
_TWICE: Final = re.compile(
    r"LS0tLS1CRUdJTi(?:BSU0EgUFJJ|BQUklW|BFQyBQUklW|BPUEVOU1NI|BFTkNSWVBU|BEU0EgUFJJ)[A-Za-z0-9+/=]{20,}"
    # what begins so in DER is a private key, with or without its title
    r"|(?:MII[A-Za-z0-9+/]{3}IBA(?:AK[BC]|DANBgkqhkiG9w0B)|MHcCAQEE|MHQCAQEE|MIG[A-Za-z0-9+/]AgEAMB|MIGkAgEBBD"
    r"|MC4CAQAwBQYDK2Vw|b3BlbnNzaC1rZXktdjE)(?:[A-Za-z0-9+/=]|\s(?=[A-Za-z0-9+/=]{20})){40,}"
)
_XML: Final = re.compile(r"(<(?:D|P|Q|DP|DQ|InverseQ)>\s{0,4})[A-Za-z0-9+/=\s]{16,}(?=</)")
_JWK: Final = re.compile(r"(\"(?:d|dp|dq|qi|p|q)\"\s{0,3}:\s{0,3}\")[\w-]{20,}(?=\")")
_PUTTY: Final = re.compile(r"(Private-Lines: ?\d{1,4}\s{1,4})(?:[A-Za-z0-9+/=]{16,80}\s{0,4})+(?<=\S)(?!\S)")
_MATTER: Final = re.compile(r"[A-Za-z0-9+/=]{16}")


_HINTS: Final = (
    "private key",
    "private-lines",
    "ls0tls1crudjti",
    "b3blbnnzac1rzxktdje",
    "<rsakey",
    r'"kty"',
    *("mii[a-z0-9+/]{3}iba(?:ak|dan)", "mh[cq]caqee"),
    "mig[a-z0-9+/]age[ab]",
    "mc4caqaw",
)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PRIVATE_KEY>` for each block; one that holds nothing, as in an explanation, stays."""

    def mark(match: re.Match[str]) -> str:
        body = match.groupdict().get("body")
        if body is not None and not _MATTER.search(body):
            return match[0]
        counts["private_key"] += 1
        return PRIVATE_KEY

    def mark_rest(match: re.Match[str]) -> str:
        counts["private_key"] += 1
        return (match[1] if match.re.groups else "") + PRIVATE_KEY

    text = _BLOCK.sub(mark, text)
    text = _without_tails(text, counts)
    for pattern in (_PUTTY, _TWICE):
        text = pattern.sub(mark_rest, text)
    if "<RSAKey" in text:
        text = _XML.sub(mark_rest, text)
    return _JWK.sub(mark_rest, text) if '"kty"' in text else text


RULE: Final = Rule("private_keys", _HINTS, _redact)


def _without_tails(text: str, counts: Counter[str]) -> str:
    """Looks back from each end of a block, no further than the one before."""
    parts = []
    done = last = 0
    for end in _END_OF_BLOCK.finditer(text) if " KEY" in text else ():
        tail = _TAIL.search(text, max(last, end.start() - _LONGEST_TAIL), end.end())
        last = end.end()
        if tail:
            parts += [text[done : tail.start()], PRIVATE_KEY]
            counts["private_key"] += 1
            done = last
    return "".join(parts) + text[done:] if parts else text
