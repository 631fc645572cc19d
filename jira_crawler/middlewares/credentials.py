"""Credentials: from the environment to their own site, and to nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from w3lib.http import basic_auth_header

from jira_crawler import settings
from jira_crawler.crawl.attached_tasks import FetchAttachment
from jira_crawler.exceptions import SiteRefused
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.recording import session_of
from jira_crawler.scheduling import ACCOUNT, task_of
from jira_crawler.sites import Account, Site, is_secret, second_account, variables, within

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

State = Literal["good", "refused", "none", "unknown"]
BLOT = b"***"
SHORTEST = 8  # characters of a secret that is looked for: a shorter one stands in many an innocent text


class Credentials:
    """Lends the site's credentials to requests for the site, and notices when the site did not accept them.

    `state` says what became of them when it answered last. Those of a second account go to its own base, with the
    requests that are made for it, and with no others.
    """

    def __init__(self, site: Site):
        self.site = site
        self._header, self.variable = _authorization(site)
        self.state: State = "unknown" if self._header else "none"
        self._second = second_account(site, settings.secret)
        self._second_header = _of_account(self._second) if self._second else ""
        names = (site.token, site.api_token)
        self._echoes = _echoes(self._header, *(settings.secret(name) for name in names if name))
        if self._second:
            self._echoes += _echoes(self._second_header, settings.secret(self._second.token))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Credentials:
        return cls(session_of(crawler).site)

    def lend(self, request: Request) -> Request:
        """Gives a copy of a request with the Authorization of its site, or the request itself if it is for no site.

        Raises SiteRefused where a proxy would read them.
        """
        header, base, names = self._of(request)
        if not header or not within(request.url, base):
            return request
        if request.meta.get("proxy") and not request.url.startswith("https:"):
            raise SiteRefused(
                f"{base} would be asked through a proxy, which would read {names}: "
                f"set no_proxy={urlsplit(base).hostname}."
            )
        copy = request.copy()
        copy.headers["Authorization"] = header
        return copy

    def _of(self, request: Request) -> tuple[str, str, str]:
        """Gives whoever asks: the header, the base that it may go to, and the variables that it comes from."""
        if not request.meta.get(ACCOUNT):
            return self._header, self.site.url, self.variable
        return (self._second_header, self._second.base, self._second.named) if self._second else ("", "", "")

    def process_response(self, request: Request, response: Response) -> Response:
        """Stops the run where the site took us for an anonymous visitor: the dataset would silently lack issues.

        A stale token is answered with 200 (X-AUSERNAME: anonymous on Server, X-Seraph-LoginReason on both). Where an
        answer quotes our credentials, as some proxies' errors do, they are blotted out before anybody reads it.
        A second account that is not accepted leaves what it is for as it was, and stops nothing.
        """
        header, base, names = self._of(request)
        if not header or not within(request.url, base):
            return response
        response = self._without_echoes(response)
        reason = (response.headers.get("X-Seraph-LoginReason") or b"OK").decode("latin-1")
        user = (response.headers.get("X-AUSERNAME") or b"").decode("latin-1")
        of_file = isinstance(task_of(request), FetchAttachment)  # which may be refused alone
        refused = (response.status == 401 and not of_file) or user == "anonymous" or "OK" not in reason.split(",")
        is_second = bool(request.meta.get(ACCOUNT))
        if not is_second:
            self.state = "refused" if refused else "good"
        if refused:
            reason = f"{base} did not accept the credentials in {names}."
            return FailureResponse(request.url, reason, last_word=not is_second)
        return response

    def _without_echoes(self, response: Response) -> Response:
        if any(echo in response.body for echo in self._echoes):
            body = response.body
            for echo in self._echoes:
                body = body.replace(echo, BLOT)
            response = response.replace(body=body)
        for name, values in list(response.headers.items()):
            if any(echo in value for value in values for echo in self._echoes):
                response.headers[name] = BLOT
        return response


def _echoes(header: str, *secrets: str) -> tuple[bytes, ...]:
    """Gives what an answer may quote of our credentials: a secret, what a header makes of it, and both as JSON may."""
    found = [each.encode() for each in (header.partition(" ")[2], *secrets) if header and len(each) >= SHORTEST]
    return tuple(dict.fromkeys(form for each in found for form in (each, each.replace(b"/", b"\\/"))))


def _of_account(account: Account) -> str:
    token = settings.secret(account.token)
    if account.user:
        return basic_auth_header(settings.secret(account.user), token, encoding="utf-8").decode()
    return f"Bearer {token}"


def _authorization(site: Site) -> tuple[str, str]:
    """Makes the header of whichever credentials the environment holds, and names their variables.

    None where anybody along the way could read it: a crawl does not begin then, see hold_to_https.
    """
    names = variables(site, settings.secret) if is_secret(site.url) else ()
    if len(names) == 2:
        email, token = map(settings.secret, names)
        header = basic_auth_header(email, token, encoding="utf-8").decode()
    else:
        header = f"Bearer {settings.secret(names[0])}" if names else ""
    return header, " and ".join(names)
