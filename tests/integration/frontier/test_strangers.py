"""What somebody else has written into the queue, or must not read there."""

from __future__ import annotations

import pytest
from scrapy import Request

from tests.integration.frontier.conftest import ask, paths, reasons


def slip(redis, lead, data: bytes) -> None:
    """Writes something into the queue past every check, as somebody could who has the password."""
    lead.queue.push(ask(lead))
    redis.hset("jira:made_up:data", redis.zrange("jira:made_up:requests", 0, -1)[0], data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"[]",
        b'{"url": "https://jira.example.org/x"}',
        b'{"url": "no address", "callback": "page"}',
        b'{"url": "https://jira.example.org/x", "callback": "_private"}',
        b'{"url": "https://jira.example.org/x", "callback": "gone_in_this_version"}',
        b'{"url": "https://jira.example.org/x", "callback": "page", "headers": {"a": [1]}}',
        b"\xff\xfe",
    ],
)
def test_what_cannot_be_read_fails_and_stops_nobody(lead, redis, data):
    slip(redis, lead, data)
    lead.queue.push(ask(lead, "y"))
    assert paths(lead) == ["y"]
    assert len(reasons(lead)) == 1


@pytest.mark.parametrize(
    "data",
    [
        b'{"url": "https://elsewhere.example.net/x", "callback": "page"}',
        b'{"url": "file:///etc/passwd", "callback": "page"}',
        b'{"url": "https://jira.example.org.example.net/x", "callback": "page"}',
        b'{"url": "https://jira.example.org/x", "callback": "update_settings"}',
        b'{"url": "https://jira.example.org/x", "callback": "log"}',
    ],
)
def test_what_leads_elsewhere_is_not_asked(lead, redis, data):
    """A worker has credentials, files and a network of its own, which are not for whoever can write to Redis."""
    slip(redis, lead, data)
    try:
        assert paths(lead) == []
    except ValueError:
        return
    assert len(reasons(lead)) == 1


def test_the_proxy_of_one_worker_is_not_told_to_the_others(lead, redis):
    """Scrapy notes it on the request, with its password, before it is sent; a repetition is written down after that."""
    lead.queue.push(ask(lead))
    request: Request = lead.queue.pop()
    request.meta.update(proxy="http://proxy.example.org:3128", _auth_proxy="http://proxy.example.org:3128")
    request.headers["Proxy-Authorization"] = "Basic c2VzYW1lOm9wZW4="
    lead.queue.put_back(request)
    (written,) = redis.hvals("jira:made_up:data")
    assert "c2VzYW1l" not in written
    assert "proxy" not in written
