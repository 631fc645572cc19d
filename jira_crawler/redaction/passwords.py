"""Finds passwords by the words they stand behind, those given to well-known programs, and those in tables."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from typing import Final

from jira_crawler.redaction.placeholders import (
    BEGINNINGS,
    BEHIND_A_WORD,
    CREDENTIALS,
    IN_TABLES,
    NAMES_OF_SETTINGS,
    ON_COMMAND_LINES,
    PASSWORD,
)
from jira_crawler.redaction.rules import Hints, Near, Rule
from jira_crawler.redaction.shapes import OPTIONS, PAIRS

WORD: Final = r"[pP](?:[aA][sS][sS](?:[wW][oO][rR][dDtT]|[wW][dD]|[pP][hH][rR][aA][sS][eE]|[cC][oO][dD][eE])|[wW][dD])"
_SHORT: Final = (
    r"(?:(?<![A-Za-z])(?:pass|PASS|Pass|pw|PW|psk)|SSHPASS"
    r"|(?:[bB]ind|[rR]oot|user|store|db|keystore|auth|admin)(?:[pP](?:ass|w)|PW)|(?:BIND|ROOT|USER|DB|AUTH|ADMIN)PASS"
    r"|(?i:security[._]credentials)|[bB]ind[cC]redentials?|(?<=_)authtok)"
)
# Words and a number joined by dots, or a run of small letters with a capital behind it: neither code nor prose.
ODD: Final = re.compile(
    r"(?!.*(?i:pass|pwd|user|self|this|conf|args|secret|param|sha\d|base64|version))"
    r"(?:[A-Za-z]{3,16}(?:\.[A-Za-z]{3,16}){1,2}\d{2,6}|[a-z]{8,}[A-Z])"
)
# As /etc/shadow and .htpasswd hold them.
_HASHED: Final = re.compile(r"\$(?:1|2[abxy]|5|6|y|apr1|argon2\w{1,2})\$[\w./$=,+-]{20,}")
_HINTS: Final = (
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
        "security[._]credentials|bindcredential|_authtok",
        r"\$(?:1|2[abxy]|5|6|y|apr1|argon2..)\$",
    ),
)
_LINES: Final = Near(_HINTS, after=2)

# Pages and logs show quotes as entities.
_ENTITY: Final = r"&(?:quot|apos|#3[49]);"
# What may stand between quotes: other quotes only amid letters, a backslash only before a sign.
_INSIDE: Final = (
    rf"(?:(?!{_ENTITY})[^\"'`\\\s]|(?<=[^\W_])(?!(?P=quote))[\"'`](?=[^\W_])|\\(?=[^\s\w\"'`\\])[^\s\\](?!\s))"
)

_ASSIGNED: Final = re.compile(
    rf"(?P<before>(?:(?<!\bNO){WORD}\d?|(?P<short>{_SHORT}))(?:\\{{0,7}}[\"'`]|{_ENTITY})?\]?%?[*_]{{0,2}}"
    r"(?:</(?:b|strong|em|i|label|span)>)?"
    r"(?:\s{1,3}value(?==)|\\?[\"']?,?\s{1,20}\\?[\"']?[vV]alue\\?[\"']?(?=\s?:)|\\?[\"'],\s{0,3}\\?[\"'][vV]alue\\?[\"'](?=\s?:))?"
    r"(?P<sign>[ \t]{0,24}(?:(?<=[rR]Password)::|=>|:=|=(?!=)|:(?!:)|->)\*{0,2}"
    r"(?:</(?:b|strong|em|i|label|span)>)?[ \t]{0,3}(?:<(?:code|b|i|em|kbd|tt|span)>)?"
    r"(?:!!str |N(?='))?))"
    rf"(?:(?P<quote>\\{{0,7}}[\"'`]|{_ENTITY})(?P<quoted>{_INSIDE}+)(?=[\"'`\\]|{_ENTITY})"
    r"|(?P<bare>(?![/~])[^\s\"'`<>,;&|(){}\[\]\\]+))"
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
    r"(?P<before>(?:(?<![\w-])--?|\b(?:ENV|ARG|SET|set|setx|password[ \t]|export)[ \t]{1,3}|(?<![\w.])/)"
    rf"[\w.-]{{0,30}}?{WORD}(?:,?[ \t]{{1,3}}))"
    r"(?P<bare>[^\s\"'`<>,;&|(){}\[\]\\-][^\s\"'`<>]*)(?=(?P<after>[ \t]*[^\s]?))"
)

_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z_$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*")
_DOTTED: Final = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+")
_CALLED: Final = re.compile(r"[\w.$:>-]+")
_COUNT: Final = re.compile(r"\d{1,3}(?:[-–]\d{1,3})?")  # `password: 8-20 characters`
_WORD_BEFORE: Final = re.compile(r"(?<![\w:,])[a-z]+ \Z")  # `the first pass: inline`
_ADDRESS_BEHIND: Final = re.compile(r"[ \t]+(?:https?|svn|git|file|s?ftp|hdfs|s3n?|jdbc):")  # a command goes on
_DECLARES: Final = re.compile(r"\b(?:let|let mut|var|const|val|auto) \Z")
_POSITION: Final = re.compile(r"\d+(?::\d+)?")


_VALUE: Final = (
    r"(?P<quote>[\"']?)(?P<value>(?![-<%{*\"'`]|\$(?:[{(]|[\w.:]+\W?(?:\s|\Z)))"
    r"[^\s\"'`<>|;&)]{1,127}[^\s\"'`<>|;&),\]])"
)
_OPTIONS: Final = tuple(
    ("password", PASSWORD, re.compile(rf"(?m)(?P<before>(?<![\w./-]{{3}}-)(?<!\w){shape.pattern}){_VALUE}"))
    for shape in OPTIONS
)
_PAIRS: Final = tuple(("credentials", CREDENTIALS, re.compile(shape.pattern)) for shape in PAIRS)
_PROGRAMS: Final = (*_OPTIONS, *_PAIRS)
_PROGRAM_HINTS: Final = tuple(shape.hint for shape in (*OPTIONS, *PAIRS))
_GROUPS: Final = Hints([(hint,) for hint in _PROGRAM_HINTS])

# In Markdown tables: beside their word, or below it.
_TABLE_WORD: Final = (
    r"(?:pass(?:word|wd|phrase|code|wort)?|pwd|pw|secret|kennwort|contrase[ñn]a|senha|mot de passe|пароль)\d?"
)
_CELL: Final = re.compile(rf"\|[ \t*_`]{{0,6}}(?:[\w .-]{{0,30}}[ ._-])?{_TABLE_WORD}[ \t*_`:]{{0,6}}\|", re.IGNORECASE)
_TITLE: Final = re.compile(rf"(?:.*[ ._-])?{_TABLE_WORD}(?: \([\w .-]{{1,30}}\))?", re.IGNORECASE)
_RULER: Final = re.compile(r"[ \t]*\|?[ \t:|-]*-[ \t:|-]*")


_TABLE_HINTS: Final = (r"\|[^|\n]*(?:pass|pwd|pw|secret|kennwort|contrase|senha|пароль)[^|\n]*\|",)


def _redact_commands(text: str, counts: Counter[str]) -> str:
    def mark(kind: str, sign: str, match: re.Match[str]) -> str:
        if ON_COMMAND_LINES.fullmatch(match["value"]):
            return match[0]
        counts[kind] += 1
        return match["before"] + match["quote"] + sign

    for number in sorted(_GROUPS.groups_in(text.lower().encode("utf-8", "replace"))):
        kind, sign, pattern = _PROGRAMS[number]
        text = pattern.sub(partial(mark, kind, sign), text)
    return text


def _redact_assigned(text: str, counts: Counter[str]) -> str:
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


def _redact_tables(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>` for each such cell; adds their number to `counts`."""
    lines = text.split("\n")
    columns: list[int] = []
    for at, line in enumerate(lines):
        if "|" not in line:
            columns = []
            continue
        if line.lstrip().startswith("||"):  # the head of a table in wiki markup, or of a row
            lines[at] = "|".join(_row(line.split("|"), [], counts))
            columns = [column for column, cell in enumerate(line.split("||")) if _is_title(cell)]
            continue
        if _RULER.fullmatch(line):
            continue
        cells = line.split("|")
        if at + 1 < len(lines) and "-" in lines[at + 1] and _RULER.fullmatch(lines[at + 1]) and not columns:
            columns = [column for column, cell in enumerate(cells) if _is_title(cell)]
            if columns and len(cells) != 4:
                continue
        if columns or _CELL.search(line):
            lines[at] = "|".join(_row(cells, columns, counts))
    return "\n".join(lines)


