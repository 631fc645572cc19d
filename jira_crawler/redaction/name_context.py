"""Tells from what stands around it whether a word that is someone's name names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jira_crawler.redaction.names import BESIDE, IDEOGRAPHS, ORDINARY, Kind, is_ideographic

_MENTION: Final = re.compile(r"(?:(?<![\w.])@|\[~(?:accountid:)?|@author:? |--author[= ]|TODO ?\()\Z")
_LOGIN: Final = re.compile(
    r"(?:\b(?:via|by|author|user|username|login|reviewers?|assignee|reporter|cc|owner|committer)[:=]? |[(/~])\Z",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(
    r"(?:(?<![\w.])@|\b(?:hi|hello|hey|dear|thanks|thank you|thx|thnx|cheers|ping|pinging|cc|cc'?ing|regards|best|mr|ms"
    r"|mrs|dr|sincerely|asked|talked (?:to|with)|spoke (?:to|with)|discussed with|agree with|assign(?:ed|ing)? to"
    r"|sorry|welcome|credit to|kudos to|courtesy of)(?:[.,:]|)\s{1,2}(?:again,? |a lot,? |so much,? )?"
    r"|(?:\A|\n)[ \t>]*(?:--?|—|~)[ ]?)\Z",
    re.IGNORECASE,
)
# Enough for a name that is no word; `by May` is a date.
_NAMED: Final = re.compile(r"\b(?:by|as|per|ask|from|with|to|for|via|and|assigning|according to) \Z", re.IGNORECASE)
_SPEAKS: Final = re.compile(
    r"(?:'s|’s) (?:patch|comment|suggestion|fix|branch|change|pr|review|point|idea|proposal|approach|commit|question"
    r"|answer|concern|mail|email|e-mail|account|machine|laptop|work|analysis|test case|explanation|remark|note)\b"
    r"|,? (?:said|says|wrote|writes|suggested|suggests|mentioned|mentions|reported|pointed|proposed|thinks|asked|asks"
    r"|noticed|commented|confirmed|reviewed|committed|agrees|agreed|and I|could you|can you|would you|will you|do you"
    r"|did you|please|what do you|any update|any progress|are you"
    r"|have you|thanks|thank you|explained|told|volunteered)\b",
    re.IGNORECASE,
)
_OPENS: Final = re.compile(r"(?:\A|\n)[ \t>*_]*\Z")
_CALLS: Final = re.compile(r"[*_]{0,2}(?:,|:| -) ?(?:[a-z]|I\b|\n)")
_SIGNS: Final = re.compile(
    r"(?:regards|cheers|thanks|thx|best|greetings|sincerely|br),?[ \t]*\n[ \t\n>-]*\Z", re.IGNORECASE
)
_LINE_ENDS: Final = re.compile(r"[*_.]{0,2}[ \t]*(?:\n|\Z)")
_NEXT_NAME: Final = re.compile(r" ([A-Z][a-z]{2,})\b")
_NAME_BEFORE: Final = re.compile(r"(?<!\w)([A-Z][a-z]{2,}) \Z")
_VERB: Final = re.compile(r"\w+(?:ed|ing)", re.IGNORECASE)
_MEMBER: Final = re.compile(r"\.(?!v?\d|(?:patch|diff|txt|log|zip|png|jpg|tar|gz|tgz)\b)\w|::")
_HONOURED: Final = re.compile(r"-(?:san|sama|kun|chan|sensei)\b")
_AROUND: Final = 32
_STARTS: Final = re.compile(rf"(?<![^\W_])\S|[{IDEOGRAPHS}]")


def token_starts(folded: str) -> Iterator[int]:
    """Gives every place where a token may begin, in order, and few others."""
    return (found.start() for found in _STARTS.finditer(folded))


def is_token(folded: str, start: int, end: int) -> bool:
    """True unless a word goes on to either side; scripts without blanks have no such sides, emphasis is none."""
    return (is_ideographic(folded[start]) or not _goes_on(folded[max(start - 2, 0) : start][::-1])) and (
        is_ideographic(folded[end - 1]) or not _goes_on(folded[end : end + 2])
    )


def _goes_on(outside: str) -> bool:
    """Looks at the next two characters outwards: a letter goes on, `_` only if a letter follows."""
    return outside[:1].isalnum() or (outside[:1] == "_" and outside[1:].isalnum())


def is_handle(kind: Kind, text: str, start: int, end: int) -> bool:
    """Tells logins from words of code; true for all kinds that are judged by `is_name`."""
    if kind == "mention":
        return _is_mention(text, start, end)
    if kind == "words":
        return text[start:end].istitle() or text[start:end].isupper()
    if kind == "initial":
        return all(word[0].isupper() for word in re.split(r"\W+", text[start:end]) if word)
    return kind != "handle" or _is_free(text, start, end)


def _is_mention(text: str, start: int, end: int) -> bool:
    if _is_whole(text, start, end) or _MENTION.search(text, max(start - 14, 0), start):
        return True
    word = text[start:end].casefold()
    after = text[end : end + 1]
    told = word not in ORDINARY and word not in BESIDE and not word.isdigit() and len(word) > 2
    return (
        told and after in ("", " ", ")", "\n", ".", ",", ";") and bool(_LOGIN.search(text, max(start - 14, 0), start))
    )


def _is_whole(text: str, start: int, end: int) -> bool:
    """True for a text that is nothing but the name; texts may stand together, with a NUL between them."""
    begins = start == 0 or text.endswith("\0\n", 0, start)
    return begins and (end == len(text) or text.startswith("\n\0", end))


def _is_free(text: str, start: int, end: int) -> bool:
    """A login of letters only may be a word of code: `arun.call()`, `x-arun`."""
    if not text[start:end].isalpha():
        return True
    before, after = text[start - 1 : start], text[end : end + 2]
    # `HIVE-1.arun.patch`, `compare/trunk...arun:HIVE-1`
    if before == "." and (text[start - 2 : start - 1].isdigit() or text.endswith("...", 0, start)):
        before = ""
    if before in ("$", "#", ".", "\\") or (after and after[0] in "(="):
        return False
    return not _MEMBER.match(text, end)


def is_name(kind: Kind, text: str, start: int, end: int, known: set[str]) -> bool:
    """Tells a name that stands alone in prose from a word, a part of an identifier and another person's name.

    `known` holds all names of the issue's people, folded.
    """
    word = text[start:end]
    before = text[max(start - _AROUND, 0) : start]
    if not _is_apart(text, start, end):
        return False
    if is_ideographic(word[0]):
        return len(word) > 1
    addressed = _is_addressed(text, start, end, before) or (kind != "doubtful" and bool(_NAMED.search(before)))
    if not _is_capitalised(word) and not (addressed and kind != "doubtful"):
        return _is_lone_given(kind, word)
    if kind == "doubtful":
        return addressed and not _is_other(_NEXT_NAME.match(text, end), known)
    if _is_other(_NEXT_NAME.match(text, end), known):
        return False
    return kind != "family" or not _is_other(_NAME_BEFORE.search(before), known)


def _is_lone_given(kind: Kind, word: str) -> bool:
    return kind == "given" and len(word) > 4 and word.islower()


def _is_addressed(text: str, start: int, end: int, before: str) -> bool:
    if _ADDRESS.search(before) or _SIGNS.search(before) or _SPEAKS.match(text, end):
        return True
    return bool(_OPENS.search(before) and (_CALLS.match(text, end) or _LINE_ENDS.match(text, end)))


def _is_other(neighbour: re.Match[str] | None, known: set[str]) -> bool:
    """True if the capitalised word beside a name makes it another name."""
    if not neighbour:
        return False
    word = neighbour[1].casefold()
    return word not in known and word not in BESIDE and not _VERB.fullmatch(word)


def _is_capitalised(word: str) -> bool:
    """True for `Ann`, `McLee`, `ANNA`, and for scripts that have no capitals."""
    if word[0].upper() == word[0].lower():
        return len(word) > 2
    return word[0].isupper() and (word[1:] != word[1:].upper() or len(word) > 3)


def _is_apart(text: str, start: int, end: int) -> bool:
    """False for a part of a path, a call, an identifier or a word with hyphens."""
    before, after = text[start - 1 : start], text[end : end + 2]
    if before and before in "./\\#$=%&+":
        return before == "/" and re.search(r"(?:\s|\A)[^\W\d_]+/\Z", text[max(start - 24, 0) : start]) is not None
    if before == "-" and start > 1 and text[start - 2] not in "\n -":
        return False
    if after[:1] == "/":
        return re.match(r"/[^\W\d_]+(?:[\s,.:;]|\Z)", text[end : end + 24]) is not None
    if _HONOURED.match(text, end):
        return True
    return not (after[:1] and after[:1] in "(=\\$%") and not re.match(r"[.\-#]\w|:[/:\d]", after)
