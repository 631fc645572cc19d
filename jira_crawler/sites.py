"""Whom we crawl: sites.toml read into frozen values. A bare URL is a site too."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from jira_crawler.exceptions import BadArgument

GITHUB = "github"  # a dialect, and what the public one is called


@dataclass(frozen=True, slots=True)
class Site:
    """A tracker: where it is, how fast it may be asked, and the *names* of its credentials' variables.

    `delay` is in seconds between requests, `daily_budget` in requests in any 24 hours; None and "" leave the
    matter to settings.py and to the site's own answers. `licence` and `terms` (a URL) stand in the card of an export.
    `columns` and `flow` are what tables are to say; `sla` names a
    second account, which `second_account` reads.
    """

    name: str
    url: str
    dialect: str = ""
    delay: float | None = None
    concurrency: int | None = None
    daily_budget: int | None = None
    token: str = ""
    email: str = ""
    api_token: str = ""
    licence: str = ""
    terms: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict, hash=False)
    flow: Mapping[str, Any] = field(default_factory=dict, hash=False)
    sla: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Account:
    """A second account of a site: the *names* of the variables of its credentials, and the base that it asks.

    `user` is "" where the token goes by itself. The credentials go to `base` and to nowhere else.
    """

    base: str
    token: str
    user: str = ""

    @property
    def named(self) -> str:
        """The variables, as a sentence names them."""
        return " and ".join(filter(None, (self.user, self.token)))


def known() -> dict[str, Site]:
    """Gives every site of sites.toml by its name."""
    tables = tomllib.loads(files("jira_crawler").joinpath("sites.toml").read_text("utf-8"))
    return {name: Site(name=name, **table) for name, table in tables.items()}


def find(wanted: str) -> Site:
    """Turns a name of sites.toml or a base URL into a site of a Jira.

    A URL on a known site's host gets that site's pace and budget: politeness cannot be left behind by writing the
    address out. It gets its credentials, too, where scheme and port are the site's own: elsewhere another server may
    listen, or anybody along the way. Raises BadArgument.
    """
    site = _find(wanted)
    if site.dialect == GITHUB:
        raise BadArgument(f"{wanted} is no Jira but a GitHub: scrapy crawl github is for it.")
    return site


def find_github(wanted: str) -> Site:
    """Turns a name of sites.toml, or the address of a GitHub, into a site; raises BadArgument.

    Its token is what sites.toml names, else GITHUB_TOKEN: no other credentials go to a GitHub.
    """
    named = known()
    if wanted in named and named[wanted].dialect != GITHUB:
        raise BadArgument(f"{wanted} is no GitHub: scrapy crawl jira is for it.")
    host = "" if wanted in named else urlsplit(wanted.strip()).hostname
    site = _find(GITHUB if host in ("github.com", "www.github.com", "api.github.com") else wanted)
    if site.name in named and site.dialect == GITHUB:
        return site
    token = "" if site.name in named else "GITHUB_TOKEN"
    return replace(site, dialect=GITHUB, concurrency=1, token=token, email="", api_token="", sla={})


def _find(wanted: str) -> Site:
    named = known()
    if wanted in named:
        return named[wanted]
    if "://" not in wanted:
        raise BadArgument(
            f"There is no site {wanted!r}: give one of {', '.join(sorted(named))} or a URL such as https://jira.example.org."
        )
    url = base_url(wanted)
    for site in named.values():
        if url == site.url:
            return site
        if _origin(url) == _origin(site.url):
            return replace(site, url=url)
        if (urlsplit(url).hostname or "").rstrip(".") == urlsplit(site.url).hostname:
            return replace(site, url=url, token="", email="", api_token="", sla={})
    # Only a URL that was typed gets the general variables: a named site has no others than it names itself.
    site = Site(_label(url), url, token="JIRA_TOKEN", email="JIRA_EMAIL", api_token="JIRA_API_TOKEN")  # noqa: S106 - names
    site = replace(site, sla={"token": "JIRA_SLA_TOKEN", "user": "JIRA_SLA_USER"})
    return replace(site, delay=0.0) if is_loopback(url) else site


def base_url(text: str) -> str:
    """Cuts a URL down to where a tracker's REST API begins; raises BadArgument if it is none, or holds a password."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise BadArgument(f"site={_without_password(text)} is not an http or https URL.")
    if parts.username or parts.password:
        raise BadArgument("A site's URL must not hold a user or password: put credentials into the environment.")
    path = parts.path
    for tail in ("/rest/", "/browse/", "/projects/", "/issues/", "/secure/", "/api/v3", "/api/graphql"):
        path = path.split(tail, 1)[0]
    address = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{address}{f':{port}' if port else ''}{path.rstrip('/')}"


def is_loopback(url: str) -> bool:
    """Tells whether a URL leads to this very machine, where nobody needs our politeness."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def within(url: str, base: str) -> bool:
    """Tells whether a URL leads into a site: its scheme, host and port, its path or below, and no way out of that."""
    try:
        parts, origin = urlsplit(url), _origin(url)
    except ValueError:
        return False
    if _ODD.search(url) or "@" in parts.netloc or not origin or origin != _origin(base):
        return False
    root, path = urlsplit(base).path, parts.path or "/"
    if not f"{path}/".startswith(f"{root}/"):
        return False
    steps = re.split(r"[/\\]", unquote(path))
    return not any(step.partition(";")[0] in (".", "..") for step in steps)


def robots_of(base: str) -> str:
    """Gives where the robots.txt of a site is, which may lie outside its path."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def is_secret(url: str) -> bool:
    """Tells whether nobody along the way can read what is sent to a URL."""
    return urlsplit(url).scheme == "https" or is_loopback(url)


def variables(site: Site, secret: Callable[[str], str]) -> tuple[str, ...]:
    """Names the variables whose credentials a site is to get: (email, api_token), (token,) or (), for a visitor.

    `secret` gives a variable's value, or "".
    """
    if site.email and site.api_token and secret(site.api_token):
        return site.email, site.api_token
    return (site.token,) if site.token and secret(site.token) else ()


def second_account(site: Site, secret: Callable[[str], str]) -> Account | None:
    """Reads which account besides the crawl's own is to see service levels; None where none has credentials.

    Raises BadArgument for a table that says something else, and for a base where anybody along the way could read.
    """
    told = {name: value.strip() if isinstance(value, str) else "" for name, value in site.sla.items()}
    if wrong := next((name for name in told if name not in ("token", "user", "url") or not told[name]), ""):
        raise BadArgument(f"sites.toml: [{site.name}.sla] has token, user and url, each a text; {wrong} is wrong.")
    account = Account(base_url(told["url"]) if "url" in told else site.url, told.get("token", ""), told.get("user", ""))
    if not account.token or not secret(account.token):
        return None
    if account.user and not secret(account.user):
        account = replace(account, user="")
    if not is_secret(account.base):
        raise BadArgument(
            f"The credentials in {account.named} would go to {account.base} in the open: give its https URL."
        )
    return account


# What a browser, a proxy or a server may read as something else than we do.
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
_PORTS = {"http": 80, "https": 443}


def _origin(url: str) -> tuple[str, str, int] | None:
    """Gives scheme, host and port of an http(s) URL; raises ValueError where the port is none."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]


def _label(url: str) -> str:
    return url.split("://", 1)[1].replace("/", "_")


def _without_password(text: str) -> str:
    return text.rsplit("@", 1)[-1]
