"""Finds passwords that one person tells another in a sentence, and those that code hands to a call."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from jira_crawler.redaction.passwords import ODD, WORD, is_declared
from jira_crawler.redaction.placeholders import IN_CALLS, PASSWORD, SENTENCE_BEGINNINGS
from jira_crawler.redaction.rules import Near, Rule

_HINTS: Final = (
    *(
        "pass(?:w|p|c)",
        "pwd",
        r"\b(?:pw|pass) (?:is|was|to|for|of|on|ist|lautet|-)",
        "identified by",
        "assword:",
        "u/p",
    ),
    *(
        "(?:log ?in|logged in|sign in|authenticate|account|credentials?|creds)"
        r"(?: (?:is|are|with|as|using|to [a-z]+ with|[-–]))?"
        r":? {0,2}[(\[`\"'*]{0,4}[a-z0-9_.@+-]+[`\"'*]{0,3} ?(?:[/:]|and )",
    ),
    *(
        r"(?:connect|connection|login|authenticate|pdo|auth\w*|credentials?|auth ?=|wifi\.begin"
        r"|datasource)\s?\((?:[^()\n]*,)?\s*[\"'][^\"'\n]*[\"'],\s*[\"']",
        "requirepass|masterauth|bindpw|rootpw|auth_pass",
        r"\.tochararray|\]:[0-9]+\s+\S+:\S",
    ),
    *(
        r"(?:^|[^a-z])secret[\"']?[:=]",
        r":(?:\*|[0-9]{2,5}):[^\s:]+:[^\s:]+:",
        r"\bpass \S*[0-9]",
        r"\bauth (?:plain|login|\S*[0-9])",
    ),
    *(
        "securestring",
        r"\bpin (?:is|was|to|-)",
        r"\buser\w* ?(?:/|and|&) ?p",
        r"cred(?:ential)?s?:? \S+ ?/",
        r"log ?in \S+ ?/",
    ),
    *("security_credentials", r"#define \w*(?:pass|psk)"),
    r"\b(?:mdp|clave)\b|\bu(?:ser)?: ?\S+ +p(?:w|ass)?:",
    "zugangsdaten|anmeldedaten|identifiants|credenciales|credenziali",
    *("wachtwoord", "hasło", "lösenord", "heslo", "jelszó", "şifre", "парол", "비밀번호"),
    *("kennwort", "contrase", "mot de passe", "senha", "parola", "пароль", "密码", "密碼", "パスワード"),
)
_LINES: Final = Near(_HINTS, after=2)
_ACCOUNT: Final = r"[\w.@+-]{1,40}"
_QUOTE: Final = r"[`\"'*]{0,3}"
# Brackets only amid other characters.
_VALUE: Final = (
    r"(?P<value>(?=[^\s\"'`|,]{4})[^\s\"'`|,()\[\]]{1,64}(?:[()\[\]](?=[\w!#$%^&*+])[^\s\"'`|,()\[\]]{1,32}){0,4})"
)
_TOLD: Final = re.compile(
    rf"(?P<before>(?:{WORD}s?\b{_QUOTE}(?: {_QUOTE}[\w.@/-]{{1,24}}{_QUOTE}){{0,5}}?"
    r"(?: \([^()\n]{1,60}\))?"
    r"(?:(?: (?:is|was|to|should be|will be|has been|being|still|now|just|set|changed|reset|as|from"
    r"|ist|lautet|war|like|es|est|è|é|är|jest|je)){1,4}:? {1,2}"
    r"| ?[:=]-?(?: ?[|>]-?\n)?\s{0,12}| :?[-–—] |\t)"
    r"|(?<![\w.])(?<!\bI )(?<!we )(?<!you )(?<!to )(?<!they )(?<!can )(?<!st )(?<!nd )"
    r"(?:pw|pass|PW|Pass|pin|PIN|mdp|clave)(?: (?:for|of|on) [\w./-]{1,24}(?: [\w./-]{1,24}){0,3}?)? (?:is|was"
    r"|to|[-–—]) {0,2}"
    r"|(?<![A-Za-z])secret[\"']?[:=] ?|assword: ?[\"'] ?;?\s{0,4}send [\"']"
    r"|(?:(?:\A|\n)[\w.*-]{1,60}:(?:\d{2,5}|\*)|(?<![\w.:*/-])[\w.*-]{1,60}:\d{4,5}):[\w*.-]{1,40}:[\w*.-]{1,40}:(?=[^\s:]+(?!\S))"
    r"|\b(?:requirepass|masterauth|bindpw|rootpw|auth_pass|(?i:identified by))[ \t]{1,12}"
    r"|\[[\w.-]{1,80}\]:\d{2,5}[ \t]{1,8}[^\s:]{1,64}:"
    r"|\b(?:[tT]emporary|[iI]nitial) password[^\n:]{0,60}: "
    r"|(?:\A|\n|> ?|C: ?|-->)[ \t]{0,4}(?:PASS|AUTH PLAIN|AUTH LOGIN|AUTH|\w{1,6} LOGIN \S{1,40}) "
    rf"|\b(?:u/p|[lL]ogin ?/ ?{WORD})(?: ?[:=-]| (?:is|are))? {{0,2}}{_QUOTE}{_ACCOUNT}{_QUOTE} ?/ ?"
    rf"|\b[uU]ser(?:name|id)? ?(?:/|and|&) ?(?:{WORD}|pass|pw)\b ?(?:is|are|:|=|-)? {{0,2}}{_QUOTE}{_ACCOUNT}{_QUOTE}"
    r" ?(?:/|:|and) ?"
    rf"|\bU(?:ser)?: ?{_ACCOUNT}[,;/]? {{1,3}}P(?:W|ass)?: ?"
    r"|\b(?:[cC]redentials?|[cC]reds|Zugangsdaten|Anmeldedaten|[iI]dentifiants|[cC]redenciales|[cC]redenziali"
    r"|[lL]og ?in|[lL]ogged in|[sS]ign in|[aA]uthenticate|[aA]ccount)\b"
    rf"(?: (?:is|are|with|as|using|to \w+ with|[-–]))?:? {{0,2}}[(\[]?"
    rf"{_QUOTE}{_ACCOUNT}{_QUOTE} ?(?:[/:]|and(?= )) ?"
    r"|(?:\b(?:[kK]ennwort|[cC]ontrase(?:ñ|n)a|[mM]ot de passe|[sS]enha|[pP]arola|[wW]achtwoord|[hH]asło|[lL]ösenord"
    r"|[hH]eslo|[jJ]elszó|[şŞ]ifre|[mM]dp|[cC]lave)|[пП]арол[ьяюе]?м?|密码|密碼|口令|パスワード|비밀번호)"
    r"(?: [^\s:=,;.!?]{1,24}){0,4}?"
    r" ?(?:[:=：—–-]|is|ist|lautet|es|est|é|è|är|to|jest|je|на|是|为|は|、|에는|는)[:：]? ?[「『“]?"
    rf"){_QUOTE}[(\[]?){_VALUE}"
)
_BARE: Final = re.compile(
    rf"(?P<before>(?:{WORD}s?\b|\b[pP]asswort|[кК]?[пП]арол[ьяюе]м?|密码|密碼"
    rf"|パスワード){_QUOTE}[ \t]{{1,12}}\(?{_QUOTE}){_VALUE}"
)
_ANSWERED: Final = re.compile(
    rf"(?P<before>{WORD}\b[^\n?]{{0,60}}\?[ \t]*\n{{1,2}}(?:[\w, ]{{0,20}}\b(?:[iI]t(?:['’]s| is| was)|[tT]ry|[uU]se)"
    rf"(?: still| just| now)? {_QUOTE}|(?=\S+(?:\n|\Z)))){_VALUE}"
)
_TYPED: Final = re.compile(
    r"(?P<before>\b(?:[eE]nter|[tT]ype|[pP]ut|[fF]ill(?: in)?|[uU]se|[pP]aste|[iI]nput) [`\"'*]{0,3})"
    rf"{_VALUE}"
    rf"(?=[`\"'*]{{0,3}} (?:in|into|for|to) the (?:\w{{1,12}} )?{WORD} (?:field|box|input|prompt|text))"
)
_TOLD_AFTER: Final = re.compile(
    rf"(?P<before>)(?<![^\s\"'`(]){_VALUE}"
    rf"(?=[`\"']? (?:as|is) (?:the |my |its |our )?(?:\w{{1,12}} )?{WORD}\b)"
)
# Values that a sentence, a version or a link would have.
_WORDLIKE: Final = re.compile(
    r"[\w.]+[(\[].*|[a-z]+(?:[()\[\]][a-z]+)+|\$[\w.:]*\W*|\d+[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+.*|![A-Za-z.]+|[a-z_]{3,20}=[a-z].*|"
    r"-{0,2}[A-Za-z]+(?:[-'’./_:][A-Za-z]+)*|\d+(?:[.:-]\d+)*[a-z%]{0,3}|\w[\w+.:-]*://.*|https?:.*|v\d[\d.]*(?:-\w+)?|[A-Z]+-\d+"
    r"|\w+\.(?:java|py|xml|js|php)\S*|[A-Za-z]+[\d]?\.[A-Za-z]\S*|.*[{}<>].*|(?:[a-z]:)?[\\/].*"
    r"|\d-tuples?|(?:utf|sha|md|aes|base|oauth|http|ipv)-?\d+\w*|.*::.*|.*->.*",
    re.IGNORECASE,
)
_WORDS_DRAWN: Final = re.compile("[a-z]{4,10}(?:[-_.][a-z]{4,10}){2,6}")  # as programs draw them from a list
_SAID: Final = re.compile("pass|user|login|your|secret|name|here|some|value|case|based")
_CAMEL: Final = re.compile(r"[a-z]*(?:[A-Z][a-z]+)+[A-Z]?")

_LOOSE: Final = (_BARE, _ANSWERED)
_AFTER: Final = re.compile(rf"[`\"']? (?:as|is) (?:\w{{1,4}} )?(?:\w{{1,12}} )?{WORD}\b")
_INSERTED: Final = re.compile(
    r"(?P<before>(?i:insert into)[^()\n;]{1,80}\((?P<columns>[^()\n]{1,400})\)\s{1,4}(?i:values)\s{0,4}\()"
    r"(?P<values>[^()\n]{1,800})"
)
_COLUMN: Final = re.compile(rf"[\"'`]?\w*{WORD}\w*[\"'`]?")
_ARGUMENT: Final = r"[\"'](?!<PASSWORD>)[^\"'\n]{1,64}[\"'],\s{0,3}"
_LITERAL: Final = r"(?P<quote>[\"'])(?P<value>[^\"'\s]{3,64})(?=[\"'])"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<before>(?i:password|identified by)(?-i:) (?:by |BY |VALUES? ?)?){_LITERAL}",
        rf"(?P<before>(?:(?:[sS]et|[wW]ith|[uU]se)[A-Za-z]{{0,20}}?|\.|\b){WORD}\(\s{{0,3}}){_LITERAL}",
        r"(?P<before>USERPWD,\s{0,3}[\"'][\w.@-]{1,64}:)(?P<quote>)(?P<value>[^\"'\s]{3,64})(?=[\"'])",
        rf"(?P<before>SECURITY_CREDENTIALS,\s{{0,3}}){_LITERAL}",
        rf"(?P<before>#define[ \t]{{1,4}}\w{{0,30}}(?:PASS(?:WORD|WD|PHRASE)?|PWD|PSK)[ \t]{{1,20}}){_LITERAL}",
        rf"(?P<before>\b(?:mysqli?_p?connect|mysqli|MySQLdb\.connect|pymysql\.connect)\({_ARGUMENT}{_ARGUMENT}){_LITERAL}",
        rf"(?P<before>\.(?:load|store|getKey|getEntry|setKeyEntry|init|PasswordProtection)\([^()\n]{{0,80}}?){_LITERAL}"
        r"(?=[\"']\.toCharArray)",
        rf"(?P<before>(?:\bPDO|UsernamePassword\w{{0,24}}|PasswordAuthentication|NetworkCredential|PSCredential|HTTPBasicAuth"
        r"|[bB]asicAuth\w{{0,16}}|[lL]ogin|[aA]uthenticate|WiFi\.begin|getConnection|connect|auth ?="
        r"|\w{0,24}DataSource)\s?\((?:[^()\n]{0,160},)?\s{0,3}"
        rf"{_ARGUMENT}){_LITERAL}(?=[\"'](?:\.toCharArray\(\))?\s{{0,3}}[,)])",
        rf"(?P<before>{WORD}[^\n=:]{{0,10}}[=:][^\n\"'()]{{0,40}}"
        rf"(?:\([^()\n]{{1,60}}, ?|[^\n]{{0,40}}[\])] ?(?:\|\||or|\?\?|\?:) )){_LITERAL}",
        rf"(?P<before>ConvertTo-SecureString (?:-[A-Z]\w{{1,12}} ){{0,3}}){_LITERAL}",
    )
)
# A name and its value, of which a list of names has the looks.
_PAIRED: Final = re.compile(
    rf"(?P<before>[\"'][^\"'\n]{{0,40}}?{WORD}[^\"'\n]{{0,10}}[\"']"
    rf"(?P<joint>[)\]]{{0,3}}\.(?:type|val|send_?[kK]eys|fill|setValue)\(|, with: |[)\]]{{0,3}},[ \t]{{0,3}}))"
    rf"{_LITERAL}"
)
_SETTER: Final = re.compile(
    r"(?:set|put|add|with|fill|type|append|prop|param|option|env|conf|field|header|entry|pair)\w*\(\s?(?:[\w.]{1,30}\()?\Z",
    re.IGNORECASE,
)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>` for each; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        value = match["value"]
        plain = value.rstrip(".,:;!?*_)")
        if value.endswith(";") and is_declared(match):
            return match[0]
        if not is_mixed(plain) or (_is_loose(match) and not _is_strong(plain)):
            return match[0]
        counts["password"] += 1
        return match["before"] + PASSWORD + value[len(plain) :]

    def mark_inserted(match: re.Match[str]) -> str:
        values = match["values"].split(",")
        for at, column in enumerate(match["columns"].split(",")):
            if _COLUMN.fullmatch(column.strip()) and at < len(values) and "'" in values[at]:
                counts["password"] += 1
                values[at] = re.sub(r"'.*'", f"'{PASSWORD}'", values[at])
        return match["before"] + ",".join(values)

    def mark_literal(match: re.Match[str]) -> str:
        if IN_CALLS.fullmatch(match["value"]) or (match.re is _PAIRED and not _is_handed_over(match)):
            return match[0]
        counts["password"] += 1
        return match["before"] + match["quote"] + PASSWORD

    def replace(lines: str) -> str:
        lines = _INSERTED.sub(mark_inserted, _BARE.sub(mark, _TOLD.sub(mark, lines)))
        if "?" in lines:
            lines = _ANSWERED.sub(mark, lines)
        if _AFTER.search(lines):
            lines = _TOLD_AFTER.sub(mark, lines)
        if " the " in lines:
            lines = _TYPED.sub(mark, lines)
        for pattern in (*_PATTERNS, _PAIRED):
            lines = pattern.sub(mark_literal, lines)
        return lines

    return _LINES.change(text, replace)


RULE: Final = Rule("passwords_in_prose", _HINTS, _redact)


def _is_loose(match: re.Match[str]) -> bool:
    """Whether a sentence may go on so: `logged in with Facebook and Twitter4`."""
    return match.re in _LOOSE or match["before"].rstrip().endswith("and")


def _is_handed_over(match: re.Match[str]) -> bool:
    """Tells `put("password", "hunter")` from `["password", "email"]`."""
    if "(" in match["joint"] or "with" in match["joint"]:
        return True
    if is_mixed(match["value"]) and _is_strong(match["value"]):
        return True
    return _SETTER.search(match.string[max(match.start() - 60, 0) : match.start()]) is not None


def is_mixed(plain: str) -> bool:
    """Letters among digits or signs, which no sentence goes on with."""
    if ODD.fullmatch(plain):
        return True
    if plain.isalpha():
        return plain.isascii() and _is_jumbled(plain)
    if _WORDS_DRAWN.fullmatch(plain):
        return not _SAID.search(plain)
    if len(plain) < 4 or plain.startswith(SENTENCE_BEGINNINGS) or _WORDLIKE.fullmatch(plain):
        return False
    return any(map(str.isalpha, plain))


def _is_jumbled(plain: str) -> bool:
    """Letters whose case turns as in no word, nor in words written together."""
    turns = sum(one.isupper() != other.isupper() for one, other in pairwise(plain))
    return len(plain) >= 8 and turns * 4 >= len(plain) and _CAMEL.fullmatch(plain) is None


def _is_strong(plain: str) -> bool:
    """More than a word and its number."""
    return sum(not character.isalpha() for character in plain) > 1 or not (plain.islower() or plain.istitle())
