"""What can go wrong.

CrawlerError
├── Refused            the run must stop: its text is the one sentence a person reads
│   ├── BadArgument    … before the first request: a spider argument or a setting is wrong
│   └── SiteRefused    … because of how the site answered
├── Astray             a question that leads away from the site; it is not asked
├── TooLarge           an answer that is larger than we take; its question is asked in smaller parts
├── Unreadable         an answer that is not what its address should give; worth asking again
└── Malformed          one issue that cannot be decoded; the crawl goes on without it
"""

from __future__ import annotations

from jira_crawler.sentences import printable


class CrawlerError(Exception):
    """Anything this project raises on purpose. Its text may quote a server, and shows nothing but printable words."""

    def __str__(self) -> str:
        return printable(super().__str__())


class Refused(CrawlerError):
    """The run must stop, with one sentence."""


class BadArgument(Refused):
    """A spider argument or setting is wrong; nothing has been asked yet."""


class SiteRefused(Refused):
    """The site answered in a way that no repetition mends."""


class Astray(CrawlerError):
    """A question leads away from the site, and is not asked."""


class TooLarge(CrawlerError):
    """An answer is larger than DOWNLOAD_MAXSIZE, packed or unpacked."""


class Unreadable(CrawlerError):
    """An answer that cannot be read: cut off, not JSON, or a page meant for people."""


class Malformed(CrawlerError):
    """One issue whose payload lacks what every issue has."""
