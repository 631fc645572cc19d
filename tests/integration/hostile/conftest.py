"""An issue for tests about text, as the unit tests make it."""

from tests.unit.text.conftest import make

__all__ = ["make"]
