"""What an answer about a file says of itself, and where it may lead."""

from __future__ import annotations

import pytest

from jira_crawler.sites import within
from jira_crawler.trackers.jira.transfer import is_login_page, looks_like, range_of, redirected, tag_of

BASE = "https://jira.example.org/jira"
MEDIA = ("https://api.media.atlassian.com",)
ASKED = f"{BASE}/rest/api/3/attachment/content/7"


def leads(location: str) -> tuple[str, str]:
    return redirected(ASKED, location, BASE, MEDIA, within)


def test_the_host_of_files_may_be_gone_to_and_the_site():
    signed = "https://api.media.atlassian.com/file/1-2/binary?token=ey.x&login=no"
    assert leads(signed) == (signed, "")
    for name in ("x.png", "login.png"):
        assert leads(f"/jira/secure/attachment/7/{name}") == (f"{BASE}/secure/attachment/7/{name}", "")


@pytest.mark.parametrize(
    "location",
    [
        "https://jira.example.org/jira/login.jsp?os_destination=x",
        "/jira/secure/Dashboard.jspa?permissionViolation=true",
        "https://id.example.com/login",
        "https://sso.example.com/start",
        "https://idp.example.com/saml2/idp",
    ],
)
def test_a_way_to_a_login_is_none(location):
    assert leads(location) == ("", "forbidden")


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://api.media.atlassian.com/file/1",  # in the open
        "https://api.media.atlassian.com:8443/file/1",
        "https://api.media.atlassian.com.evil.example/file",
        "https://api.media.atlassian.com@evil.example/file",
        "https://evil.example/api.media.atlassian.com",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://jira.example.org/other",
        "/jira/../x",
        "https://[broken",
        "https://api.media.atlassian.com\\@evil.example/",
    ],
)
def test_nobody_else_is_gone_to(location):
    url, state = leads(location)
    assert (url, state) == ("", "failed") or url == ASKED  # an empty one leads to where it came from


@pytest.mark.parametrize(
    ("said", "served", "head", "is_login"),
    [
        ("image/png", "text/html;charset=UTF-8", b"", True),
        ("text/plain", "text/html", b"", True),
        ("", "text/html", b"", True),
        ("text/html", "text/html", b"<html>", False),
        ("image/png", "image/png", b"<!DOCTYPE html><html>", True),
        ("text/plain", "text/plain", b"<html>quoted", False),
        ("image/png", "application/octet-stream", b"\x89PNG", False),
    ],
)
def test_a_page_where_none_was_said_is_a_login(said, served, head, is_login):
    assert is_login_page(said, served, head) is is_login


def test_a_part_says_where_it_begins():
    assert range_of({"content-range": "bytes 10-19/20"}) == (10, 20)
    assert range_of({"content-range": "bytes 10-19/*"}) == (10, -1)
    for wrong in ("", "bytes */20", "items 1-2/3", "bytes 1-2/3, 4-5/6"):
        assert range_of({"content-range": wrong}) is None


def test_only_a_strong_tag_names_a_version():
    assert tag_of({"etag": '"abc"'}) == '"abc"'
    assert tag_of({"etag": 'W/"abc"'}) == tag_of({"etag": "abc"}) == tag_of({}) == ""


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"  <!doctype HTML>", "text/html"),
        (b"plain \xc3", "text/plain"),
        (b"\x00\x01", ""),
        (b"\xff\xfe", ""),
        (b"", ""),
    ],
)
def test_first_bytes_tell_what_a_file_looks_like(head, mime):
    assert looks_like(head) == mime
