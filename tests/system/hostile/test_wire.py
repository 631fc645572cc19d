"""Every kind of Retry-After, broken and slow HTTP, and redirects: what passes is waited for, what stays is said."""

from __future__ import annotations

import gzip
import re
from collections import Counter

import pytest

from tests.servers.hostile import Answer, Asked, as_json, hostile

WHOLE = {str(1000 + n) for n in range(1, 31)}
WAITS = ("0", "0.1", "0.25", "-1", "-99999999999", "soon", "", "²", "nan", "inf", "1e400", "1, 2", "\x01")
DATES = ("Thu, 01 Jan 1970 00:00:00 GMT", "Sun, 99 Foo 2026 99:99:99", "2026-11-29")
TOO_LONG = ("86400", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT")
BROKEN = {
    "nothing": b"",
    "half a status line": b"HTTP/1.",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "any bytes": bytes(range(256)),
    "headers without an end": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
    "a long header": b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 100_000 + b"\r\n\r\n{}",
    "half a body": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"issues": [',
    "chunks that are none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length below nothing": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
    "no JSON": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html",
    "JSON and more": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{}{}",
}


def searches(asked: Asked) -> bool:
    return bool(asked.jql) and not asked.is_count


def once_each(answers: list[Answer | bytes]):
    """Gives each of these before the first honest answer to a page, and an honest one after each."""
    left, turn = list(answers), Counter[str]()

    def rule(asked: Asked) -> Answer | bytes | None:
        if not asked.is_page or not left:
            return None
        turn["page"] += 1
        return left.pop() if turn["page"] % 2 else None

    return rule, left


@pytest.mark.parametrize("status", [429, 503])
def test_every_kind_of_retry_after_is_survived(crawl, status):
    rule, left = once_each([as_json({}, status, Retry_After=when) for when in (*WAITS, *DATES)])
    with hostile(30, rule, page_cap=1) as jira:
        done = crawl(jira.url, projects="ACME")
    assert left == []
    assert done.status == 0, done.out
    assert done.ids == WHOLE


@pytest.mark.parametrize("when", TOO_LONG)
def test_a_retry_after_that_nobody_waits_for_ends_the_run(crawl, when):
    rule, left = once_each([as_json({}, 429, Retry_After=when)])
    with hostile(30, rule, page_cap=1) as jira:
        done = crawl(jira.url, projects="ACME")
        assert sum(asked.is_page for asked in jira.requests) == 1
    assert left == []
    assert done.status == 1
    assert re.search("asks (to be left alone until|never to be asked again)", done.out)


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_every_kind_of_broken_answer_is_asked_for_again(crawl, dialect):
    rule, left = once_each(list(BROKEN.values()))
    with hostile(30, rule, dialect=dialect, page_cap=1) as jira:
        done = crawl(jira.url, projects="ACME", DOWNLOAD_TIMEOUT=20, RETRY_TIMES=3)
    assert left == []
    assert done.status == 0, done.out
    assert done.ids == WHOLE


@pytest.mark.parametrize("name", ["half a body", "no status"])
def test_what_stays_broken_is_said(crawl, name):
    with hostile(30, lambda asked: BROKEN[name] if searches(asked) else None, page_cap=10) as jira:
        done = crawl(jira.url, projects="ACME", RETRY_TIMES=1)
        assert len(jira.requests) < 200
    assert (done.status, done.examples, done.report["complete"]) == (1, [], False)
    assert "Complete." not in done.out


def test_an_answer_in_pieces_and_one_that_takes_its_time_are_answers(crawl):
    """Packed, chunked, with an interim answer before it, or late: what it says is the same."""

    def rule(asked: Asked) -> Answer | bytes | None:
        if not asked.is_page:
            return None
        honest = jira.honest(asked)
        turn = sum(each.is_page for each in jira.requests) % 4
        if turn == 0:
            return Answer(gzip.compress(honest.body), headers=honest.headers | {"Content-Encoding": "gzip"})
        if turn == 1:
            parts = [honest.body[at : at + 300] for at in range(0, len(honest.body), 300)]
            chunks = b"".join(b"%x;x=y\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\nX-Late: 1\r\n\r\n"
            return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
        if turn == 2:
            head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(honest.body)
            return head + honest.body
        return Answer(honest.body, seconds=0.1)

    with hostile(30, rule, page_cap=3) as jira:
        done = crawl(jira.url, projects="ACME")
    assert done.status == 0, done.out
    assert done.ids == WHOLE


def test_no_redirect_of_rest_is_followed(crawl):
    """A redirect that stays is said; nobody elsewhere is asked, and the token goes nowhere."""
    token = "canary-7c1f"
    with hostile(0) as stranger:
        elsewhere = Answer(b"", 302, {"Location": f"{stranger.url}/rest/api/2/search?os_destination=x"})
        with hostile(30, lambda asked: elsewhere if searches(asked) else None) as jira:
            done = crawl(jira.url, projects="ACME", RETRY_TIMES=1, env={"JIRA_TOKEN": token})
            assert all(asked.headers["authorization"] == f"Bearer {token}" for asked in jira.requests)
        assert stranger.requests == []
    assert done.status == 1
    assert "a redirect to" in done.out
    assert token not in done.out + done.log


def test_redirects_of_every_kind_that_pass_cost_nothing(crawl):
    """To a stranger, in a circle, to a file, to nowhere: the question is asked again where it belongs."""
    with hostile(0) as stranger:
        places = (stranger.url, "/rest/api/2/search", "file:///etc/passwd", "", "//[", "javascript:alert(1)")
        redirects = [Answer(b"", s, {"Location": place}) for s in (301, 302, 303, 307, 308) for place in places]
        rule, left = once_each(redirects)
        with hostile(30, rule, page_cap=1) as jira:
            done = crawl(jira.url, projects="ACME")
        assert stranger.requests == []
    assert left == []
    assert (done.status, done.ids) == (0, WHOLE)
