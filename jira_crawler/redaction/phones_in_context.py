"""Finds telephone numbers whose shape says too little, by what stands before them, in the languages of trackers."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.phones import OVER, is_phone
from jira_crawler.redaction.placeholders import PHONE
from jira_crawler.redaction.rules import Near, Rule

# Alternatives in lower case. Nothing but a telephone is called so; `iphone` and `headphones` are longer words.
_NOUNS: Final = (
    r"phone|telephone|tel|fax|telefax|mobile|cell|pager|hotline|helpline|toll[ -]free|free ?phone|whatsapp|gsm|sms"
    r"|caller|on-call|telefon|telefonisch|telefonnummer|handy|mobilnummer|mobil|durchwahl|rückruf|telefoon|mobiel|tlf|tfn|puh"
    r"|téléphone|tél|portable|numéro vert|teléfono|celular|móvil|cel|fijo|telefone|tlm|telemóvel|telefono|cellulare"
    r"|recapito|numero verde|infolinia|telefonu|hattı|fono|telf|pbx"
    r"|телефон|тел|моб|мобильный|линия|τηλ|κιν|טלפון|הטלפון|هاتف|الهاتف"
    r"|โทร|sđt|hp|电话|手机|座机|热线|微信同号|電話|携帯|フリーダイヤル|전화|휴대폰"
)
_NUMBERS: Final = (
    r"(?:my|our|their|his|her|contact) number|direct line|mon numéro|mi número|mio numero|meu número|numerem"
    r"|numer telefonu|номер|контакт|geral|tfnoa|caller-?id|الرقم|رقم"
)
# Of these none means anything but what a number right behind it is, be it without any groups.
_BARE: Final = (
    r"phone|telephone|mobile|tel|fax|whatsapp|telefon|handy|mobil|telefoon|mobiel|téléphone|teléfono|celular|móvil"
    r"|telefone|telefono|cellulare|телефон|номер|мобильный|τηλ|טלפון|هاتف|الهاتف|الرقم|โทร|sđt|电话|手机|電話|携帯|전화|微信同号"
)
# The next words lead to the number, or nothing does.
_VERBS: Final = (
    r"call|called|ring|dial|reach|reached|contact|joindre|rappeler|appelez|anrufen|angerufen|erreichbar|bel|bereikbaar"
    r"|ringe|llámame|llame|contattatemi|contact[ée]z|ligue|ligar|chiamami|chiamare|volejte|zadzwoń|dzwonił|dzwonić|звоните|звонил|звонили|позвоните"
)
_LEADS: Final = (
    r"(?:[ ,:]{1,2}(?:me|meg|mig|us|him|her|them|back|at|on|under|unter|au|le|moi|van|von|z|nr|no|number|numer"
    r"|numéro|numero|op|al|para|o|på|prosím|proszę|по|на|номер\w*|mich|uns|even|please|\w{1,12} (?:at|on))\.?)"
    r"{0,3}[ :]{1,2}"
)
# Not within a longer word; what is written without spaces has no such bounds.
_WORD: Final = r"(?<![A-Za-z\u00c0-\u04ff.])"
# Between a word and its number stand a few words, but no other number.
_BEFORE: Final = re.compile(
    rf"{_WORD}(?:(?:{_NOUNS})(?![A-Za-z])[^\d\n;{{}}<>]{{0,32}}|(?:{_NUMBERS})[\s:.(\"'+-]{{0,4}}|(?:{_VERBS}){_LEADS})\Z",
    re.IGNORECASE,
)
_RIGHT_BEFORE: Final = re.compile(
    rf"{_WORD}(?:{_BARE})(?![A-Za-z])[\s:.(\"'#+]{{0,4}}(?:(?:is|no|nr|number)\.?[ :]{{1,2}})?\Z", re.IGNORECASE
)
_BEHIND: Final = re.compile(r"[ ）)]{0,2}(?:numarası|に(?:連絡|お?電話)|までお|(?:으)?로 전화|erreichbar|durchwahl)")
_NUMBER: Final = re.compile(
    r"(?<![\w.:/=&?#%@+*<>$~^|-])(?<!\W[0-9a-fA-F]{2} )(?:\(\d{1,5}(?:[ -]\d{1,5})?\)|\d{1,14})"
    r"(?:(?:[ ./–-]{1,2}| - |(?<=\)))\d{1,8}|[ ./–-]{0,2}\(\d{1,8}\)){0,5}(?! \d{3}\b)" + OVER
)
_OTHER: Final = re.compile(
    r"\(?\d{1,2}\.\d{1,3}\.\d{1,3}(?!\d|\.\d\d\.\d\d).*"  # a version, and what stands behind it
    r"|\d{3}-\d\d-\d{4}"  # a number of social security
    r"|555.\d{4}"  # everybody's example
    r"|(0\d\d)(?:\D0\d\d)+|(0\d{3})(?:\D0\d{3})+"  # modes of files, and what is counted so
)
# The prefix of a country's own long distance: no count, version or date begins with it and goes on in such groups.
_NATIONAL: Final = re.compile(
    r"(?!0\d[0-5]0-[012]\d[0-5]\d)(?:\(0[1-9]\d{0,3}\)|0[1-9]\d{0,4})"
    r"(?:(?:(?:[ /-]| - )?(?!(?:19|20)\d\d-)(?<=\D)\d{2,8}){1,4}|/\d{2,3}(?:[. ]\d{2,3}){2,3})"
)
_MOMENT: Final = re.compile(r"1\d{9}|1\d{12}")  # of Unix
# What is counted by a number of its own: orders, parts, files.
_COUNTED: Final = re.compile(
    r"(?:\bn[o°r]|nummer|number|\bids?|\bparts?|order\w*|\bref\w*|dossier|commande|\brev|#|№)[ .:#°]{0,3}\Z",
    re.IGNORECASE,
)
_FEWEST: Final = 7
_FEWEST_NATIONAL: Final = 9
_FEWEST_BARE: Final = 9
_AROUND: Final = 48
_HINTS: Final = (
    rf"(?:^|[^a-z\x{{c0}}-\x{{4ff}}])(?:{_NOUNS}|{_NUMBERS})(?:[^a-z][^\n]*)?[0-9]",
    rf"(?:^|[^a-z\x{{c0}}-\x{{4ff}}])(?:{_VERBS})[ :,][^\n]*[0-9]",
    r"(?:^|[ ,;:(\"'（])\(?0[1-9][0-9]{0,4}\)?[ /-][0-9]{2}",
    r"[0-9][ ）)]*(?:numarası|に|まで|으?로 전화)",
)
_LINES: Final = Near(_HINTS)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PHONE>` for each number; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        number, lines = match[0], match.string
        if not is_phone(number, _FEWEST) or _OTHER.fullmatch(number):
            return number
        is_bare = number.isdigit()
        if is_bare and (len(number) < _FEWEST_BARE or _MOMENT.fullmatch(number)):
            return number
        begin = lines.rfind("\n", max(match.start() - _AROUND, 0), match.start()) + 1
        before = lines[max(begin, match.start() - _AROUND) : match.start()]
        digits = sum(map(str.isdigit, number))
        is_national = digits >= _FEWEST_NATIONAL and _NATIONAL.fullmatch(number) and not _COUNTED.search(before)
        is_told = (
            _RIGHT_BEFORE.search(before) if is_bare else _BEFORE.search(before) or _BEHIND.match(lines, match.end())
        )
        if not (is_national or is_told):
            return number
        counts["phone"] += 1
        return PHONE

    return _LINES.change(text, lambda lines: _NUMBER.sub(mark, lines))


RULE: Final = Rule("phones_in_context", _HINTS, _redact)
