"""Issues that a server chokes on."""

from __future__ import annotations

import pytest

from fake_jira.faults.poison import Poison
from fake_server import BadOption


@pytest.mark.parametrize("how", ["", "501", "slow:soon"])
def test_wrong_ways(how):
    with pytest.raises(BadOption):
        Poison(how=how)


def test_a_case_that_is_none():
    with pytest.raises(BadOption):
        Poison({"DEMO-7:light"})
