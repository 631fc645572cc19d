"""What stands where a secret would, and is none: the marks that redaction puts there, and what people write there.

A form, a sentence and a table say different things in place of a password, so each has its own words.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

PRIVATE_KEY: Final = "<PRIVATE_KEY>"
KEY: Final = "<KEY>"
PASSWORD: Final = "<PASSWORD>"  # noqa: S105 - the mark, not a password
CREDENTIALS: Final = "<CREDENTIALS>"
EMAIL: Final = "<EMAIL>"
IP: Final = "<IP>"
PHONE: Final = "<PHONE>"
USER: Final = "<USER>"  # whose home it is; people of the issue become `user_0`, `user_1`, …

MARKS: Final = (EMAIL, IP, PHONE, KEY, PRIVATE_KEY, PASSWORD, CREDENTIALS, USER)
_MARK: Final = re.compile("|".join(MARKS))

# `user:password`, `your_name:pwd`
_NAME_AND_ITS_WORD: Final = (
    r"(?:my_?|your_?)?(?:user(?:name|id)?|usr|login|name|u):(?:my_?|your_?)?(?:pass(?:word|wd)?|pwd?|p)"
)

# In an address, as a whole and by its beginning.
IN_ADDRESSES: Final = re.compile(_NAME_AND_ITS_WORD, re.IGNORECASE)
ADDRESS_BEGINNINGS: Final = ("$", "{", "*", "%s", "xxx")

# On a command line.
ON_COMMAND_LINES: Final = re.compile(
    _NAME_AND_ITS_WORD + r"|pass(?:word)?|passwd|pwd|secret|x{3,}|\.{3}|your[a-z_.-]*|my_?pass(?:word)?|\[.*",
    re.IGNORECASE,
)

# Behind the word `password`, as a whole and by its beginning.
BEHIND_A_WORD: Final = re.compile(
    # what a form or a document says in place of a password
    "password|passwd|passphrase|passcode|pwd|pass|secret|user|username|login|prompt|input|field|value|type|name|env"
    "|null|nil|none|undefined|empty|blank|unset|default|true|false|yes|no|not|new|this|self|request|config|options"
    "|required|optional|invalid|wrong|missing|incorrect|encrypted|hidden|masked|redacted|removed|changed|changeme"
    # types
    "|string|str|text|char|varchar|bytes|bool|boolean|int|integer|number|object|any|params|args|argument|property"
    # words that go on with a sentence
    "|option|flag|parameter|file|and|or|is|are|was|the|an|a|for|in|to|of|on|with|as|if|when|that|which|should|must"
    # what a form says in other languages
    "|erforderlich|leer|falsch|ungültig|obligatoire|requis|vide|incorrecte?|obligatori[oa]|requerid[oa]|vac[ií][oa]"
    "|incorrect[oa]|obrigatóri[oa]|vazi[oa]|incorret[oa]|обязательно|неверный|пустой"
    # and a rule of validation
    r"|(?:required|nullable|sometimes|confirmed|string|bail)\|.*|min:\d+\|.*"
)
BEGINNINGS: Final = re.compile(
    r"\$[{(]|\$[\w.:]*\W*\Z|%[sdvq@](?!\w)|%[\w.]+%|%[({]|\*(?![a-z]\w*\d)|\?(?!\w*\d)|[{<=:…]|#\{|@[\w.]+[({@]|@\Z|\.\.\.|x{3,}|/|~(?![a-z]\w*\d)|[a-z]:[\\/]|\\[^\"']|#\Z"
    r"|(?:https?|ftp)://|!(?:vault|secret|env\w*|ref|sub|getatt|include|join|encrypted)\b"
    r"|(?:convertto|convertfrom|get|read|new|import|unprotect|invoke)-[a-z]+\Z"  # commands of PowerShell
)

# What a constant has for a value that says where the password is: `j_password`, `javax.persistence.jdbc.password`.
NAMES_OF_SETTINGS: Final = re.compile(r"[a-zA-Z]+(?:[._-][a-zA-Z]+)*[._-](?:password|passwd|pwd|passphrase)")

# In a cell of a table.
IN_TABLES: Final = re.compile(
    r"(?:string|str|text|char|varchar|bytes?|bool|boolean|int|integer|object|required|optional|mandatory|yes|no|true"
    r"|false|none|null|nil|empty|default|password|passwd|username|user|value|description|type|name|field|encrypted"
    r"|masked|hidden|n/?a|varchar\(\d+\)|pass|passed|fail|failed|ok|done|error|same|changed|missing|invalid|valid|-+"
    r"|tbd|todo|length|strength|policy|secret|unknown|blank|supported|unsupported|deprecated|enabled|disabled|plain"
    r"|\d{1,3}|see.*|<.*|\(.*|\$.*|[*•.x]+|\{.*|.*\(\)|.*\.(?:java|py|xml|properties|md|html))",
    re.IGNORECASE,
)

# In a call, behind or beside the word, and what begins no password of a sentence.
IN_CALLS: Final = re.compile(
    r"(?:pass(?:word|wd|phrase)?|pwd|user(?:name)?|secret|text|string|required|invalid|hidden|confirm|utf-?8|value"
    r"|[\w.]*pass(?:word|wd)[\w.]*|\$[\w.:>-]*\W*|\$[{(].*|<.*|%.*|\{.*|\*+|[.]+|x{3,}|true|false|null|none|default|changed?|type)",
    re.IGNORECASE,
)

SENTENCE_BEGINNINGS: Final = (
    "!vault",
    "!secret",
    "!env",
    "!ref",
    "${",
    "$(",
    "%",
    "*",
    "@",
    "?",
    "=",
    ":",
    "...",
    "xxx",
    "…",
    "~",
)


def count_marks(text: str) -> Counter[str]:
    """How often each mark stands in a text, by its name: `KEY`."""
    return Counter(mark.strip("<>") for mark in _MARK.findall(text)) if "<" in text else Counter()
