"""Credentials: from the environment to their own site, and to nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from w3lib.http import basic_auth_header

from jira_crawler import settings
from jira_crawler.exceptions import SiteRefused
from jira_crawler.middlewares.answers import FailureResponse
from jira_crawler.recording import session_of
from jira_crawler.sites import Site, is_secret, variables, within

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

State = Literal["good", "refused", "none", "unknown"]
BLOT = b"***"
SHORTEST = 8  # characters of a secret that is looked for: a shorter one stands in many an innocent text


class Credentials:
    """Lends the site's credentials to requests for the site, and notices when the site did not accept them.

    `state` says what became of them when it answered last.
    """

    def __init__(self, site: Site):
        self.site = site
        self._header, self.variable = _authorization(site)
        self.state: State = "unknown" if self._header else "none"
        self._echoes = _echoes(self._header, *(settings.secret(name) for name in (site.token, site.api_token) if name))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Credentials:
        return cls(session_of(crawler).site)

    def lend(self, request: Request) -> Request:
        """Gives a copy of a request with the Authorization of its site, or the request itself if it is for no site.

        Raises SiteRefused where a proxy would read them.
        """
        if not self._header or not within(request.url, self.site.url):
            return request
        if request.meta.get("proxy") and not request.url.startswith("https:"):
            raise SiteRefused(
                f"{self.site.url} would be asked through a proxy, which would read {self.variable}: "
                f"set no_proxy={urlsplit(self.site.url).hostname}."
            )
        copy = request.copy()
        copy.headers["Authorization"] = self._header
        return copy

    def process_response(self, request: Request, response: Response) -> Response:
        """Stops the run where the site took us for an anonymous visitor: the dataset would silently lack issues.

        A stale token is answered with 200 (X-AUSERNAME: anonymous on Server, X-Seraph-LoginReason on both). Where an
        answer quotes our credentials, as some proxies' errors do, they are blotted out before anybody reads it.
        """
        if not self._header or not within(request.url, self.site.url):
            return response
        response = self._without_echoes(response)
        reason = (response.headers.get("X-Seraph-LoginReason") or b"OK").decode("latin-1")
        user = (response.headers.get("X-AUSERNAME") or b"").decode("latin-1")
        if response.status == 401 or user == "anonymous" or "OK" not in reason.split(","):
            self.state = "refused"
            reason = f"{self.site.url} did not accept the credentials in {self.variable}."
            return FailureResponse(request.url, reason, last_word=True)
        self.state = "good"
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
