"""Finds passwords that hold blanks, that stand in braces or below their word, that are hashed, escaped or a PIN."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.passwords import WORD
from jira_crawler.redaction.passwords_in_prose import is_mixed
from jira_crawler.redaction.placeholders import BEGINNINGS, BEHIND_A_WORD, PASSWORD
from jira_crawler.redaction.rules import Near, Rule

_HINTS: Final = (
    r"(?:pass(?:w|p|c)|pwd|kennwort)[^\n]*[\"'“„«`>]\S+ ",
    r"(?:pass(?:w|p|c)|pwd)[^\n]*=\{",
    r"(?:pass(?:w|p|c)|pwd|kennwort)[^\n]* (?:is|was|to|ist|lautet):? ?[\"'`“]?[a-z0-9]",
    r"(?:pass(?:w|p|c)|pwd)\w*\W*\{\{",
    r"(?:pass(?:w|p|c)|pwd)\w*(?:%22)?%3[ad]",
    r"\{(?:s?sha[0-9]*|s?md5|crypt|noop|cipher)\}",
    r"variable \"\w*(?:passw|pwd)",
    r"\bpin\b[^\n]*(?:[:=]|is|was|ist|lautet) ?[\"'`*]*[0-9]",
    r"(?:pass(?:word|wd|phrase|code)?|pwd|pw)[\"']?[ \t]*[=:][ \t]*\S+[&;,()|\[\]\\]\S",
    r"login \S+\s+password |:(?:\*|[0-9]{2,5}):[^\s:]+:[^\s:]+:\S|identified by |requirepass |masterauth "
    r"|rootpw |bindpw |auth_pass ",
    r"(?:kennwort|passwort|contrase.a|mot de passe|senha|wachtwoord|hasło|пароль|密码|密碼|パスワード"
    r"|비밀번호)[*_]* ?[:：=]",
    r"(?:user(?:name)?|login|benutzer|usuario|account)[:=] ?\S+ +(?:pw|pass|passwd|password|pwd)[:=]",
    r"loginmodule[^\n]*\buser_|\buse \S+ ?/ ?\S+ (?:to|for) (?:log|sign)",
)
# In lines with these words all others are: a small automaton is a fast one.
_LINES: Final = Near(
    (
        r"pass|pwd|pw|kennwort|contrase|senha|wachtwoord|hasło|пароль|密码|密碼|パスワード|비밀번호|\bpin\b",
        r"\{(?:s?sha|s?md5|crypt|noop|cipher)|:[^\s:]+:[^\s:]+:|identified by|masterauth|loginmodule|\buse \S+ ?/",
    ),
    after=4,
)

_OPEN: Final = r"(?P<quote>\\?\"|\\?'|`|“|„|«[ \u00a0]?)"
_CLOSE: Final = r"(?=\\?[\"'`”“»]|[ \u00a0]»)"
_PIECE: Final = r"[^\s\"'`“”„«»<>\\]{1,14}"
_PHRASE: Final = rf"(?P<phrase>{_PIECE}(?: {_PIECE}){{1,5}})"
_SPACED: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<before>(?:{WORD}|[kK]ennwort)\d?(?:\\?[\"'`\]]){{0,2}}(?:[ \t]{{0,24}}(?:=>|:=|[=:])[ \t]{{0,3}}"
        r"|(?: [\w.-]{1,24}){0,4}? (?:is|was|to|ist|lautet|es|est):? )"
        rf"{_OPEN}){_PHRASE}{_CLOSE}",
        rf"(?P<before>(?<![\w-])--?{WORD}[ =]{_OPEN}){_PHRASE}{_CLOSE}",
        rf"(?P<before><(?:[\w:.-]{{0,30}}[.:_-])?{WORD}>){_PHRASE}(?=</)",
    )
)
# What a form, a message or a description says of passwords, and no password has for a word.
_OF_FORMS: Final = re.compile(
    r"pass(?:words?|wd|phrases?)|users?|user(?:name)?s?|login|must|enter|please|your|you|required|optional|invalid|incorrect"
    r"|wrong|fields?|least|minimum|maximum|length|long|characters?|chars|digits?|is|are|not|cannot|can|can't|be|should|will"
    r"|confirm|repeat|again|new|old|current|change|reset|forgot|show|hide|expired?|expires|encrypted|empty|value|string"
    r"|which|that|this|when|with|from|used?|using|has|have|of|or|and|if|an?|key|file|set|get|test"
    r"|passwort|kennwort|muss|zeichen|bitte|contraseña|debe|mot|passe|doit|senha|deve|caract[eè]res",
    re.IGNORECASE,
)
_PLAIN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # a list of settings, where braces quote
        r"(?P<before>(?i:pwd|password)=\{)(?P<value>[^{}\s]{4,64})(?=\}(?:[;\"'\s]|\Z))",
        rf"(?P<before>{WORD}\W{{0,4}}\{{\{{)(?P<value>[^\s{{}}]{{4,64}})(?=\}}\}})",
        rf"(?P<before>{WORD}(?:%22)?%3[aAdD](?:%20|\+)?(?:%22)?)"
        r"(?P<value>(?:(?!%2[26Cc]|%7[dD]|%3[bB])[^\s\"'<>&;,]){4,64})",
        rf"(?P<before>variable \"\w{{0,40}}{WORD}\w{{0,20}}\"\s?\{{[^{{}}]{{0,200}}?default\s{{0,12}}=\s{{0,4}}\")"
        r"(?P<value>[^\"\s]{4,64})(?=\")",
        r"(?P<before>\b[uU]se [\w.@+-]{1,40} ?/ ?)(?P<value>[^\s\"'`|,()\[\]]{4,64})(?= (?:to|for) (?:log|sign) ?in)",
    )
)
# Where nothing but a password can stand.
_PLACES: Final = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        r"(?P<before>\blogin \S{1,64}\s{1,20}password )(?P<value>\S{4,64})(?=\s|\Z)",
        r"(?P<before>^[\w.*-]{1,60}:(?:\d{2,5}|\*):[\w*-]{1,40}:[\w*.@-]{1,40}:)(?P<value>[^\s:]{4,64})(?=[ \t]*$)",
        r"(?P<before>\b(?:IDENTIFIED BY|(?i:user|to|role) \S{1,64} identified by) )"
        r"(?P<value>[A-Za-z][\w$#]{3,64})(?=\s|;|\Z)",
        r"(?P<before>(?:^|--|(?i:config set) )[ \t]*(?:requirepass|masterauth|rootpw|bindpw|auth_pass)[ \t]{1,12}\"?)"
        r"(?P<value>[^\s\"]{4,64})(?=\"?[ \t]*$)",
        r"(?P<before>(?:[kK]ennwort|[pP]asswort|[cC]ontrase(?:ñ|n)a|[mM]ot de passe|[sS]enha|[wW]achtwoord|[hH]asło"
        r"|[лЛ]огин[:=]? ?\S{1,40},? [пП]ароль|[пП]ароль|密码|密碼|パスワード"
        r"|비밀번호)[*_]{0,2} ?[:：=][*_]{0,2} ?[「“\"`]?)"
        r"(?P<value>[A-Za-z][a-z]{3,24}\d{0,6})(?=[」”\"`]?[ \t]*$)",
        r"(?P<before>\b(?i:user(?:name)?|login|benutzer|usuario|account)[:=] ?[\w.@+-]{1,40},?;? {1,3}(?i:pw"
        r"|pass|password|passwd|pwd)"
        r"[:=] ?)(?P<value>[A-Za-z]{4,24})(?=[ \t,;]|\.?[ \t]*$)",
    )
)
# A line that is a setting alone; what is behind the sign goes as a whole, whatever signs it holds.
_SETTING: Final = re.compile(
    rf"(?P<before>^[ \t>+#*-]{{0,12}}(?:(?:export|set|ENV|SET) )?[\w.-]{{0,60}}(?:{WORD}|pass|PASS|pw"
    rf"|PW)[\"']?[ \t]{{0,24}}[=:][ \t]{{0,3}})"
    r"(?P<value>(?![\"'<{\[(])[^\s\"'`=<>{}]{3,60}[^\s\"'`=<>{};,)\]])(?=[ \t]*$)",
    re.MULTILINE,
)
_JOINED: Final = re.compile(r".[^\s]*[&;,()|\[\]\\].")
_HASHED: Final = re.compile(
    r"(?P<before>\{(?:(?i:s?sha(?:256|384|512)?|s?md5|crypt)\}(?=\S{16})|cipher\}(?=[0-9a-f]{16})|noop\}(?=\w{3})))"
    r"[^\s\"'<>;,}]+"
)
_NUMBER: Final = re.compile(
    rf"(?P<before>\bPIN(?:[- ]?[cC]ode)?(?: (?:for|of|on|für) [\w./-]{{1,24}}(?: [\w./-]{{1,24}}){{0,3}}?)?"
    rf"(?: ?[:=]| (?:is|was|ist|lautet)) ?[\"'`*]{{0,3}}(?=\d{{4,8}}(?![\w.:]\w))"
    rf"|(?:{WORD}|[kK]ennwort) (?:is|was|ist|lautet|set to|changed to):? [\"'`*]{{0,3}}(?=\d{{6,12}}(?![\w.:]\w)))\d+"
)
_QUOTED_WORD: Final = re.compile(
    rf"(?P<before>\b(?:[tT]he|[mM]y|[oO]ur|[nN]ew|[oO]ld|[rR]oot|[aA]dmin|[dD]efault|[dD]as|[dD]ein) (?:\w{{1,12}} )?"
    rf"(?:{WORD}|[kK]ennwort)(?: (?:for|of|on|für) [\w./-]{{1,24}}(?: [\w./-]{{1,24}}){{0,3}}?)?"
    r" (?:is|was|ist|lautet):? [`\"'“„])(?P<value>[A-Za-z]{5,24}(?:-[A-Za-z]{3,12}){0,6})(?=[`\"'”“])"
)
# Where a server of Kafka or ZooKeeper is told who its users are.
_USERS: Final = re.compile(r"(?P<before>(?<![\w.])user_\w{1,40}=[\"'])[^\s\"'$<{]{3,64}(?=[\"'])")
_KEYWORDS: Final = frozenset({"externally", "globally", "values", "using", "random", "weiter", "vergessen", "gelöscht"})
_STATE: Final = re.compile(
    r"\w+(?:ed|able|ing|ive|ory|less)|(?:in)?(?:correct|valid|visible|secure)|plain(?:text)?|weak|strong|short|wrong|there|okay"
    r"|(?-i:[a-z]+[A-Z]\w*|(?:[A-Z][a-z]+){2,})",  # or a name in code
    re.IGNORECASE,
)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>` for each; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        counts["password"] += 1
        return match["before"] + PASSWORD

    def mark_phrase(match: re.Match[str]) -> str:
        return mark(match) if _is_phrase(match["phrase"], match["before"]) else match[0]

    def mark_plain(match: re.Match[str]) -> str:
        return mark(match) if is_mixed(match["value"]) else match[0]

    def mark_word(match: re.Match[str]) -> str:
        value = match["value"]
        return match[0] if BEHIND_A_WORD.fullmatch(value.casefold()) or _STATE.fullmatch(value) else mark(match)

    def mark_place(match: re.Match[str]) -> str:
        value = match["value"].casefold()
        return (
            match[0] if BEHIND_A_WORD.fullmatch(value) or BEGINNINGS.match(value) or value in _KEYWORDS else mark(match)
        )

    def mark_setting(match: re.Match[str]) -> str:
        return mark_plain(match) if _JOINED.match(match["value"]) else match[0]

    def replace(lines: str) -> str:
        lines = _SETTING.sub(mark_setting, lines)
        for pattern in _PLACES:
            lines = pattern.sub(mark_place, lines)
        if "LoginModule" in lines:
            lines = _USERS.sub(mark, lines)
        for pattern in _SPACED:
            lines = pattern.sub(mark_phrase, lines)
        for pattern in _PLAIN:
            lines = pattern.sub(mark_plain, lines)
        return _QUOTED_WORD.sub(mark_word, _NUMBER.sub(mark, _HASHED.sub(mark, lines)))

    return _LINES.change(text, replace)


RULE: Final = Rule("passwords_in_settings", _HINTS, _redact)


def _is_phrase(phrase: str, before: str) -> bool:
    """Words that say nothing of passwords, and one of them with a digit or a sign, unless it has to be a phrase."""
    words = phrase.split(" ")
    if BEGINNINGS.match(phrase.casefold()) or any(_OF_FORMS.fullmatch(word.strip(".,:;!?*()")) for word in words):
        return False
    if "hrase" in before.casefold() and len(words) > 2:
        return phrase.islower()
    return any(map(str.isdigit, phrase)) or any(sign in phrase for sign in "!@#$%^&*")
