"""Tells the language of what people wrote, code and logs left aside; says nothing where there is too little to tell."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from jira_crawler.items import LANGUAGES, Issue
from jira_crawler.text.fences import prose
from jira_crawler.text.logs import is_log_line

if TYPE_CHECKING:
    from fasttext.FastText import _FastText

_READ: Final = 2_000  # characters of a text that are looked at …
_ENOUGH: Final = 300  # … and of its words, so that a long issue costs no more than a page
_FEWEST_WORDS: Final = 8
_FEWEST_LETTERS: Final = 40
_FEWEST_SIGNS: Final = 12  # where a sign says as much as half a word
# The model's probability. Jargon makes it unsure of English, which nearly all trackers are kept in: there it is enough
# that no other language is half as likely.
_SURE: Final = 0.5
_LIKELIEST: Final = 5  # languages that are asked for, since some are not on the list
_SHOUTED: Final = 0.8  # of the letters
_TOO_SHORT_TO_SHOUT: Final = 5  # characters

# No other language has these. Most trackers are kept in English, and asking the model costs as much as redaction does.
_SMALL_WORDS = "the and of this that with from when which are should would have been there what how because does"
_ENGLISH: Final = frozenset(_SMALL_WORDS.split())
_SHARE: Final = 8  # one word of so many is among them in any English prose
_DISTINCT: Final = 3

_ASIDE = re.compile(r"`[^`\n]*`|<[^<>\n]{1,80}>|\]\([^()\s]*\)|\b(?:https?|ftp|file)://\S+|\buser_\d+\b|!\[")
_MAY_BE_ASIDE: Final = ("`", "<", "](", "://", "user_", "![")  # one of these stands in all that is: a quick look
# What stands in names, paths, calls, versions and marks of Markdown, and not in words.
_TECHNICAL = re.compile(r"[0-9_./\\:=<>@#$%&{}\[\]()|~^*+`]|[a-z][A-Z]")
_AROUND: Final = ".,;:!?\"'()[]*_>-–—…“”„«»‘’"
SIGN = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def language(text: str) -> str:
    """The ISO 639-1 code of the words of a Markdown text; "" where they are few or the model is not sure."""
    return _identified(words(text))


def issue_language(issue: Issue) -> str:
    """The language of title, description and the first comments, as far as needed to tell."""
    found: list[str] = []
    bodies = [issue.description, *(comment.body for comment in issue.comments)]
    for text in (issue.title, *(body.source for body in bodies if body)):
        found += words(text)
        if sum(map(len, found)) >= _ENOUGH:
            break
    return _identified(found)


def words(text: str) -> list[str]:
    """The first words of prose, without code, log lines, links, marks and names of a technical look."""
    found: list[str] = []
    size = length = 0
    for line in prose(text[:_READ]).split("\n"):
        if not line or is_log_line(line):
            continue
        for token in (_ASIDE.sub(" ", line) if any(map(line.__contains__, _MAY_BE_ASIDE)) else line).split():
            # As most words are: nothing to strip, nothing technical.
            plain = token.isalpha() and (token.islower() or token[1:].islower())
            word = token if plain else token.strip(_AROUND)
            if plain or (word and not _TECHNICAL.search(word)):
                found.append(word)
                length += len(word)
                if length >= _ENOUGH and len(found) >= _FEWEST_WORDS:
                    return found
        size += len(line)
        if size >= 2 * _ENOUGH and length >= _ENOUGH:
            break
    return found


def _identified(found: list[str]) -> str:
    text = " ".join(found)[:_ENOUGH]
    few = len(found) < _FEWEST_WORDS or len(text) - text.count(" ") < _FEWEST_LETTERS
    if few and len(SIGN.findall(text)) < _FEWEST_SIGNS:
        return ""
    if _is_plainly_english(found, text):
        return "en"
    known = [(code, probability) for code, probability in _likeliest(text) if code in LANGUAGES]
    (code, probability), (_, next_best) = (*known, ("", 0.0), ("", 0.0))[:2]
    sure = probability >= 2 * next_best if code == "en" else probability >= _SURE
    return code if sure else ""


def _is_plainly_english(found: list[str], text: str) -> bool:
    small = [word for word in map(str.lower, found) if word in _ENGLISH]
    return text.isascii() and _SHARE * len(small) >= len(found) and len(set(small)) >= _DISTINCT


def _likeliest(text: str) -> list[tuple[str, float]]:
    """The likeliest languages with their probabilities; what is nearly all capitals is taken for small letters.

    The model has seen few capitals, and takes them for Japanese.
    """
    capitals = sum("A" <= letter <= "Z" for letter in text)
    letters = capitals + sum("a" <= letter <= "z" for letter in text)
    if text.isupper() or (capitals > _SHOUTED * letters and len(text) > _TOO_SHORT_TO_SHOUT):
        text = text.lower()
    labels, probabilities = model().predict(text.encode("utf-8", "replace").decode(), k=_LIKELIEST)
    return [
        (label.removeprefix("__label__"), min(probability, 1.0))
        for label, probability in zip(labels, probabilities, strict=True)
    ]


@cache
def model() -> _FastText:
    """The small model, which lies beside this: one megabyte, never changed, so that threads may share it."""
    from fasttext import load_model  # only who refines is to pay for it

    with as_file(files("jira_crawler.text").joinpath("lid.176.ftz")) as path:
        return load_model(str(path))
