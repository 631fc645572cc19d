"""What a comment shows that makes it worth learning or not: that it explains, that it only tells of an act, and so on.

Each sign is from 0 to 1. Most are looked for only where a word of theirs is there, and the longest list of words by
RE2, which it costs no more than one word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from math import log
from typing import Any, Final

import re2  # type: ignore[import-untyped]

from jira_crawler.tasks.answers import ROUTINE
from jira_crawler.tasks.asking import told_and_asked
from jira_crawler.text.fences import prose
from jira_crawler.text.words import each_word

READ: Final = 1_500  # characters of a comment
_RICH: Final = 61  # different words of its own that make a comment a long one


def _pattern(pattern: str) -> Any:
    return re2.compile(f"(?m){pattern}".encode())


LINK: Final = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)|https?://\S+")
_ACT: Final = _pattern(
    r"\bsvn ci\b|\b(?:committed|checked in|pushed|merged|applied|landed|backported)\b|\bin git master\b|\bgit-wip-us\b"
    r"|\b(?:verified|confirmed|tested) (?:the )?(?:as )?fix(?:ed)?\b|\b(?:fixed|resolved|done|changed|added|updated"
    r"|removed)[^.\n]{0,80}\b(?:in|with|by|as of) (?:r|rev\w*|revision|svn|trunk|commit)\W{0,2}\d*\b"
    r"|\bfix(?:ed)? (?:in|via) [\w.]*\d|\b(?:clos|resolv|mark)ing (?:this|as|it|the)?\b|\bresolved? as\b"
    r"|\bverify and close\b|\bpr(?:'s)?(?: was| is)? (?:created|merged|opened|submitted)"
    r"|\b(?:created?|opened|submitted|filed|raised|sent) (?:a |an |the )?(?:new )?(?:\[?pr\b|pull request"
    r"|github pr|patch)|^\W{0,4}(?:github )?prs?\b ?[:(-]|\bpull request\W+http"
    r"|^url: http\S+\s+log:|^modified:$"  # what svn says of a commit
    r"|\bi(?:'ve| have)? (?:just )?(?:added|moved|created|updated|fixed|committed|uploaded|attached|changed|removed)\b",
)
_FILE: Final = re.compile(
    r"\b(?:attach(?:ed|ing|ment)?s?|patch(?:es)? (?:to|for|fix\w*|with|that|attached)|(?:this|my|new|the|following)"
    r" patch|screenshots?|screen shot|uploaded|enclosed)\b|!\[[^\]]*\]\([^):]*\)|^patch\b",
    re.MULTILINE,
)
_PERSON: Final = re.compile(r"(?:\bcc|\bping)[:,]? @?user_\d|@user_\d+[,:]? (?:can|could|would|will|please|any)\b")
_ASKS_FOR: Final = re.compile(
    r"\b(?:please|can you|could you|would you|feel free to|kindly)\b[^.?!\n]{0,60}\b(?:provide|share|attach|send|upload"
    r"|post|offer|submit|test case|reproduc\w+|sample|logs?|patch|pr\b|confirm|verify|check|try (?:again|with)"
    r"|details?)|\bpatch(?:es)? (?:with unit tests )?(?:is|are) welcome|\bwe welcome patches|\bwelcome\b.{0,30}\bpatch"
)
# What becomes of the issue, of its change or of a letter about it, and not what it is about.
_PROCESS: Final = _pattern(
    r"\bverif(?:y|ied|ication)\b|\bfunctional(?:ly)? (?:tests?|reviews?)\b|\bprs?\b|\bpull requests?\b"
    r"|\breview(?:s|ed|ing|ers?)?\b|\b[cf]r\b|(?:^|[^<\w])e-?mail(?:ed)?\b|\btwitter\b|\bslack\b|\breleased\b"
    r"|\b(?:next|new|this|upcoming|coming) release\b|\bsprint\b|\bmilestone\b|\binclu(?:de|ded|sion) in \d"
    r"|\bclos(?:e|ing) (?:this|it|the|as)\b|\bclosed\b|\btickets?\b|\bsecurity level\b"
    r"|\b(?:will|'ll|let me|to) (?:\w+ )?(?:check|take a|look into|get back|submit|investigate)\b"
)
_PROCESS_FIRST: Final = re.compile(r"\W*(?:(?:i(?:'ve| have)? )?(?:verified|tested and|moving|closing|moved)|[cf]r\b)")
_SOCIAL_WORDS: Final = """
thanks thank thx hello hi hey regards cheers sorry welcome nice great awesome congrats appreciate oops asap
"""
_EXPLAINING_WORDS: Final = """
because since due caused causes reason therefore thus hence means implies otherwise however although whereas unless
rather instead depends expected turns
"""
_PROPOSING_WORDS: Final = """
should could would might may need needs must try use using workaround alternative alternatively suggest suggested
propose proposed proposal option better prefer recommend consider possible makes why
"""
_SOCIAL: Final = frozenset(_SOCIAL_WORDS.split())
_EXPLAINS: Final = frozenset(_EXPLAINING_WORDS.split())
_PROPOSES: Final = frozenset(_PROPOSING_WORDS.split())
_OPINION: Final = frozenset(["i", "imo", "imho", "my", "we"])
_LISTED: Final = re.compile(
    r"^[ \t>*|-]*(?:[\w./() -]{2,30}? *(?::|=|⇨)+ *\S|(?:project|commit|tree|diff|repository|branch|author|date|url|log"
    r"|modified|committer|authored|os|sdk|studio|node|xcode|cli)\b[\w .]{0,16}:).{0,90}$",
    re.MULTILINE,
)


# Words of which one is in all that these find, and beginnings of what those find: a quick look.
_ACT_WORDS: Final = """
svn committed checked pushed merged applied landed backported git fix fixed resolved done changed added updated removed
closing resolving marking verify pr prs create created opened submitted filed raised sent pull moved uploaded attached
modified
"""
_FILE_WORDS: Final = """
attach attached attaching attachment attachments patch patches screenshot screenshots shot uploaded enclosed
"""
_PROCESS_WORDS: Final = """
verify verified verification functional functionally pr prs pull review reviews reviewed reviewing reviewer reviewers
cr fr email emailed mail mailed twitter slack release released sprint milestone include included inclusion close closing
closed moving moved tested ticket tickets security check take look get submit investigate
"""
_OF_ACTS: Final = frozenset(_ACT_WORDS.split())
_OF_FILES: Final = frozenset(_FILE_WORDS.split())
_OF_PROCESS: Final = frozenset(_PROCESS_WORDS.split())
_OF_CALLS: Final = frozenset(["cc", "ping"])
_ASKING: Final = ("please", "can you", "could you", "would you", "feel free", "kindly", "welcome")


@lru_cache(maxsize=64)
def signs(answer: str) -> Mapping[str, float]:
    """What a comment shows, of what counts for it and against it, each from 0 to 1."""
    text = answer[:READ]
    as_written = prose(text)
    said = as_written.lower()
    links = len(LINK.findall(said)) if "://" in said or "](" in said else 0
    bare = LINK.sub(" ", said) if links else said
    listed = sum(len(line[0]) for line in _LISTED.finditer(bare)) if _may_list(bare) else 0
    unlisted = _LISTED.sub(" ", bare) if listed else bare
    own = each_word(unlisted)
    different = set(own)
    told, asked, requests = told_and_asked(unlisted)
    proposed = each_word(told) if requests else own
    content = different - ROUTINE
    words = max(len(own), 1)
    found = _counts(set(each_word(said)) if listed else different, said)
    code = as_written.count("`") // 2 + as_written.count("()")
    return {
        "length": min(log(1 + len(content)) / log(_RICH), 1.0),
        "explains": min(_many(proposed, different, _EXPLAINS) / 2, 1.0),
        "proposes": min(_many(proposed, different, _PROPOSES) / 2, 1.0),
        "opinion": min(_many(proposed, different, _OPINION) / 2, 1.0),
        "code": min(code / 2 + (len(as_written) < len(text)), 1.0),
        "question": min(told.count("?"), 1),
        "act": min(found["act"] * 25 / (words + 12), 1.0),
        "link": min(links * 12 / (words + 8), 1.0),
        "file": min(found["file"] * 20 / (words + 12), 1.0),
        "person": min(found["person"], 1),
        "asks for": min(max(found["asks for"] * 20, 3 * asked) / (words + 10), 1.0),
        "process": min(found["process"] * 20 / (words + 12), 1.0),
        "social": min(_many(own, different, _SOCIAL) * 12 / (words + 6), 1.0),
        "routine": 1 - len(content) / max(len(different), 1),
    }


def _may_list(text: str) -> bool:
    return text.count(":") + text.count("=") + text.count("⇨") > 1


def _many(words: list[str], different: set[str], wanted: frozenset[str]) -> int:
    """How many of the words are wanted."""
    return 0 if different.isdisjoint(wanted) else sum(map(wanted.__contains__, words))


def _counts(words: set[str], said: str) -> dict[str, int]:
    acts = not words.isdisjoint(_OF_ACTS)
    files = not words.isdisjoint(_OF_FILES) or "![" in said
    called = "@user_" in said or not words.isdisjoint(_OF_CALLS)
    handled = not words.isdisjoint(_OF_PROCESS)
    asked = any(map(said.__contains__, _ASKING))
    return {
        "act": len(_ACT.findall(said.encode("utf-8", "replace"))) if acts else 0,
        "file": len(_FILE.findall(said)) if files else 0,
        "person": len(_PERSON.findall(said)) if called else 0,
        "asks for": len(_ASKS_FOR.findall(said)) if asked else 0,
        "process": _handling(said) if handled else 0,
    }


def _handling(said: str) -> int:
    """How often the process is spoken of; what begins with it is mostly about nothing else."""
    begins = 2 if _PROCESS_FIRST.match(said) else 0
    return begins + len(_PROCESS.findall(said.encode("utf-8", "replace")))
