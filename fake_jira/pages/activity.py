"""The activity panel: its tabs, and what the open one holds."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import NamedTuple

from fake_jira.data.dates import instant
from fake_jira.exchange import Request
from fake_jira.pages.comments import Comments
from fake_jira.pages.history import change, created, work
from fake_jira.pages.parts import Json

_SYSTEM = "com.atlassian.jira.plugin.system.issuetabpanels"
_TABS = (
    (f"{_SYSTEM}:all-tabpanel", "All"),
    (f"{_SYSTEM}:comment-tabpanel", "Comments"),
    (f"{_SYSTEM}:worklog-tabpanel", "Work Log"),
    (f"{_SYSTEM}:changehistory-tabpanel", "History"),
    ("com.atlassian.streams.streams-jira-plugin:activity-stream-issue-tab", "Activity"),
    ("com.googlecode.jira-suite-utilities:transitions-summary-tabpanel", "Transitions"),
)
_KEYS = dict(_TABS)
ALL, COMMENTS, WORK, HISTORY = (key for key, _ in _TABS[:4])


class View(NamedTuple):
    """What is asked of the panel. It tells of comments on two of its tabs."""

    tab: str
    newest_first: bool
    show_all: bool

    @classmethod
    def of(cls, request: Request) -> View:
        tab = request.get("page")
        show_all = request.get("showAll") == "true"
        return cls(tab if tab in _KEYS else COMMENTS, request.get("actionOrder") == "desc", show_all)

    @property
    def tells_comments(self) -> bool:
        return self.tab in (ALL, COMMENTS)

    def query(self) -> str:
        """The same view again, as the query of an address."""
        found = {"page": self.tab} | ({"showAll": "true"} if self.show_all else {})
        found |= {"actionOrder": "desc"} if self.newest_first else {}
        return "&".join(f"{name}={value}" for name, value in found.items())


@dataclass(frozen=True, slots=True)
class Told:
    """What an issue's panel may tell of: its whole lists, oldest first."""

    fields: Json
    comments: list[Json]
    worklogs: list[Json]
    histories: list[Json]


def panel(told: Told, view: View, comments: Comments, chance: random.Random) -> str:
    """The tabs, and the open one's content in its container."""
    return framed(comments.key, view, _content(told, view, comments, chance))


def framed(key: str, view: View, content: str) -> str:
    """The tabs around a content that is ready, or still to be loaded."""
    return (
        f'{_tabs(key, view)}\n<div class="issuePanelWrapper"><div class="issuePanelProgress"></div>\n'
        f'<div class="issuePanelContainer" id="issue_actions_container">\n{content}\n</div></div>'
    )


def _tabs(key: str, view: View) -> str:
    items = "\n".join(_tab(f"/browse/{key}?page={name}", name, label, name == view.tab) for name, label in _TABS)
    now, other, order = ("De", "a", "asc") if view.newest_first else ("A", "de", "desc")
    title = f"{now}scending order - Click to sort in {other}scending order"
    sort = (
        f'<a class="issue-activity-sort-link ajax-activity-content" rel="nofollow" data-tab-sort="" '
        f'data-order="{order}" href="/browse/{key}?actionOrder={order}" title="{title}"><span>{title}</span></a>'
    )
    tabs = f'<ul role="tablist" id="issue-tabs" class="tabs-menu">\n{items}\n</ul>'
    return f'<div class="tabwrap tabs2">{tabs}<div class="sortwrap">{sort}</div></div>'


def _tab(href: str, key: str, label: str, active: bool) -> str:
    id_ = key.rpartition(":")[2]
    data = f'data-id="{id_}" data-key="{key}" data-label="{label}" data-href="{href}"'
    if active:
        return f'<li class="active" id="{id_}" {data}><strong tabindex="0">{label}</strong></li>'
    link = f'<a class="ajax-activity-content" id="{id_}" href="{href}"><strong>{label}</strong></a>'
    return f'<li class="menu-item" {data}>{link}</li>'


def _content(told: Told, view: View, comments: Comments, chance: random.Random) -> str:
    if view.tab == COMMENTS:
        return comments.panel(told.comments, view.newest_first, view.show_all)
    blocks = [block for _, block in sorted(_events(told, view.tab, comments, chance), key=lambda event: event[0])]
    if not blocks:
        nothing = "No work has yet been logged on this issue." if view.tab == WORK else "There is nothing here."
        return f'<div class="message-container">{nothing}</div>'
    return "\n".join(blocks[::-1] if view.newest_first else blocks)


def _events(told: Told, tab: str, comments: Comments, chance: random.Random) -> list[tuple[int, str]]:
    """When, and the block that tells of it."""
    found: list[tuple[int, str]] = []
    if tab in (ALL, HISTORY):
        found.append((instant(told.fields.get("created")), created(told.fields, chance)))
        found += [(instant(one.get("created")), change(one, chance)) for one in told.histories]
    if tab in (ALL, WORK):
        found += [(instant(one.get("started")), work(one, chance)) for one in told.worklogs]
    if tab == ALL:
        found += [(instant(one.get("created")), comments.block(one)) for one in told.comments]
    return found
