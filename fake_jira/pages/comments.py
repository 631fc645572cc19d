"""The comments of an issue as the activity panel shows them, in either generation of markup."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from fake_jira.pages.bodies import rendered
from fake_jira.pages.parts import Json, dated, explicit, profile, text

_TAG = re.compile(r"<[^<>]*>")
_TAB = "com.atlassian.jira.plugin.system.issuetabpanels:comment-tabpanel"
_PINNED_EVERY, _PINNED_MOST, _PINNED_FROM = 5, 5, 3
_FOLDED = '<div class="message-container"><a class="collapsed-comments" rel="nofollow" href="{href}">{inside}</a></div>'
_NEWS = (
    '<jira-comment-pins-discovery><div class="aui-message aui-message-change"><p>You can now pin up to five comments '
    "to highlight important information. Pinned comments will appear above all other comments, so they're easy to "
    'find.</p><button type="button" class="css-1xjowgn">Got it</button></div></jira-comment-pins-discovery>'
)


@dataclass(frozen=True, slots=True)
class Comments:
    """Of one issue at one read. `old` is the markup of Jira 7 and 8; `shown` at most, 0 for all of them."""

    key: str
    old: bool
    shown: int
    chance: random.Random

    def block(self, comment: Json, pinned: bool = False) -> str:
        return self._twice(comment) if self.old else self._once(comment, pinned)

    def panel(self, comments: list[Json], newest_first: bool, show_all: bool) -> str:
        """All comments, oldest first unless told otherwise; the oldest are folded away where there are too many."""
        if not comments:
            return '<div class="message-container">There are no comments yet on this issue.</div>'
        hidden = 0 if show_all or not self.shown else max(0, len(comments) - self.shown)
        blocks = [self.block(comment) for comment in comments[hidden:]]
        if hidden:
            blocks.insert(0, self._folded(hidden, newest_first))
        return self._pinned(comments) + "\n".join(blocks[::-1] if newest_first else blocks)

    def _folded(self, count: int, newest_first: bool) -> str:
        order = "&amp;actionOrder=desc" if newest_first else ""
        href = f"/browse/{self.key}?page={_TAB}&amp;showAll=true{order}"
        inside = f'<span class="show-more-comments" data-collapsed-count="{count}">{count} older comments</span>'
        return _FOLDED.format(href=href, inside=inside)

    def _pinned(self, comments: list[Json]) -> str:
        """Repeats what was pinned above all others; Jira before 9 has no such thing."""
        if self.old:
            return ""
        found = [one for one in comments if int(one["id"]) % _PINNED_EVERY == 0][:_PINNED_MOST]
        blocks = [self.block(one, pinned=True) for one in found] if len(comments) >= _PINNED_FROM else []
        section = f'<div class="pinned-comments" id="pinned_comments">{"".join(blocks)}</div>' if blocks else ""
        head = f"{_NEWS}{section}"
        return f'<div class="issuePanelHeaderContainer" id="issue_actions_header_container">{head}</div>\n'

    def _when(self, comment: Json, kind: str) -> str:
        """The date, which is the permanent link; and that the comment was edited, if it was."""
        number, focused = comment["id"], "focusedCommentId" if self.old else "focusedId"
        href = f"/browse/{self.key}?{focused}={number}&amp;page={_TAB}#comment-{number}"
        css = f"commentdate_{number}_{kind} subText comment-created-date-link"
        link = f'<a href="{href}" class="{css}">{dated(comment.get("created"), self.chance)}</a>'
        if comment.get("updated") in (None, comment.get("created")):
            return link
        return f'{link} - <span class="subText update-info" title="{explicit(comment["updated"])}">edited</span>'

    def _author(self, comment: Json, kind: str) -> str:
        who = profile(comment.get("author"), f"commentauthor_{comment['id']}_{kind}")
        return f"{who}\n added a comment  - {self._when(comment, kind)}"

    def _once(self, comment: Json, pinned: bool) -> str:
        """Jira 9.12: one form, opened by a button that repeats who wrote it and when."""
        number, author = comment["id"], comment.get("author")
        who = text(author.get("displayName") if isinstance(author, dict) else "Anonymous")
        said = f"Collapse comment: {who} added a comment - {explicit(comment.get('created'))}"
        button = f'<button class="twixi icon-default aui-icon aui-icon-small aui-iconfont-expanded">{said}</button>'
        css = "issue-data-block activity-comment twixi-block " + (" pinned " if pinned else "") + " expanded "
        return (
            f'<div id="comment-{number}" class="{css}">\n<div class="twixi-wrap verbose actionContainer">\n'
            f'<div class="action-head"><h3>{button}</h3>\n'
            f'<div class="action-details">{self._author(comment, "verbose")}</div></div>\n'
            f'<div class="action-body flooded">{rendered(comment.get("body"))} </div>\n</div>\n</div>'
        )

    def _twice(self, comment: Json) -> str:
        """Jira 7 and 8: in full, and once more in one line for who folds it."""
        number, body = comment["id"], rendered(comment.get("body"))
        link = f"/browse/{self.key}?focusedCommentId={number}&amp;page={_TAB}#comment-{number}"
        permalink = (
            f'<div class="action-links"><a href="{link}" class="activitymodule-link issue-comment-action" '
            'title="Right click and copy link for a permanent link to this comment.">Permalink</a></div>'
        )
        line = " ".join(_TAG.sub(" ", body).split())
        return (
            f'<div id="comment-{number}" class="issue-data-block activity-comment twixi-block  expanded">\n'
            '<div class="twixi-wrap verbose actionContainer">\n<div class="action-head">'
            f'<a href="#" title="Collapse comment" class="twixi"><span>Hide</span></a>{permalink}\n'
            f'<div class="action-details">{self._author(comment, "verbose")}</div></div>\n'
            f'<div class="action-body flooded">{body} </div>\n</div>\n'
            '<div class="twixi-wrap concise actionContainer">\n<div class="action-head">'
            '<a href="#" title="Expand comment" class="twixi"><span>Show</span></a>\n'
            f'<div class="action-details flooded">{self._author(comment, "concise")} {line}</div></div>\n</div>\n</div>'
        )
