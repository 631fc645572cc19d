"""What a text is looked up by: its words, and the names of code in it. The same for documents, questions and engines.

An engine gets words with one space between, so that no engine's own idea of a word matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, islice
from typing import Final
from unicodedata import normalize

from jira_crawler.text.words import each_word

LONGEST: Final = 100  # characters of a word: what is longer is found by these
MOST: Final = 2_000  # names of one issue, and their parts
_SPACED: Final = bytes(code if code in b"._" or (code < 128 and chr(code).isalnum()) else 32 for code in range(256))
_LONGEST_NAME: Final = 1_000  # characters of what may be one
_HUMPED: Final = re.compile("[a-z][A-Z]|[A-Z]{2}[a-z]")
_NAME: Final = re.compile(rf"{_HUMPED.pattern}|[A-Za-z][A-Za-z0-9]*[._][A-Za-z]")
_HUMP: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(text: str) -> list[str]:
    """Gives the words of a text in lower case, in order; each sign of a script without spaces is one."""
    found = each_word((text if text.isascii() else normalize("NFKC", text)).casefold())
    return [word[:LONGEST] for word in found] if max(map(len, found), default=0) > LONGEST else found


def tokenized(text: str) -> str:
    """Gives the words of a text with one space between."""
    return " ".join(words(text))


def code_names(texts: Iterable[str]) -> str:
    """Gives the names of code in some texts, each once, followed by the words that it is made of.

    A name has a hump, or a point or an underscore inside: `LogCleaner` gives `logcleaner log cleaner`, `log.flush.ms`
    itself. In a text that is split at points and underscores, its parts are words anyway.
    """
    spaced = "\n".join(texts).encode("ascii", "replace").translate(_SPACED).decode()
    each = chain.from_iterable(map(_named, dict.fromkeys(spaced.split())))
    return " ".join(islice(dict.fromkeys(each), MOST))


def code_name(text: str) -> str:
    """Gives a name of code as it is looked up, "" where a text is none that can be."""
    text = text.strip()
    return text.casefold()[:LONGEST] if text.isascii() and not any(map(str.isspace, text)) else ""


@lru_cache(maxsize=1 << 16)  # the same words and names stand in one issue after the other
def _named(name: str) -> tuple[str, ...]:
    """Gives a name and its parts; nothing for what is none, such as the end of a sentence, or a number."""
    if not _NAME.search(name) or len(name) > _LONGEST_NAME:
        return ()
    name = name.strip("._")
    found = [name.lower()[:LONGEST]]
    for part in filter(None, name.replace("_", ".").split(".")):
        if part != name:
            found.append(part.lower()[:LONGEST])
        if _HUMPED.search(part):
            found += [hump.lower()[:LONGEST] for hump in _HUMP.findall(part)]
    return tuple(found)
