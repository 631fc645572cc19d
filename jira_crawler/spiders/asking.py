"""What every spider that asks a tracker shares: its site and pace, and its questions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from jira_crawler import settings as defaults
from jira_crawler import sites
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier import GAVE_UP
from jira_crawler.frontier.leases import Leases
from jira_crawler.sentences import printable
from jira_crawler.sites import Site
from jira_crawler.spiders.answers import NoAnswer
from jira_crawler.spiders.recording import Recording
from jira_crawler.trackers.answers import words
from jira_crawler.trackers.contract import Query

if TYPE_CHECKING:
    from jira_crawler.frontier.lease_queue import LeaseQueue
    from jira_crawler.frontier.queue import Queue


class Asking(Recording):
    """A spider with a site; what it counts beforehand is what the tracker counts."""

    site: Site
    questions: Queue | LeaseQueue  # those that wait, and those that are out

    def __init__(self, site: str = "apache", **kwargs: Any):
        super().__init__(**kwargs)
        self.site = sites.find(site)
        self.origin = self.site.name
        self.leases = Leases()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        hold_to_https(spider.site)
        if sentence := stay_behind(spider.site):
            spider.logger.warning(sentence)
        adopt_pace(crawler.settings, spider.site)
        queue = load_object(crawler.settings["SCHEDULER_QUEUE_CLASS"])
        spider.questions = queue.of(spider, crawler.settings)
        if not crawler.settings["CONTACT"] and not sites.is_loopback(spider.site.url):
            spider.logger.warning("Set JIRA_CRAWLER_CONTACT, so that the site's administrator can write to you.")
        return spider

    def ask(self, question: Query, callback: Any, meta: dict[str, Any] | None = None, **kept: Any) -> Request:
        """Makes the request of a question. `kept` travels with it to the callback: plain values that JSON can hold."""
        return Request(
            question.address,
            method=question.method,
            body=question.body,
            headers={"Accept": "application/json"}
            | ({"Content-Type": "application/json"} if question.body else {})
            | dict(question.headers),
            callback=callback,
            cb_kwargs=kept,
            meta=meta,
        )

    def put(self, question: Request) -> None:
        """Asks from outside of a callback, and counts that as asked."""
        self.leases.asked(question)
        self.crawler.engine.crawl(question)

    def account(self) -> None:
        """Notes the questions that have no answer now that nothing is under way any more."""
        if lost := self.leases.lost():
            self.fault(lost)

    def give_up(self, response: Response, sentence: str) -> None:
        """Notes something that is missing; the request that it was asked with is kept for the next run to try again."""
        self.fault(sentence)
        if response.request is not None:
            response.request.meta[GAVE_UP] = printable(sentence)

    def trouble(self, response: Response) -> str:
        """Says why a response is not the answer that was asked for, or "" if it is one."""
        why = self.missing(response)
        return why or ("" if response.status == 200 else words(response.body) or f"status {response.status}")

    def missing(self, response: Response) -> str:
        """Says why there is no answer, or "" if there is one; ends the crawl where the site has said its last word."""
        if not isinstance(response, NoAnswer):
            return ""
        if response.last_word:
            raise self.refuse(response.reason)
        return response.reason

    @property
    def shared(self) -> bool:
        """Whether other workers ask the same questions."""
        return self.questions.shared


def hold_to_https(site: Site) -> None:
    """Refuses to carry credentials where anybody along the way can read them; raises BadArgument."""
    names = sites.variables(site, defaults.secret)
    if names and not sites.is_secret(site.url):
        raise BadArgument(
            f"The credentials in {' and '.join(names)} would go to {site.url} in the open: give its https URL, "
            f"or unset {names[-1]} to crawl as a visitor."
        )


def stay_behind(site: Site) -> str:
    """Says which credentials a site does not get because it is not quite the named one that they are for, or ""."""
    named = sites.known().get(site.name)
    if named is None or site.token or not (names := sites.variables(named, defaults.secret)):
        return ""
    return f"The credentials in {' and '.join(names)} are for {named.url}, and are not sent to {site.url}."


def adopt_pace(settings: BaseSettings, site: Site) -> None:
    """Puts a site's pace and budget into the settings, where the command line still wins, and says who is asking."""
    pace: dict[str, Any] = {
        "DOWNLOAD_DELAY": site.delay,
        "CONCURRENT_REQUESTS_PER_DOMAIN": site.concurrency,
        "DAILY_BUDGET": site.daily_budget,
        "USER_AGENT": user_agent(settings["CONTACT"]),
    }
    if sites.is_loopback(site.url):
        pace["AUTOTHROTTLE_ENABLED"] = False
    if settings["REDIS_URL"]:  # what waits for a slot here waits for nothing elsewhere
        pace["CONCURRENT_REQUESTS"] = site.concurrency or settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
    for name, value in pace.items():
        if value is not None:
            settings.set(name, value, priority="spider")


def user_agent(contact: str) -> str:
    """Names the project and whom to write to."""
    try:
        release = version("jira-crawler")
    except PackageNotFoundError:  # run from a checkout
        release = "0.1.0"
    return f"jira_crawler/{release} ({f'+{contact}' if contact else 'no contact given'})"
