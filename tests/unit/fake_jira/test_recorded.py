"""Recorded issues of any completeness, from folders, archives and lines."""

from __future__ import annotations

import pytest

from fake_jira.data.adf import plain
from fake_jira.data.recorded import recorded
from fake_server import BadOption


def test_issues_are_completed(folder):
    issues = {issue["key"]: issue for issue in recorded([folder], "http://sandbox")}
    assert set(issues) == {"OLD-1", "OLD-2"}
    assert issues["OLD-1"]["fields"]["project"]["key"] == "OLD"
    assert issues["OLD-1"]["fields"]["comment"]["comments"][0]["body"] == "yes"
    assert issues["OLD-2"]["fields"]["created"] is None
    assert issues["OLD-2"]["fields"]["avatar"] == "http://sandbox/secure/x.png"
    assert not (folder.parent / "outside.json").exists()


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
