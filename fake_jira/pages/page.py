"""The whole page of an issue, with all that a Jira has around it: head, menus, sidebar, scripts, footer."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fake_jira.data.stored import ARCHIVED, Stored
from fake_jira.pages import scripts
from fake_jira.pages.attached import attachments, links, subtasks
from fake_jira.pages.bodies import rendered
from fake_jira.pages.fields import dates, details, people
from fake_jira.pages.parts import Json, module, name_of, text

_VERSIONS = {True: ("8.20.10", "820010"), False: ("9.12.7", "9120007")}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
# None of this is about the issue: it is here to be mistaken for it.
_TEMPLATES = """<script type="text/x-template" title="issue-preview">
<h1 id="summary-val">{summary}</h1><span id="status-val" class="value">{status}</span>
<div id="comment-{id}" class="issue-data-block activity-comment twixi-block">
<div class="action-body flooded">{body}</div></div>
</script>
<script>(function () {
  var settings = {"labels": {"none": "<span class=\\"labels\\">None<\\/span>"}, "date": {"relative": true}};
  if (1 < 2 && settings) {
    document.documentElement.setAttribute("data-ready", "{" + JSON.stringify(settings).length + "}");
  }
})();</script>"""
_BANNER = (
    '<div id="announcement-banner" class="alertHeader">Public signup is <b>disabled</b>. '
    'Next maintenance: <time class="livestamp" datetime="2031-01-01T00:00:00+0000">soon</time>.</div>'
)


@dataclass(frozen=True, slots=True)
class Site:
    """Whose pages these are: `old` is the markup of Jira 7 and 8, as opposed to that of 9.12."""

    old: bool
    chance: random.Random
    clock: float

    def token(self) -> str:
        """Differs at every read, as the one against forged forms does."""
        groups = "-".join("".join(self.chance.choices(_LETTERS, k=4)) for _ in range(4))
        return f"{groups}_{self.chance.getrandbits(160):040x}_lout"

    def framed(self, title: str, content: str, project: str = "", key: str = "") -> str:
        """A page of this site around its content."""
        menus = _menus(project, key) if project else ""
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head>{self._head(title)}</head>\n'
            f'<body id="jira" class="aui-layout aui-theme-default" {_versioned(self.old)}>\n'
            f'<a class="aui-skip-link" href="#main">Skip to main content</a>\n<div id="page">{_header()}{_BANNER}\n'
            f'{menus}<main id="content" role="main">\n{content}\n</main>\n{self._footer()}</div>\n{_TEMPLATES}\n'
        )

    def ended(self, page: str, last: str = "") -> str:
        """The end of the page: what arrives late, and what the server noted about it."""
        moment = datetime.fromtimestamp(self.clock, UTC)
        reads, seconds = self.chance.randrange(20, 90), self.chance.uniform(0.02, 0.4)
        return (
            f"{page}{last}\n</body></html>\n<!--\n REQUEST ID : {moment:%H%M}x{self.chance.randrange(10**6)}x1\n"
            f" REQUEST TIMESTAMP : [{moment:%d/%b/%Y:%H:%M:%S} +0000]\n REQUEST TIME : {seconds:.4f}\n"
            f" ASESSIONID : {self.chance.getrandbits(32):08x}\n db.reads : OpSnapshot{{name='db.reads', "
            f"invocationCount={reads}, elapsedTotal={self.chance.randrange(10**7)}}}\n-->\n"
        )

    def _head(self, title: str) -> str:
        version = _VERSIONS[self.old][0]
        return (
            f'<meta charset="utf-8"><title>{text(title)}</title>\n<meta name="application-name" content="JIRA" '
            f'data-name="jira" data-version="{version}">\n<meta name="ajs-date-relativize" content="true">\n'
            f'<meta id="atlassian-token" name="atlassian-token" content="{self.token()}">\n{scripts.ARRIVAL}\n'
        )

    def _footer(self) -> str:
        version, build = _VERSIONS[self.old]
        mark = f'(v{version}#{build}-<span title="x" data-commit-id="{self.chance.getrandbits(28):07x}">sha1</span>)'
        return f'<footer id="footer" role="contentinfo"><ul><li>Atlassian Jira <span>{mark}</span></li></ul></footer>'


def _versioned(old: bool) -> str:
    return f'data-version="{_VERSIONS[old][0]}" data-aui-version="9.2.3"'


def _header() -> str:
    return (
        '<header id="header" role="banner"><nav class="aui-header"><h1 class="aui-header-logo"><a href="/">Sandbox Jira'
        '</a></h1><ul class="aui-nav"><li><a href="/secure/Dashboard.jspa">Dashboards</a></li><li>'
        '<a href="/issues/" id="find_link">Issues</a></li></ul><form id="quicksearch"><input name="searchString">'
        '</form><a class="login-link" href="/login.jsp?os_destination=%2Fdefault.jsp">Log In</a></nav></header>'
    )


def _menus(project: str, key: str) -> str:
    board = f"/secure/RapidBoard.jspa?rapidView=17&amp;view=detail&amp;selectedIssue={text(key)}"
    return (
        f'<div class="aui-sidebar" id="sidebar"><h1>'
        f'<a href="/projects/{text(project)}/summary">{text(project)}</a></h1>'
        f'<ul class="aui-nav"><li><a href="{board}" class="rapid-view">Board</a></li><li><a class="issue-link" '
        f'href="/projects/{text(project)}/issues">Issues</a></li></ul><p>Labels: <a class="lozenge"><span>'
        "beta</span></a></p></div>\n"
    )


def issue_content(
    issue: Stored, fields: Json, remote: list[Json], titles: Mapping[str, str], activity: str, chance: random.Random
) -> str:
    """All that the page tells of an issue, or of where its `activity` will be."""
    modules = (
        details(issue.id, fields, dict(titles)),
        _description(fields),
        attachments(fields, chance),
        links(fields, remote),
        subtasks(fields),
        module("activitymodule", "Activity", (activity,)),
    )
    left, right = "\n".join(filter(None, modules)), people(fields) + "\n" + dates(fields, chance)
    return (
        f'<div id="issue-content" class="issue-edit-form">{_heading(issue, fields)}\n{_archived(issue)}'
        '<div class="issue-body-content"><div class="aui-group issue-body">'
        f'<div class="aui-item issue-main-column">{left}</div>\n'
        f'<div class="aui-item issue-side-column" id="viewissuesidebar">{right}</div></div></div></div>'
    )


def _heading(issue: Stored, fields: Json) -> str:
    project, key, parent = text(issue.project), text(issue.key), fields.get("parent")
    crumbs = [f'<a id="project-name-val" href="/browse/{project}">{text(name_of(fields.get("project")))}</a>']
    if isinstance(parent, dict):
        above = text(parent.get("key"))
        crumbs.append(f'<a class="issue-link" id="parent_issue_summary" href="/browse/{above}">{above}</a>')
    link = f'class="issue-link" data-issue-key="{key}" href="/browse/{key}" id="key-val" rel="{issue.id}"'
    crumbs.append(f"<a {link}>{key}</a>")
    path = "".join(f"<li>{crumb}</li>" for crumb in crumbs)
    return (
        f'<header id="stalker" class="issue-header js-stalker"><ol class="aui-nav aui-nav-breadcrumbs">{path}</ol>\n'
        f'<h1 id="summary-val">{text(fields.get("summary") or "")}</h1>{_exports(key)}</header>'
    )


def _exports(key: str) -> str:
    kinds = (
        ("jira.issueviews:issue-xml", "xml"),
        ("com.atlassian.jira.plugins.jira-importers-plugin:issue-json", "json"),
    )
    links = "".join(f'<li><a href="/si/{view}/{key}/{key}.{end}">{end.upper()}</a></li>' for view, end in kinds)
    return f'<ul id="viewissue-export">{links}</ul>'


def _archived(issue: Stored) -> str:
    if issue.state != ARCHIVED:
        return ""
    return '<div class="aui-message aui-message-info" id="archived-issue">This issue is archived: read-only.</div>\n'


def _description(fields: Json) -> str:
    if not fields.get("description"):
        return ""
    body = f'<div class="user-content-block">\n{rendered(fields["description"])}\n</div>'
    return module("descriptionmodule", "Description", (f'<div id="description-val">{body}</div>',))
