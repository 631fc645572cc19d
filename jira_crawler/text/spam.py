"""Reports that are none: somebody advertises under a telephone number or a link, or only insults.

Few rules, each of which has to be sure: a report that is rejected wrongly is worse than an advertisement that stays.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import normalize

from jira_crawler.items import Issue
from jira_crawler.text.fences import prose
from jira_crawler.text.words import words

_LONGEST_TITLE: Final = 300  # characters looked at
_LONGEST_INSULT: Final = 40  # words of a report that is nothing else
_SEVERAL: Final = 2
_JOINT: Final = r"[\s()*_~.–—-]{1,4}"
# A number as one calls it in America, in groups; advertisers leave digits out to be different.
_NUMBER: Final = re.compile(
    rf"(?<![\w.,:/#-])[+(]{{0,2}}(?:1{_JOINT}\(?[2-9]\d{{1,3}}\)?{_JOINT}\d{{2,4}}{_JOINT}\d{{4}}"
    rf"|\(?[2-9]\d\d\)?{_JOINT}\d{{3}}{_JOINT}\d{{4}}|1?8(?:00|33|44|55|66|77|88)\d{{7}})(?![\w,:/#]|\.\d)"
)
_SERVICE: Final = re.compile(
    r"\b(?:(?:customer|tech|technical|phone|live|contact|team|help) (?:care|service|support|number|desk|chat)"
    r"|help ?line|hotline|toll[ -]?free|(?:support|help|contact|service|phone|telephone|helpdesk) (?:phone )?number"
    r"|call (?:now|us)|customer service)\b",
    re.IGNORECASE,
)
# What trackers of software never are about; one word alone may be the name of a product.
_GOODS: Final = re.compile(
    r"\b(?:call girls?|escorts? (?:services?|girls?|in [A-Z]\w+)|viagra|cialis|(?:online|live) casino|payday loans?"
    r"|love spells?|vashikaran|black magic (?:specialist|removal)|(?:keto|cbd) (?:gummies|pills|oil)"
    r"|weight loss (?:pills?|supplements?)|essay writing services?|assignment help|fake (?:ids?|passports?|diplomas?)"
    r"|buy .{1,30} (?:followers|backlinks|reviews)|(?:bitcoin|crypto) recovery (?:expert|service)s?)\b",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"https?://|www\.", re.IGNORECASE)
# A report about numbers or advertisements says what is wrong with them.
_REPORT: Final = re.compile(
    r"\b(?:error|exceptions?|fail(?:s|ed|ure)?|bugs?|crash\w*|null|invalid|valid\w*|wrong|incorrect\w*|broken|missing"
    r"|doesn'?t|don'?t|can'?t|cannot|not|should|unable|fix\w*|add|remove|implement\w*|pars\w+|format\w*|regex\w*|fields?"
    r"|api|test\w*|unit|column|record|filter\w*|detect\w*|display\w*|shown?|when|after|version|upgrade)\b",
    re.IGNORECASE,
)
_INSULT: Final = re.compile(
    r"\b(?:fuck(?:s|ers?|ing|ed)?|motherfuck\w*|assholes?|cunts?|bitch(?:es)?|faggots?|niggers?|wankers?|dickheads?"
    r"|shitheads?|bullshit|retards?|piece of shit)\b",
    re.IGNORECASE,
)


def unwanted(issue: Issue) -> str:
    """Says why a report is none, `spam` or `abuse`; "" for all others."""
    title = normalize("NFKC", issue.title[:_LONGEST_TITLE])
    if _is_spam(title, issue):
        return "spam"
    return "abuse" if _INSULT.search(title) and _is_abuse(title, issue) else ""


def _is_spam(title: str, issue: Issue) -> bool:
    if any(map(str.isdigit, title)) and (number := _NUMBER.search(title)):
        rest = title[: number.start()] + " " + title[number.end() :]
        alone = not any(map(str.isalnum, title[: number.start()])) and number[0].lstrip("+( ").startswith("1")
        if ((alone and _is_headline(rest)) or _SERVICE.search(rest)) and not _REPORT.search(rest):
            return any(map(str.isalpha, rest))
    if not _GOODS.search(title) or _REPORT.search(title):
        return False
    return issue.description is not None and _LINK.search(issue.description.source) is not None


def _is_headline(text: str) -> bool:
    """Whether all words but `to`, `for` and the like begin large, as in an advertisement."""
    return not any(word.islower() and len(word) > 3 for word in text.split())


def _is_abuse(title: str, issue: Issue) -> bool:
    report = f"{title}\n{prose(issue.description.source) if issue.description else ''}"
    return len(words(report).split()) <= _LONGEST_INSULT and (
        len(_INSULT.findall(report)) >= _SEVERAL or not _REPORT.search(report)
    )
