"""Recorded issues, as the unit tests of the fake Jira make them."""

from tests.unit.fake_jira.conftest import folder

__all__ = ["folder"]
