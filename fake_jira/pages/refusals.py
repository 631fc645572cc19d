"""The pages that a person gets in place of an issue: log in, not there, closed for maintenance, made anew."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from fake_jira.exchange import HTML, Answer, errors
from fake_jira.pages.page import Site

_FORM = """<form id="login-form" class="aui" action="/login.jsp" method="post"><div class="form-body">
<label for="login-form-username">Username</label><input id="login-form-username" name="os_username" type="text">
<label for="login-form-password">Password</label><input id="login-form-password" name="os_password" type="password">
<input type="hidden" name="os_destination" value="{to}"><input type="hidden" name="atl_token" value="{token}">
<input class="aui-button" id="login-form-submit" name="login" type="submit" value="Log In"></div></form>"""
_GONE = """<div id="issue-content" class="issue-error"><div class="error-image error-image-canNotBeViewed"></div>
<h1>You can't view this issue</h1><p>It may have been deleted or you don't have permission to view it.</p></div>"""
_MAINTENANCE = """<!DOCTYPE html><html lang="en"><head><title>Sandbox Jira is down for maintenance</title></head><body>
<h1>We'll be right back</h1><p>Jira is being re-indexed and is not available at the moment. Please try again later.</p>
</body></html>"""
_MADE_ANEW = """<!DOCTYPE html><html lang="en"><head><title>{title}</title><meta name="decorator" content="atl.general">
</head><body class="css-1kq0d2r"><div data-testid="jira-frontend"><nav data-testid="ak-nav"></nav>
<main data-testid="issue.views.issue-details"><h1 data-testid="issue.views.summary.heading">{title}</h1>
<section data-testid="issue.views.field.status"><button>In Progress</button></section>
<section data-testid="issue.activity.comments" aria-busy="true"></section></main></div>
<script>window.SPA_STATE={{"issue":{{"view":"v10"}},"flags":{{}}}};</script></body></html>"""


def login(site: Site, destination: str = "") -> Answer:
    """The form with 200: what a redirect to log in ends in."""
    form = _FORM.format(to=escape(destination), token=site.token())
    content = f'<section id="login"><h1>Welcome to Sandbox Jira</h1>{form}</section>'
    return page(site.ended(site.framed("Log in - Sandbox Jira", content)))


def to_login(path: str) -> Answer:
    """Sends a stranger to the form, from which they come back here."""
    asked = f"permissionViolation=true&os_destination={quote(path, safe='')}&page_caps=&user_role="
    return Answer(b"", 302, {"Location": f"/login.jsp?{asked}"}, HTML)


def gone(site: Site, status: int) -> Answer:
    """404 for what was deleted or never there, 403 for what a known visitor may not see."""
    return page(site.ended(site.framed("Issue can't be viewed - Sandbox Jira", _GONE)), status)


def maintenance(status: int) -> Answer:
    """Some answer it with 503, some with 200."""
    return page(_MAINTENANCE, status)


def made_anew(title: str) -> Answer:
    """The page as a later Jira might show it: the same issue, and none of the old ids."""
    return page(_MADE_ANEW.format(title=escape(title)))


def closed(how: str, path: str) -> Answer:
    """What comes of any REST address where programs are not wanted."""
    if how == "login":
        return to_login(path)
    if how == "403":
        return page("<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>", 403)
    return errors(401, "You are not authenticated. Authentication required to perform this operation.")


def page(body: str, status: int = 200, **headers: str) -> Answer:
    return Answer(body.encode("utf-8", "surrogatepass"), status, headers, HTML)
