"""Recorded issues of any completeness, in a folder."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest

BARE = {
    "id": "11",
    "key": "OLD-1",
    "fields": {
        "summary": "Hats",
        "created": "2020-01-01T10:00:00.000+0000",
        "updated": "2020-01-02T10:00:00.000+0000",
        "description": "one\r\n\r\n{code:java}\nint a;\n{code}\r\ntwo",
        "reporter": {"name": "mina", "key": "mina", "displayName": "Mina Made-up"},
        "comment": [{"id": "5", "author": {"name": "mina", "displayName": "Mina Made-up"}, "body": "yes"}],
    },
}
ELSEWHERE = {
    "id": "12",
    "key": "OLD-2",
    "self": "https://jira.example.org/rest/api/latest/issue/12",
    "fields": {
        "summary": "Shoes",
        "components": ["text", {"name": "Heels", "id": "3"}],
        "issuelinks": [None, {"type": None}],
        "avatar": "https://jira.example.org/secure/x.png",
        "comment": {"comments": [{"id": "6", "body": "a"}], "total": 9, "maxResults": 9, "startAt": 0},
    },
}


@pytest.fixture
def folder(tmp_path):
    with tarfile.open(tmp_path / "OLD.tar.gz", "w:gz") as archive:
        for name, content in (
            ("data/OLD/project.json", b'{"key": "OLD"}'),
            ("../../outside.json", json.dumps(BARE).encode()),
            ("data/icon.png", b"\x89PNG"),
            ("data/broken.json", b"{"),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("data/link.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    with gzip.open(tmp_path / "more.jsonl.gz", "wt") as lines:
        lines.write(json.dumps(ELSEWHERE) + "\n\n" + json.dumps({**BARE, "key": "not a key"}) + "\n")
    return tmp_path
