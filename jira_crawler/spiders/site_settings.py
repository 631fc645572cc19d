"""What follows from a site for the settings of its crawl: pace, budget, who is asking, and where credentials may go."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from scrapy.settings import BaseSettings

from jira_crawler import settings as defaults
from jira_crawler import sites
from jira_crawler.exceptions import BadArgument
from jira_crawler.sites import Site


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
