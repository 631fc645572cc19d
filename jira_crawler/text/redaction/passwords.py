"""Finds passwords by the words they stand behind, and tells them from code and prose about passwords."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.text.redaction.commands import PASSWORD
from jira_crawler.text.redaction.nearby import Near

WORD: Final = r"[pP](?:[aA][sS][sS](?:[wW][oO][rR][dDtT]|[wW][dD]|[pP][hH][rR][aA][sS][eE]|[cC][oO][dD][eE])|[wW][dD])"
_SHORT: Final = (
    r"(?:(?<![A-Za-z])(?:pass|PASS|Pass|pw|PW|psk)|SSHPASS"
    r"|(?:[bB]ind|[rR]oot|user|store|db|keystore|auth|admin)(?:[pP](?:ass|w)|PW)"
    r"|(?i:security[._]credentials))"
)
# Words and a number joined by dots, or a run of small letters with a capital behind it: neither code nor prose.
ODD: Final = re.compile(
    r"(?!.*(?i:pass|pwd|user|self|this|conf|args|secret|param|sha\d|base64|version))"
    r"(?:[A-Za-z]{3,16}(?:\.[A-Za-z]{3,16}){1,2}\d{2,6}|[a-z]{8,}[A-Z])"
)
# As /etc/shadow and .htpasswd hold them.
_HASHED: Final = re.compile(r"\$(?:1|2[abxy]|5|6|y|apr1|argon2\w{1,2})\$[\w./$=,+-]{20,}")
HINTS: Final = (
    *(
        "pass(?:w|p|c)",
        "pwd",
        r"(?:^|[^a-z])(?:pass|pw|psk)[\\\"'`\]*]*[ \t]*(?:[:=]|->)",
        r"pw[\\\"'`\]*]*[ \t]*[:=]",
        "<pass>",
    ),
    *(
        "(?:bind|root|user|store|db|keystore|auth|admin)p(?:ass|w)",
        "sshpass",
        "security[._]credentials",
        r"\$(?:1|2[abxy]|5|6|y|apr1|argon2..)\$",
    ),
)
_LINES: Final = Near(HINTS, after=2)

_ASSIGNED: Final = re.compile(
    rf"(?P<before>(?:{WORD}\d?|(?P<short>{_SHORT}))\\?[\"'`]?\]?%?[*_]{{0,2}}(?:</(?:b|strong|em|i|label|span)>)?"
    r"(?:\s{1,3}value(?==)|\\?[\"']?,?\s{1,20}\\?[\"']?[vV]alue\\?[\"']?(?=\s?:)|\\?[\"'],\s{0,3}\\?[\"'][vV]alue\\?[\"'](?=\s?:))?"
    r"(?P<sign>[ \t]{0,3}(?:(?<=[rR]Password)::|=>|:=|=(?!=)|:(?!:)|->)\*{0,2}"
    r"(?:</(?:b|strong|em|i|label|span)>)?[ \t]{0,3}(?:<(?:code|b|i|em|kbd|tt|span)>)?"
    r"(?:!!str )?))"
    r"(?:(?P<quote>\\?[\"'`])(?P<quoted>[^\"'`\\\s]+)(?=[\"'`\\])|(?P<bare>(?![/~])[^\s\"'`<>,;&|(){}\[\]\\]+))"
    r"(?=(?P<after>[ \t]*[^\s]?))"
)
_PHRASE: Final = re.compile(
    r"(?P<before>[pP]ass[pP]hrase\\?[\"']?[ \t]{0,3}[:=][ \t]{0,3})(?P<quote>\\?[\"'])"
    r"(?P<quoted>[a-z]{2,12}(?: [a-z]{2,12}){2,8})(?=\\?[\"'])"
)
_TAGGED: Final = re.compile(
    rf"(?P<before>(?:{WORD}|<pass)\d?(?:[\"']?|[ ][^<>\n]{{0,80}})>[ \t]{{0,3}}(?:<!\[CDATA\[)?"
    rf"|{WORD}\d?(?:[*_]{{0,2}}:?</[\w:-]{{1,40}}>|[\"'][^<>\n]{{0,80}}>|>)\s{{0,40}}"
    r"(?:<[\w:-]{0,30}(?:[vV]alue|[sS]tring)[^<>\n]{0,40}>|<(?:td|dd|TD|code|arg\w{0,5})[^<>\n]{0,40}>(?=[^<>\n]*\d))"
    r"[ \t]{0,3}(?:<!\[CDATA\[)?)"
    r"(?P<bare>[^\s<>\]]+)(?=[ \t]*(?:\]\]>)?</)"
)
_OPTION: Final = re.compile(
    r"(?P<before>(?:(?<![\w-])--?|\b(?:ENV|ARG|SET|set|setx|password[ \t]|export)[ \t]{1,3}|/)"
    rf"[\w.-]{{0,30}}?{WORD}(?:,?[ \t]{{1,3}}))"
    r"(?P<bare>[^\s\"'`<>,;&|(){}\[\]\\-][^\s\"'`<>]*)(?=(?P<after>[ \t]*[^\s]?))"
)

_NOT_SECRET: Final = re.compile(
    # what a form or a document says in place of a password
    "password|passwd|passphrase|passcode|pwd|pass|secret|user|username|login|prompt|input|field|value|type|name|env"
    "|null|nil|none|undefined|empty|blank|unset|default|true|false|yes|no|not|new|this|self|request|config|options"
    "|required|optional|invalid|wrong|missing|incorrect|encrypted|hidden|masked|redacted|removed|changed|changeme"
    # types
    "|string|str|text|char|varchar|bytes|bool|boolean|int|integer|number|object|any|params|args|argument|property"
    # words that go on with a sentence
    "|option|flag|parameter|file|and|or|is|are|was|the|an|a|for|in|to|of|on|with|as|if|when|that|which|should|must"
)
_STANDS_FOR: Final = re.compile(
    r"\$[{(]|\$[\w.:]*\W*\Z|%[sdvq@]|%[\w.]+%|%[({]|\*|[{<?=:…]|#\{|@[\w.]+[({@]|@\Z|\.\.\.|x{3,}|[/~]|\\[^\"']|#\Z"
    r"|(?:https?|ftp)://|!(?:vault|secret|env\w*|ref|sub|getatt|include|join|encrypted)\b"
    r"|(?:convertto|convertfrom|get|read|new|import|unprotect|invoke)-[a-z]+\Z"  # commands of PowerShell
)
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z_$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*")
_DOTTED: Final = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+")
_POSITION: Final = re.compile(r"\d+(?::\d+)?")


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>` for each password behind its word; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        if not _is_secret(match):
            return match[0]
        counts["password"] += 1
        groups = match.groupdict()
        return f"{groups['before']}{groups.get('quote') or ''}{PASSWORD}"

    def replace(lines: str) -> str:
        lines = _PHRASE.sub(mark, _ASSIGNED.sub(mark, lines))
        return _TAGGED.sub(mark, _OPTION.sub(mark, lines))

    if "$" in text:
        text, found = _HASHED.subn(PASSWORD, text)
        counts.update({"password": found} if found else {})
    return _LINES.change(text, replace)


def _is_secret(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    value = groups.get("quoted") or groups["bare"]
    plain = value.rstrip(".,:;!?*_").casefold()
    if len(plain) < 3 or _NOT_SECRET.fullmatch(plain) or _STANDS_FOR.match(value.casefold()):
        return False
    if groups.get("short") and not any(map(str.isalpha, plain)):
        return False
    if groups.get("quoted") or match.re is _TAGGED:
        return True
    if match.re is _OPTION:
        return not _NAME.fullmatch(value) or groups["after"].strip() in ("", "-") or ODD.fullmatch(value) is not None
    return _is_bare_secret(value, groups["sign"], groups["after"])


def _is_bare_secret(value: str, sign: str, after: str) -> bool:
    """Tells `password=hunter` from `password = getPassword()`, `password = newPassword` and `resetPassword:12:3`."""
    following = after.strip()
    if following[:1] == "/" and ":" in sign:  # a name and its password, which are told apart elsewhere
        return False
    if following[:1] in ("(", "["):
        return False
    if ODD.fullmatch(value.rstrip(".,:;!?*_")):
        return True
    if _DOTTED.fullmatch(value):
        return False
    spaced = sign.strip() != sign
    if (spaced or sign == "->") and _NAME.fullmatch(value) and "passw" in value.casefold():
        return False
    if ":" in sign:
        if sign == ":" and _POSITION.fullmatch(value):
            return False
        return not _NAME.fullmatch(value) or not following
    return not (spaced and _NAME.fullmatch(value) and following)
