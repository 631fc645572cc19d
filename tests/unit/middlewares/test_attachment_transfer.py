"""A file on its way to the disk: what is taken of an answer, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Headers

from jira_crawler.crawl.attached_tasks import FetchAttachment
from jira_crawler.feeds.attachments import AttachmentFolder, PartFile
from jira_crawler.middlewares.attachment_transfer import Transfer, Way

Make = Callable[..., Transfer]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[PartFile] = []

    def one(here: bytes = b"", limit: int = 100, **told: Any) -> Transfer:
        part = AttachmentFolder(tmp_path).part("site", "1", "DEMO-1", "7", "a.txt")
        made.append(part)
        if here:
            part.restart('"tag"')
            part.write(here)
        task = FetchAttachment(issue="1", key="DEMO-1", id="7", **{"size": 6, "mime": "text/plain"} | told)
        return Transfer(task, part, limit, lambda path: False)

    yield one
    for part in made:
        part.close()


def begins(transfer: Transfer, status: int = 200, length: int | None = 6, **headers: str) -> Way:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return transfer.begins(status, Headers({"Content-Type": "text/plain"} | named), length)


def state(transfer: Transfer) -> str:
    assert transfer.outcome
    return transfer.outcome.state


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_whole_file_is_stored(make, tmp_path):
    one = make()
    assert one.asks() == {}
    assert begins(one) is Way.FILE
    assert one.write(b"abc") and one.write(b"def")
    one.ended(certain=True)
    assert (state(one), one.outcome.size, one.outcome.mime) == ("stored", 6, "text/plain")
    assert left(tmp_path) == ["7_a.txt"]


def test_the_rest_of_a_file_is_asked_for_and_taken(make, tmp_path):
    one = make(b"abc")
    assert one.asks() == {"Range": "bytes=3-", "If-Range": '"tag"'}
    assert begins(one, 206, 3, Content_Range="bytes 3-5/6") is Way.FILE
    one.write(b"def")
    one.ended(certain=True)
    assert state(one) == "stored"
    assert (tmp_path / one.outcome.path).read_bytes() == b"abcdef"


def test_who_knows_no_ranges_gives_all_of_it_again(make, tmp_path):
    one = make(b"abc")
    assert begins(one, 200, 6, ETag='"other"') is Way.FILE
    assert (one.part.size, one.part.tag) == (0, '"other"')
    one.write(b"ABCDEF")
    one.ended(certain=True)
    assert (tmp_path / one.outcome.path).read_bytes() == b"ABCDEF"


@pytest.mark.parametrize("told", ["bytes 0-5/6", "bytes 4-5/6", "bytes */6", "", "3-5"])
def test_another_part_than_was_asked_for_is_not_taken(make, tmp_path, told):
    one = make(b"abc")
    assert begins(one, 206, 3, Content_Range=told) is Way.NOT
    assert state(one) == "failed" and one.outcome.again
    assert left(tmp_path) == []


@pytest.mark.parametrize(("status", "length"), [(302, 0), (403, 10), (404, 65_536), (500, 5)])
def test_what_is_no_file_is_an_answer(make, status, length):
    one = make()
    assert begins(one, status, length) is Way.ANSWER
    assert one.outcome is None


@pytest.mark.parametrize("length", [None, 65_537, 2**40])
def test_a_long_refusal_is_not_read(make, length):
    assert begins(make(), 403, length) is Way.NOT


def test_what_says_that_it_is_too_large_is_not_read(make):
    one = make(size=-1)
    assert begins(one, length=101) is Way.NOT
    assert (state(one), one.outcome.size) == ("too_big", 101)
    other = make(b"abc")
    assert begins(other, 206, 98, Content_Range="bytes 3-100/101") is Way.NOT
    assert state(other) == "too_big"


def test_what_does_not_say_it_is_cut_off(make, tmp_path):
    one = make(size=-1)
    assert begins(one, length=None) is Way.FILE
    assert one.write(bytes(100))
    assert not one.write(b"x")
    assert (state(one), one.outcome.size) == ("too_big", 101)
    assert left(tmp_path) == []


@pytest.mark.parametrize("came", [b"", b"abc", b"abcdefg"])
@pytest.mark.parametrize("length", [None, "theirs"])
def test_a_file_is_as_large_as_its_issue_says(make, tmp_path, came, length):
    one = make()
    assert begins(one, length=None if length is None else len(came)) is Way.FILE
    one.write(came)
    one.ended(certain=True)
    assert state(one) == "failed" and f"{len(came)} bytes came, and it has 6" == one.outcome.why
    assert left(tmp_path) == []


def test_where_nobody_says_how_large_it_is_its_end_must_be_certain(make):
    one = make(size=-1)
    begins(one, length=None)
    one.write(b"abc")
    one.ended(certain=False)
    assert state(one) == "failed"
    other = make(size=-1)
    begins(other, length=None)
    other.write(b"abc")
    other.ended(certain=True)
    assert state(other) == "stored"


def test_an_empty_file_is_one(make, tmp_path):
    one = make(size=0)
    assert begins(one, length=0) is Way.FILE
    one.ended(certain=True)
    assert state(one) == "stored" and left(tmp_path) == ["7_a.txt"]


@pytest.mark.parametrize(("mime", "served"), [("text/plain", "text/html"), ("image/png", "text/html; charset=UTF-8")])
def test_a_page_where_a_file_should_be_is_a_login(make, mime, served):
    one = make(mime=mime)
    assert begins(one, Content_Type=served) is Way.NOT
    assert state(one) == "forbidden"


def test_a_page_may_be_a_file_but_not_another_page(make):
    one = make(mime="text/html")
    assert begins(one, Content_Type="text/html") is Way.FILE
    one.write(b"<html>")
    one.ended(certain=True)
    assert state(one) == "stored"
    other = make(mime="text/html")
    begins(other, length=14, Content_Type="text/html")
    other.write(b"<html>login...")
    other.ended(certain=True)
    assert state(other) == "forbidden"


def test_a_page_that_says_it_is_a_picture_is_a_login(make, tmp_path):
    one = make(mime="image/png", size=15)
    begins(one, length=15, Content_Type="image/png")
    one.write(b"<!doctype html>")
    one.ended(certain=True)
    assert state(one) == "forbidden" and left(tmp_path) == []


def test_what_is_packed_is_not_taken_for_what_is_in_it(make):
    one = make()
    assert begins(one, Content_Encoding="gzip") is Way.NOT
    assert state(one) == "failed"


def test_a_full_disk_is_said_and_what_is_here_stays(make, monkeypatch):
    one = make()
    begins(one)

    def full(data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(one.part, "write", full)
    assert not one.write(b"abc")
    assert one.outcome.why == "it cannot be written: No space left on device"
