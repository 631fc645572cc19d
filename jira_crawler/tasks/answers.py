"""Which comments are worth learning as an answer, and what each of them answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, Literal

from jira_crawler.items import Comment, Issue
from jira_crawler.tasks.instructions import lot
from jira_crawler.tasks.once import once
from jira_crawler.tasks.thread import said
from jira_crawler.tasks.timeline import resolving_comment
from jira_crawler.text.words import each_word

Role = Literal["first_reply", "resolving_comment", "next_comment"]

LONGEST_ANSWER: Final = 8_000  # characters; beyond it a comment is a log, not an answer
PROSE_WORDS: Final = 3  # outside code
CONTENT_WORDS: Final = 4  # different ones that are not routine
MOST_TOKENS: Final = 500  # who has said nothing by then is listing something
MOST_NEXT: Final = 30  # next comments an issue, so that one endless thread is not the half of a feed

_FENCES: Final = ("```", "~~~")
_NOT_SAID: Final = ("@", "<", "user_")
_MAY_NOT_BE_SAID: Final = ("-", "@", "<", "://", "](", "user_")  # a quick look: `-` is in every key
_AT_ONCE: Final = 16  # tokens: mostly enough to tell
_CHARACTERS: Final = 16  # for each word that is looked for: half of what people write is routine
_FEWEST_WORDS: Final = 8  # that are looked for at once
_VERSION: Final = re.compile(r"\d\.\w")
_LONGEST_VERSION: Final = 48  # characters of a line such as `Node Version: 6.10.3 (x64)`
_VERSION_TOKENS: Final = 6
_KEY: Final = re.compile(r"\W{0,3}[A-Z][A-Z0-9_]{1,20}-\d+\b")
# Words that are said in any thread whatever it is about make no answer. Small words of English, and those that move
# tickets, merge, test and thank.
_SMALL: Final = """
a about above after again all already also am an and any are as at back be because been before being below but by
can could did do does done for from get got had has have he hello her here hey hi his how i if in into is it its
just know let like ll m make may me might more most my need needs no not now of off ok okay on once one only or our
out over per please pls re s same see seems she should so some soon still such sure t than that the their them then
there these they this those thx to too try up us ve very was we were what when where which while who why will with
would yes yet you your
"""
_BUSY: Final = """
accidentally added affected agreed appreciate approve approved asap assign assigned assigning attach attached
attaching attachment available awesome backport backported backporting branch build bump cc cherry ci clean cleaning
clone close closed closes closing code comment comments commit commits committed committing complete completed
confirm confirmed correct correctly cr created days description discussed dupe duplicate duplicated duplicates edit
error eta everyone expected file files final fine fix fixed fixes fixing folks follow following followup forward fr
ft functional further github go good great guys happy help hope incorrect info information internal invalid issue
issues jira job latest lgtm link linked links log logged longer look looking looks main master merge merged merges
merging mistake month months move moved moving new news next nice older open opened original passed passes passing
patch patches pending pick picked pr progress prs public pull push pushed qa qe r ready reassign reassigned
reassigning release released remaining removed removing reopen reopened reopening report reported reporter request
requests resolve resolved resolves resolving retest review reviewed reviewer reviewing reviews revision sample
screenshot screenshots sir sorry sounds sprint stale status steps story submitted subtask take team test tested
testing tests thank thanks ticket tickets time today tomorrow trunk update updated updates updating uploaded valid
verification verified verify verifying version waiting week weeks wip wontfix work worked working works wrong x year
yesterday
"""
ROUTINE: Final = frozenset((_SMALL + _BUSY).split())


@once
def answers(issue: Issue) -> Sequence[tuple[Role, int, tuple[Comment, ...]]]:
    """Each comment of substance once: what it is, its place in the thread, and the thread."""
    thread = said(issue)
    worth = [at for at, comment in enumerate(thread) if is_answer(comment.body.source)]
    resolving = resolving_comment(issue, (thread[at] for at in worth))
    reply = next((at for at, c in enumerate(thread) if c.author is None or c.author != issue.reporter), None)
    special: dict[int, Role] = {at: "first_reply" for at in worth if at == reply}
    special |= {at: "resolving_comment" for at in worth if thread[at] is resolving}
    rest = [at for at in worth if at not in special]
    if len(rest) > MOST_NEXT:
        rest = sorted(rest, key=lambda at: lot(issue, "next", thread[at].id))[:MOST_NEXT]
    kept = special | dict.fromkeys(rest, "next_comment")
    return tuple([(kept[at], at, thread) for at in sorted(kept)])


def is_answer(text: str) -> bool:
    """True if a comment says something of its own, and is not too long to be one."""
    return len(text) <= LONGEST_ANSWER and is_own(text)


@lru_cache(maxsize=256)
def is_own(text: str) -> bool:
    """True if a comment says something of its own: not `PR merged`, a bare link, a quotation, a log or a thank-you."""
    prose, left, content = 0, MOST_TOKENS, set[str]()
    for tokens, in_code in _own_tokens(text):
        found = each_word(" ".join(tokens[:left]).lower())
        prose += 0 if in_code else len(found)
        content.update([word for word in found if word not in ROUTINE and not word[0].isdigit()])
        left -= len(tokens)
        if prose >= PROSE_WORDS and len(content) >= CONTENT_WORDS:
            return True
        if left <= 0:
            break
    return False


def own_words(text: str, most: int) -> int:
    """How many different words of its own a text has, code among them, at most `most`: routine and numbers are none."""
    content, waiting, room = set[str](), list[str](), _CHARACTERS * most
    for line, _ in _own_lines(text):
        waiting.append(line)
        room -= len(line)
        if room <= 0:
            content |= _content(waiting)
            if len(content) >= most:
                return most
            waiting, room = [], _CHARACTERS * max(most - len(content), _FEWEST_WORDS)
    return min(len(content | _content(waiting)), most)


def _content(lines: list[str]) -> set[str]:
    different = set(each_word("\n".join(lines).lower())) - ROUTINE
    return {word for word in different if not word[0].isdigit()}


def _own_tokens(text: str) -> Iterator[tuple[list[str], bool]]:
    """What stands between blanks in its own lines, some at a time, and whether it is code."""
    for line, in_code in _own_lines(text):
        tokens = line.split()
        if len(tokens) <= _AT_ONCE:
            yield tokens, in_code
        else:
            for at in range(0, len(tokens), _AT_ONCE):
                yield tokens[at : at + _AT_ONCE], in_code


def _own_lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines that say something, and whether each is code.

    Without quoted lines and lines that name a version, links, mentions, keys of issues, marks and people.
    """
    in_code = False
    may_not_be_said = [sign for sign in _MAY_NOT_BE_SAID if sign in text]
    for line in map(str.lstrip, text.split("\n")):
        if not line:
            continue
        first = line[0]
        if first in "`~" and line.startswith(_FENCES):
            in_code = not in_code
        elif not (first == ">" or (len(line) <= _LONGEST_VERSION and "." in line and _is_version(line))):
            for sign in may_not_be_said:
                if sign in line:
                    line = " ".join([token for token in line.split() if token.isalnum() or _is_said(token)])
                    break
            yield line, in_code


def _is_said(token: str) -> bool:
    return not ("://" in token or "](" in token or token.startswith(_NOT_SAID) or ("-" in token and _KEY.match(token)))


def _is_version(line: str) -> bool:
    return _VERSION.search(line) is not None and len(line.split()) <= _VERSION_TOKENS
