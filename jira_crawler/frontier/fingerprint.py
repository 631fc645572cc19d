"""When two requests are the same question."""

from __future__ import annotations

from hashlib import blake2b

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.request import RequestFingerprinter

from jira_crawler.frontier import MARK, SAME


class Fingerprinter:
    """Scrapy's own fingerprint, and the mark of a question that is asked twice on purpose.

    A question that says what it is the SAME as is known by that alone, however its address comes to be written.
    """

    def __init__(self, crawler: Crawler):
        self._plain = RequestFingerprinter(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Fingerprinter:
        return cls(crawler)

    def fingerprint(self, request: Request) -> bytes:
        if same := request.meta.get(SAME):
            return blake2b(same.encode(), digest_size=20).digest()
        plain = self._plain.fingerprint(request)
        mark = request.meta.get(MARK)
        return blake2b(plain + str(mark).encode(), digest_size=20).digest() if mark else plain
