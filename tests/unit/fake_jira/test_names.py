"""`expand=names`, and the release notes that only a name leads to."""

from __future__ import annotations

import pytest

from tests.unit.fake_jira import made_up

NOTE = "customfield_12310192"


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_some_of_what_was_fixed_has_a_release_note(dialect):
    fields = [issue["fields"] for issue in made_up.issues(dialect)]
    noted = [each for each in fields if each[NOTE]]
    assert 0.05 < len(noted) / sum(bool(each["resolution"]) for each in fields) < 0.11
    assert {each["resolution"]["name"] for each in noted} == {"Fixed"}
    assert {type(each[NOTE]) for each in noted} == {str if dialect == "server" else dict}
    assert len({str(each[NOTE]) for each in noted}) == len(noted)
