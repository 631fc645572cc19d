"""Every row of the table of shapes is one that can find something, and says so with its hint."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import re2

from jira_crawler.redaction.redact import RULES
from jira_crawler.redaction.shapes import SHAPES, Shape


def test_a_row_is_known_by_its_id() -> None:
    assert [name for name, times in Counter(shape.id for shape in SHAPES).items() if times > 1] == []
    assert [name for name, times in Counter(rule.id for rule in RULES).items() if times > 1] == []


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.id)
def test_both_engines_read_a_row(shape: Shape) -> None:
    assert not re.compile(shape.pattern).fullmatch("")
    assert not re2.search(shape.hint, "")
