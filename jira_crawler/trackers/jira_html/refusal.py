"""Why an answer is no issue page, in a few words; half a page is none."""

from __future__ import annotations

import re
from typing import Final

from parsel import Selector

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira_html.tree import first, line

_LOGIN: Final = (
    "#login-form, #login-form-username, form[name='loginform'], form[action*='login.jsp'], "
    "input[name='os_username'], input[name='os_password'], input[type='password']"
)
_AT_WORK: Final = re.compile(
    r"maintenance|(?:temporarily|currently) (?:unavailable|down|offline)|service unavailable|\bis (?:locked|starting)\b"
    r"|starting up|access constraints|be(?:en|ing)? (?:right )?back|being (?:upgraded|restarted|re-?indexed)",
    re.IGNORECASE,
)
_NOT_THERE: Final = re.compile(
    r"issue (?:does not exist|not found)|can(?:.|no)t (?:be viewed|view this issue)"
    r"|(?:n.t|not) have (?:the )?permission",
    re.IGNORECASE,
)
_TAIL: Final = 4096  # proxies and Jira itself write comments behind the end
_OPENED: Final = re.compile(r"<div\b", re.IGNORECASE)
_CLOSED: Final = re.compile(r"</div\b", re.IGNORECASE)


class Moved(Unreadable):
    """A page of another issue than was asked for: it moved, and `key` is what it is called now."""

    def __init__(self, asked: str, key: str):
        super().__init__(f"{asked} is {key} now")
        self.key = key


def whole_page(body: bytes) -> str:
    """Gives a page as text; raises Unreadable where it is empty, no HTML, or ends before its end."""
    text = _markup(body)
    if "</html" not in text[-_TAIL:].lower():
        raise Unreadable("half a page: it breaks off before its end")
    return text


def whole_fragment(body: bytes) -> str:
    """Gives a panel as text; raises Unreadable as above. A fragment has no end of its own, but what it opens it closes.

    Text within it is escaped, so that a `<div` is a tag.
    """
    text = _markup(body)
    if not text.rstrip().endswith(">") or len(_OPENED.findall(text)) > len(_CLOSED.findall(text)):
        raise Unreadable("half a panel: it breaks off before its end")
    return text


def reason(page: Selector) -> str:
    """Says what a page is that is not an issue's, in words that are the same for all such pages and quote none."""
    if page.css(_LOGIN) or line(first(page, "title")).lower().startswith("log in"):
        return "a login form"
    words = " ".join(page.xpath("/descendant::text()[not(parent::script or parent::style)]").getall()[:400])[:4000]
    if _NOT_THERE.search(words):
        return "no such issue, or none for us"
    if _AT_WORK.search(words):
        return "a maintenance page"
    return "not the markup of an issue page: it names no key"


def _markup(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if not text.strip():
        raise Unreadable("an empty page")
    if "<" not in text:
        raise Unreadable("no page at all")
    return text
