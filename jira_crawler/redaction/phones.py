"""Finds telephone numbers, and tells them from versions, ids, dates and the numbers of logs.

A number counts by its shape alone where no other number is written so: with the sign of a country and in groups, or in
the groups of America with brackets, a slash or hyphens. Any other needs a word such as `phone:` before it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.placeholders import PHONE
from jira_crawler.redaction.rules import Near, Rule

_FEWEST: Final = 7  # digits; with the sign of a country one more
_MOST: Final = 15
_JOINT: Final = r"(?:[ .\u00a0-]{1,2}| ?[-/] ?)"
_AREA: Final = r"[2-9]\d{2}"  # in America neither area nor exchange begins with 0 or 1
_COUNTRY: Final = (  # as the International Telecommunication Union assigns them; America's is apart
    r"(?:7|2(?:[07]|[1-689]\d)|3(?:[0-469]|[578]\d)|4(?:[013-9]|2\d)|5(?:[1-8]|[09]\d)|6(?:[0-6]|[789]\d)"
    r"|8(?:[1246]|[058]\d)|9(?:[0-58]|[679]\d))"
)
_SIGN: Final = r"(?!1\D{0,3}[01])[1-9]\d{0,2}"
# Nothing of a longer number, name, path or version may stand beside it, nor what is counted behind it.
_ALONE: Final = r"(?<![\w.,:/=&?#%@+*<>$-])"
OVER: Final = (
    r"(?![A-Za-z0-9_/=%@*]|[-.,:]\d|\.[A-Za-z]|-[A-Za-z]"
    r"| (?:lines?|rows?|items?|files?|tests?|times|[nmu]?s|bytes|[kKMG]i?[bB]|records?)\b)"
)
_SHAPES: Final = re.compile(
    # The sign of a country may stand behind more than other digits, and behind the name of a field.
    r"(?:(?:(?<![\w.+*/@%$=-])|(?<=[A-Za-z]{3}=)|(?<=\bto=)|(?<=[ :]\+))"
    rf"(?P<abroad>(?:\(\+{_SIGN}\)|\+{_SIGN}){_JOINT}?(?:\(0?\d{{0,4}}\){_JOINT}?)?"
    rf"(?:\d{{1,5}}(?:{_JOINT}(?:\d{{2,8}}|9(?={_JOINT}?\d{{4}}))){{1,4}}(?:-\d{{1,2}})?|\d{{8,11}})"
    rf"|\+(?:1{_AREA}{_AREA}\d{{4}}|{_COUNTRY}\d{{8,11}}))"
    rf"|{_ALONE}(?:\(\d{{2}}\) ?9?\d{{4}}-\d{{4}}|1\.{_AREA}\.{_AREA}\.\d{{4}}|(?:\+?1{_JOINT})?"
    rf"(?:\({_AREA}\) ?{_AREA}[ .-]\d{{4}}|{_AREA}/{_AREA}[-.]\d{{4}}|{_AREA}-{_AREA}-\d{{4}}))"
    rf"){OVER}"
)
_NUMBER: Final = r"(?P<number>\(?\+?\(?\d[\d ()/.\u00a0-]{5,22}\d)"
_WORD: Final = (
    r"(?:(?:tele|mobile |cell |office |work |home )?phone|tel(?:efono?)?|fax|mobile|mob|cell"
    r"|whats ?app|direct|hotline|(?:call|reach|text|ring) (?:(?:me|us)(?: (?:at|on|under))?|at|on)"
    r"|тел(?:ефон)?|(?:ruf|telefon|mobil|handy|fax)nummer|durchwahl|erreichbar unter|appelez(?: le| moi au)?"
    r"|ll[áa]mame al"
    r"|ligue para|звоните|手机号?码?|座机|電話(?:番号)?|电话)"
)
# These are other words, too, unless a sign is behind them.
_SIGNED_WORD: Final = (
    r"(?:t[ée]l(?:[ée]phone|[ée]fone?o?)?|fon|fone|telefoon|handy|mobiel|mobil|portable|m[óo]vil|celular|cel|cellulare|tfno|моб|сот|kom"
    r"|cep|mich an|contact|kontakt|office|desk|voice|tlf|puh|ph|携帯|传真|(?:휴대)?전화(?:번호)?|휴대폰|연락처)"
)
_TOLD: Final = re.compile(
    rf"(?P<before>(?<![^\W_])(?:{_WORD}(?:\.? ?-?(?:numbers?|no|nr|num|#))?(?: \(\w{{1,10}}\)| dienstlich| privat)?"
    r"(?: (?:is|at|on|ist|est|es)|是)?"
    rf"[*_]{{0,2}} ?[.:：#|]{{0,2}}|ph no |{_SIGNED_WORD}(?:\.? ?(?:number|no|nr))?[*_]{{0,2}} ?[.:：#"
    rf"|]{{1,2}})[*_]{{0,2}}[ \t]{{0,3}})"
    rf"{_NUMBER}{OVER}",
    re.IGNORECASE,
)
# In code, in markup and as a link.
_FIELD: Final = re.compile(
    r"(?P<before>(?:\b(?:tele|mobile|cell|home|work)?[_-]?phone[_-]?(?:number|no|num)?"
    r"|\b(?:mobile|msisdn|fax|tel|telefon|whatsapp|contact_?number))"
    r"[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"'\[]?(?:%2B)?"
    rf"|<(?:\w{{1,9}}:)?(?:\w{{0,12}}phone\w{{0,8}}|tel|mobile|fax|msisdn)\b[^<>\n]{{0,60}}>"
    rf"|=\"(?:telephone|mobile|tel)\"[^<>\n]{{0,60}}>|set_?(?:\w{{0,9}}phone\w{{0,6}}|mobile|fax)\([\"'])"
    rf"{_NUMBER}(?=[\"'\s,;<&)}}\]]|\Z)"
    r"|(?P<link>(?<![A-Za-z])(?:(?:tel|sms|smsto|callto|skype):(?://)?|wa\.me/"
    r"|TEL;[\w=,;-]{1,60}:))(?P<linked>[+(]{0,2}\d[\d() .-]{5,18}\d)"
    r"(?![\w.])",
    re.IGNORECASE,
)
_CALLED: Final = re.compile(
    r"(?P<before>\b(?:call|dial|ring|text)(?: (?:him|her|them))? )"
    rf"(?P<number>(?:{_AREA}[ .]{_AREA}[ .]\d{{4}}|0\d{{2,4}} \d{{3,4}} ?\d{{3,4}})){OVER}",
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"(?P<before>(?:\A|\n)[ \t>*_]*(?:(?:[TMPFDOCWtmfocw]|Ph|Tel|Mob)[*_]{0,2}[.:][*_]{0,2}[ \t]{1,3}"
    rf"|(?:[TMPFDOCW]|Ph|Desk|Office|Direct|Cell) (?=\+\d|\(?{_AREA}\)?[ .]{_AREA}[ .]\d{{4}}(?!\d)"
    r"|0\d{2,4} \d{3} ?\d{3,4}(?!\d))"
    rf"|(?={_AREA}\.{_AREA}\.\d{{4}}(?!\d))))"
    rf"{_NUMBER}(?=[ \t*_|]*(?:\n|\Z|\||,|\())"
)
_VERSION: Final = re.compile(
    rf"(?!1?\.?{_AREA}\.{_AREA}\.\d{{4}}\Z|0\d{{2,4}}\.|0\d(?:\.\d\d){{4}}\Z)\(?\d{{1,4}}(?:\.\d{{1,6}}){{1,4}}\)?"
)
_DATE: Final = re.compile(
    r"(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d.*|(?:19|20)\d\d[01]\d[0-3]\d"
)
_PLACE: Final = re.compile(r"\+?\d{1,3}\.\d{3,}[ ,]+-?\d{1,3}\.\d{3,}")  # on Earth
_MADE_UP: Final = re.compile(r"(\d)\1{6,}|1?1234567\d*|0123456\d*")

_DIGITS: Final = r"\(?\+?\(?[0-9][0-9 ()/.\x{a0}-]{6}"
_HINTS: Final = (
    r"\+[1-9][0-9 ().\x{a0}/-]{8}",
    r"[2-9][0-9]{2}[)/-] ?[2-9][0-9]{2}[ .-][0-9]{4}",
    r"\([0-9]{2}\) ?9?[0-9]{4}-[0-9]{4}",
    r"1\.[2-9][0-9]{2}\.[2-9][0-9]{2}\.[0-9]{4}",
    r"(?:^|[^a-z])(?:(?:tele)?(?:phone|fax)|tel|telefono?|telefone|mobile?|mobiel|mob|cell|whats ?app"
    r"|direct|hotline|call"
    r"|reach|text|ring|dial|(?:ruf|telefon|mobil|handy|fax)nummer|durchwahl|erreichbar unter|mich an"
    r"|appelez|ll.{1,2}mame al"
    r"|ligue para|t.{1,2}l.{1,2}phone|t.{1,2}l.{1,2}fono|t.{1,2}l|fone?|telefoon|handy|portable|m.{1,2}vil|celular|cel"
    r"|cellulare|tfno|kom|cep|contact|kontakt|office|desk|voice|tlf|puh|ph|msisdn|тел|телефон|звоните|моб|сот"
    r"|手机|手机号|手机号码|电话|座机|電話|電話番号|携帯|传真|전화|전화번호|휴대폰|휴대전화|연락처)"
    rf"(?:[^a-z0-9\n][a-z .:：#*_|=\"'>(){{}}是/-]*)?{_DIGITS}",
    rf"(?:phone[a-z_-]*|mobile|msisdn|tel|fax)[^<>\n]{{0,9}}[:=>(][ \t\"'\[]*(?:%2b)?{_DIGITS}",
    rf"(?:(?:tel|sms|callto|smsto|skype):|wa\.me/|tel;[^\n]*:)(?://)?{_DIGITS}",
    rf"(?m:^)[ \t>*_]*(?:[tmpfdocw]|ph|tel|mob)[*_]*[.:]?[*_]*[ \t]+{_DIGITS}",
    r"(?m:^)[ \t>*_]*[2-9][0-9]{2}\.[2-9][0-9]{2}\.[0-9]{4}",
)
_LINES: Final = Near(_HINTS)
_TABLE_HINTS: Final = (r"\|[ \t*_]*(?:[a-z ]+ )?(?:phone|mobile|cell|tel|fax|telefon|телефон|电话|手机)[a-z .*_]*\|",)
_TABLES: Final = Near(_TABLE_HINTS, after=6)
_TITLE: Final = re.compile(
    rf"(?:[\w .-]{{0,20}}[ ._-])?(?:{_WORD}|mobil|handy|celular)(?:[ ._-]?(?:numbers?|no|nr))?\.?", re.IGNORECASE
)
_CELL: Final = re.compile(r"\+?\(?\d[\d ()/.\u00a0-]{5,18}\d")
_PIECES: Final = re.compile(r"[ ()]+")


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PHONE>` for each number; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        number = match.groupdict().get("number") or match[0]
        fewest = _FEWEST if "number" in match.groupdict() else _FEWEST + 1
        if not is_phone(number, fewest):
            return match[0]
        counts["phone"] += 1
        return match.groupdict().get("before", "") + PHONE

    def mark_field(match: re.Match[str]) -> str:
        number = match["number"] or match["linked"]
        if not is_phone(number, _FEWEST):
            return match[0]
        counts["phone"] += 1
        return (match["before"] or match["link"]) + PHONE

    def replace(lines: str) -> str:
        lines = _CALLED.sub(mark, _FIELD.sub(mark_field, lines))
        return _SHAPES.sub(mark, _SIGNED.sub(mark, _TOLD.sub(mark, lines)))

    return _LINES.change(text, replace)


def _redact_tables(text: str, counts: Counter[str]) -> str:
    """The text with `<PHONE>` for each number below a title that says so; adds their number to `counts`."""
    return _TABLES.change(text, lambda lines: _in_tables(lines, counts))


RULE: Final = Rule("phones", _HINTS, _redact)
IN_TABLE: Final = Rule("phones_in_tables", _TABLE_HINTS, _redact_tables)


def is_phone(number: str, fewest: int) -> bool:
    """Whether digits in groups, at least so many, may be a telephone's: no version, date, place or made-up row."""
    digits = "".join(filter(str.isdigit, number))
    if not fewest <= len(digits) <= _MOST or _VERSION.fullmatch(number) or _DATE.fullmatch(number):
        return False
    if _PLACE.fullmatch(number) or any(
        _VERSION.fullmatch(each) for each in _PIECES.split(number) if each.count(".") > 2
    ):
        return False
    return number.count("(") == number.count(")") and not _MADE_UP.fullmatch(digits)


def _in_tables(lines: str, counts: Counter[str]) -> str:
    """Marks what stands below a title that says so."""
    rows = lines.split("\n")
    columns: list[int] = []
    for at, row in enumerate(rows):
        sign = "||" if row.lstrip().startswith("||") else "|"
        cells = row.split(sign)
        if len(cells) < 3:
            columns = []
        elif titles := [column for column, cell in enumerate(cells) if _TITLE.fullmatch(cell.strip(" \t*_"))]:
            columns = titles
        else:
            for column in columns:
                number = cells[column].strip(" \t*_`") if column < len(cells) else ""
                if _CELL.fullmatch(number) and is_phone(number, _FEWEST):
                    cells[column] = cells[column].replace(number, PHONE)
                    counts["phone"] += 1
            rows[at] = sign.join(cells)
    return "\n".join(rows)