ON_COMMAND_LINE: Final = Rule("passwords_on_command_lines", _PROGRAM_HINTS, _redact_commands)
BEHIND_WORD: Final = Rule("passwords", _HINTS, _redact_assigned)
IN_TABLE: Final = Rule("passwords_in_tables", _TABLE_HINTS, _redact_tables)


def _is_secret(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    value = groups.get("quoted") or groups["bare"]
    plain = value.rstrip(".,:;!?*_").casefold()
    if len(plain) < 3 or BEHIND_A_WORD.fullmatch(plain) or BEGINNINGS.match(value.casefold()):
        return False
    if groups.get("short") and not any(map(str.isalpha, plain)):
        return False
    if groups.get("quoted") or match.re is _TAGGED:
        return not NAMES_OF_SETTINGS.fullmatch(value)
    if groups.get("short") and _NAME.fullmatch(value) and _WORD_BEFORE.search(match.string, *_shortly_before(match)):
        return False
    if match.re is _OPTION and _NAME.fullmatch(value) and "passw" in plain:  # `--new-password newPassword`
        return False
    if match.re is _OPTION:
        if not _NAME.fullmatch(value) or groups["after"].strip() in ("", "-") or ODD.fullmatch(value):
            return True
        return _ADDRESS_BEHIND.match(match.string, match.end("bare")) is not None
    if groups["after"].strip() == ";" and is_declared(match):
        return False
    return _is_bare_secret(value, groups["sign"], groups["after"])


def _shortly_before(match: re.Match[str]) -> tuple[int, int]:
    return max(match.start() - 16, 0), match.start()


def is_declared(match: re.Match[str]) -> bool:
    """Whether code names a value here: in `let password = kept;` what stands bare is a name, too."""
    return _DECLARES.search(match.string, max(match.start() - 12, 0), match.start()) is not None


def _is_bare_secret(value: str, sign: str, after: str) -> bool:
    """Tells `password=hunter` from `password = getPassword()`, `password = newPassword` and `resetPassword:12:3`."""
    following = after.strip()
    if following[:1] == "/" and ":" in sign:  # a name and its password, which are told apart elsewhere
        return False
    if following[:1] in ("(", "[") and (following != after or _CALLED.fullmatch(value)):
        return False
    if _COUNT.fullmatch(value) and following[:1].isalpha():
        return False
    if value.startswith("!") and _NAME.fullmatch(value, 1):  # code that says not
        return False
    if sign.strip() == "->" and value.isalpha() and value.islower():
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


def _row(cells: list[str], columns: list[int], counts: Counter[str]) -> list[str]:
    beside = [column + 1 for column, cell in enumerate(cells[:-2]) if column and _is_title(cell)]
    for column in (*columns, *beside):
        if column < len(cells) and _is_secret_cell(value := cells[column].strip(" \t`*")):
            cells[column] = cells[column].replace(value, PASSWORD, 1)
            counts["password"] += 1
    return cells


def _is_title(cell: str) -> bool:
    return len(cell) < 60 and _TITLE.fullmatch(cell.strip(" \t*_`:")) is not None


def _is_secret_cell(value: str) -> bool:
    return 3 <= len(value) <= 64 and " " not in value and not _is_title(value) and not IN_TABLES.fullmatch(value)
