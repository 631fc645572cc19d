"""The pages that a Jira shows to people, for where it does not answer programs.

Two generations of markup are read: Jira 7 and 8, which show each comment twice, and 9. What is stored is what was
served, so that a better reader can read it again. What an issue has otherwise than by REST, for no page shows it:

- texts in the markup that they were written in: description, environment and comments are HTML here;
- the key of a person, only the login: both `id` and `login` are that; who is not linked is nobody;
- the milliseconds of any date, and when a comment was edited, unless the page dates that, too;
- the names of link types; which end of a link this is shows in the phrase, and is guessed from its English;
- the exact size of an attachment;
- of the history, which of two fields of one name changed, and the names of system fields where it is not in English;
- the length of worklogs in days and weeks (0 here), for how long a day is nobody says;
- custom fields, but for a release note.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from jira_crawler.exceptions import Malformed, Unreadable
from jira_crawler.items import Issue, RawIssue
from jira_crawler.trackers.contract import IssueHead, Query, Truncation
from jira_crawler.trackers.jira_html import issue as issue_page
from jira_crawler.trackers.jira_html.reading import Reading, Served, decoded
from jira_crawler.trackers.jira_html.refusal import Moved, whole_fragment, whole_page
from jira_crawler.trackers.jira_html.tree import parse, when

_PANEL: Final = "com.atlassian.jira.plugin.system.issuetabpanels:{}-tabpanel"
_BY_SCRIPT: Final = (("X-Requested-With", "XMLHttpRequest"),)
# Where an issue was read, by whom and what follows from the rest; what was served holds tokens and counts of looks.
_NOT_SHOWN: Final = frozenset({"site", "url", "cut", "raw", "original", "version"})


@dataclass(frozen=True, slots=True)
class Shown:
    """An issue as its page shows it so far: `created` and `updated` in epoch milliseconds.

    `wants` names the panels to ask for, `needs_browser` says that comments are left that no panel brings; `cut` names
    the lists that are short at this moment, and `cuts` counts the comments where the page tells how many there are.
    """

    id: str
    key: str
    created: int
    updated: int
    payload: bytes
    wants: tuple[str, ...] = ()
    needs_browser: bool = False
    cut: tuple[str, ...] = ()
    cuts: tuple[Truncation, ...] = ()


@dataclass(frozen=True, slots=True)
class JiraPage:
    """Reads the issue pages of the Jira at `base`."""

    base: str
    dialect: str = "page"

    def ask(self, key: str) -> Query:
        return Query(f"{self.base}/browse/{key}")

    def panel(self, key: str, which: str) -> Query:
        """Asks for a panel: `comment` (with the older ones), `changehistory`, `worklog`, or `all` of these in one."""
        everything = (("showAll", "true"),) if which == "comment" else ()
        return Query(f"{self.base}/browse/{key}", (("page", _PANEL.format(which)), *everything), headers=_BY_SCRIPT)

    def read(self, body: bytes, key: str) -> Shown:
        """Reads a page that was asked for by key; raises Unreadable, and Moved if it is another issue's."""
        return _shown(Served(whole_page(body)), key)

    def join(self, shown: Shown, which: str, body: bytes) -> Shown:
        """Adds a panel to a page; raises Unreadable for one that is none, and the page stays as it was."""
        served = decoded(shown.payload)
        panel = whole_fragment(body)
        if why := issue_page.no_panel(parse(panel)):
            raise Unreadable(why)
        return _shown(Served(served.page, served.panels | {which: panel}), shown.key)

    def read_issue(self, raw: RawIssue) -> Issue:
        """Reads what was served once more; raises Malformed with the reason."""
        try:
            return issue_page.read_issue(raw, Reading.of(decoded(raw.payload)))
        except (msgspec.MsgspecError, Unreadable, RecursionError) as error:
            raise Malformed(str(error)) from error

    def read_head(self, raw: RawIssue) -> IssueHead | None:
        """A page has to be read whole."""
        return None

    def lasting(self, issue: Issue) -> dict[str, Any]:
        """Gives what an issue says, which is the same for every page of it while nobody changes it."""
        names = [name for name in issue.__struct_fields__ if name not in _NOT_SHOWN]
        return {name: msgspec.to_builtins(getattr(issue, name)) for name in names}


def _shown(served: Served, key: str) -> Shown:
    reading = Reading.of(served)
    if reading.key.upper() != key.upper():
        raise Moved(key, reading.key)
    created, updated = (when(reading.places.at(f"{name}-val")) for name in ("created", "updated"))
    if reading.lacking or not created:
        raise Unreadable(f"half a page: it shows no {', no '.join(reading.lacking)}")
    short = Truncation("comment", len(reading.comments), reading.announced_comments)
    return Shown(
        id=reading.id,
        key=reading.key,
        created=int(created.timestamp() * 1000),
        updated=int((updated or created).timestamp() * 1000),
        payload=msgspec.json.encode(served),
        wants=reading.wants,
        needs_browser=reading.needs_browser,
        cut=reading.cut,
        cuts=(short,) if short.have < short.total else (),
    )
