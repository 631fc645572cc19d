"""Recorded issues of any completeness, from folders, archives and lines."""

from __future__ import annotations

import gzip
import io
import json
import tarfile

import pytest

from fake_jira import running
from fake_jira.data.adf import plain
from fake_jira.data.recorded import recorded
from fake_jira.exceptions import BadOption

from .asking import ask

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


def test_issues_are_completed(folder):
    issues = {issue["key"]: issue for issue in recorded([folder], "http://sandbox")}
    assert set(issues) == {"OLD-1", "OLD-2"}
    assert issues["OLD-1"]["fields"]["project"]["key"] == "OLD"
    assert issues["OLD-1"]["fields"]["comment"]["comments"][0]["body"] == "yes"
    assert issues["OLD-2"]["fields"]["created"] is None
    assert issues["OLD-2"]["fields"]["avatar"] == "http://sandbox/secure/x.png"
    assert not (folder.parent / "outside.json").exists()


def test_over_http(folder):
    with running(data=(folder,)) as jira:
        page = ask(f"{jira.url}/rest/api/2/search", jql="project = OLD", fields="*all", expand="changelog").json
        assert page["total"] == 2
        for issue in page["issues"]:
            assert issue["self"].startswith(jira.url)
            assert issue["fields"]["comment"]["total"] == 1
            assert issue["changelog"] == {"startAt": 0, "maxResults": 0, "total": 0, "histories": []}


def test_as_cloud(folder):
    with running(data=(folder,), dialect="cloud") as jira:
        asked = {"jql": "key = OLD-1", "fields": ["*all"]}
        fields = ask(f"{jira.url}/rest/api/3/search/jql", asked).json["issues"][0]["fields"]
        assert [node["type"] for node in fields["description"]["content"]] == ["paragraph", "codeBlock", "paragraph"]
        assert fields["comment"]["comments"][0]["author"]["accountId"] == fields["reporter"]["accountId"]


def test_adf_keeps_all_text():
    document = plain("a\nb\n\n{noformat}\n x\n{noformat} tail")
    assert document["content"][0]["content"][1] == {"type": "hardBreak"}
    assert document["content"][1]["content"][0]["text"] == " x"
    assert document["content"][2]["content"][0]["text"] == " tail"


def test_nothing_recorded(tmp_path):
    with pytest.raises(BadOption, match="no recorded issues"):
        list(recorded([tmp_path], ""))
    (tmp_path / "bad.tar.gz").write_bytes(b"rubbish")
    with pytest.raises(BadOption, match="Cannot read"):
        list(recorded([tmp_path / "bad.tar.gz"], ""))
