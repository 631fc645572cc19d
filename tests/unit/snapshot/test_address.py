"""An address is a folder's or one of an object store, and holds no secret."""

from __future__ import annotations

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.snapshot.address import place
from jira_crawler.snapshot.bucket import Bucket
from jira_crawler.snapshot.folder import Folder
from jira_crawler.snapshot.manifest import is_name, name_of


def nothing(name: str) -> str:
    return ""


@pytest.mark.parametrize(
    "address", ["https://example.org/x", "sqlite:///store.sqlite", "s3://", "", "  ", "a\0b", "s3:// x"]
)
def test_what_is_no_address_is_said_to_be_none(address):
    with pytest.raises(BadArgument, match="A snapshot is in a folder, or at s3://BUCKET/PATH"):
        place(address, nothing)


@pytest.mark.parametrize("address", ["s3://me:secret@bucket/x", "s3://me@bucket"])
def test_a_password_is_refused_and_not_repeated(address):
    with pytest.raises(BadArgument, match="holds no user or password") as caught:
        place(address, nothing)
    assert "secret" not in str(caught.value)


def test_the_rest_is_a_bucket_or_a_folder():
    assert isinstance(place("s3://bucket/some/where", nothing), Bucket)
    assert isinstance(place("gs://bucket", nothing), Bucket)
    assert isinstance(place("some/where", nothing), Folder)
    assert isinstance(place("/some where/s3", nothing), Folder)


@pytest.mark.parametrize("site", ["apache", "../../etc", "a b/ü", "127.0.0.1:80", "x" * 300, ""])
def test_a_name_is_a_plain_one_whatever_site_and_ids_are(site):
    name = name_of(site, "unreadable-0f", site, 255, "ab" * 32)
    assert is_name(name)
    assert "/" not in name and len(name) < 255
