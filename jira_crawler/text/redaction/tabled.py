"""Finds passwords and keys in Markdown tables: beside their word, or below it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.text.redaction.commands import PASSWORD

_WORD: Final = (
    r"(?:pass(?:word|wd|phrase|code|wort)?|pwd|pw|secret|kennwort|contrase[ñn]a|senha|mot de passe|пароль)\d?"
)
_CELL: Final = re.compile(rf"\|[ \t*_`]{{0,6}}(?:[\w .-]{{0,30}}[ ._-])?{_WORD}[ \t*_`:]{{0,6}}\|", re.IGNORECASE)
_TITLE: Final = re.compile(rf"(?:.*[ ._-])?{_WORD}(?: \([\w .-]{{1,30}}\))?", re.IGNORECASE)
_RULE: Final = re.compile(r"[ \t]*\|?[ \t:|-]*-[ \t:|-]*")
_NOT_SECRET: Final = re.compile(
    r"(?:string|str|text|char|varchar|bytes?|bool|boolean|int|integer|object|required|optional|mandatory|yes|no|true"
    r"|false|none|null|nil|empty|default|password|passwd|username|user|value|description|type|name|field|encrypted"
    r"|masked|hidden|n/?a|varchar\(\d+\)|pass|passed|fail|failed|ok|done|error|same|changed|missing|invalid|valid|-+"
    r"|tbd|todo|length|strength|policy|secret|unknown|blank|supported|unsupported|deprecated|enabled|disabled|plain"
    r"|\d{1,3}|see.*|<.*|\(.*|\$.*|[*•.x]+|\{.*|.*\(\)|.*\.(?:java|py|xml|properties|md|html))",
    re.IGNORECASE,
)


HINTS: Final = (r"\|[^|\n]*(?:pass|pwd|pw|secret|kennwort|contrase|senha|пароль)[^|\n]*\|",)


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>` for each such cell; adds their number to `counts`."""
    lines = text.split("\n")
    columns: list[int] = []
    for at, line in enumerate(lines):
        if "|" not in line:
            columns = []
            continue
        if line.lstrip().startswith("||"):  # the head of a table in wiki markup
            columns = [column for column, cell in enumerate(line.split("||")) if _is_title(cell)]
            continue
        if _RULE.fullmatch(line):
            continue
        cells = line.split("|")
        if at + 1 < len(lines) and "-" in lines[at + 1] and _RULE.fullmatch(lines[at + 1]) and not columns:
            columns = [column for column, cell in enumerate(cells) if _is_title(cell)]
            if columns and len(cells) != 4:
                continue
        if columns or _CELL.search(line):
            lines[at] = "|".join(_row(cells, columns, counts))
    return "\n".join(lines)


def _row(cells: list[str], columns: list[int], counts: Counter[str]) -> list[str]:
    beside = [column + 1 for column, cell in enumerate(cells[:-2]) if column and _is_title(cell)]
    for column in (*columns, *beside):
        if column < len(cells) and _is_secret(value := cells[column].strip(" \t`*")):
            cells[column] = cells[column].replace(value, PASSWORD, 1)
            counts["password"] += 1
    return cells


def _is_title(cell: str) -> bool:
    return len(cell) < 60 and _TITLE.fullmatch(cell.strip(" \t*_`:")) is not None


def _is_secret(value: str) -> bool:
    return 3 <= len(value) <= 64 and " " not in value and not _is_title(value) and not _NOT_SECRET.fullmatch(value)
