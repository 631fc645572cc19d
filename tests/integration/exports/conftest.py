"""Feeds of made-up issues, as the unit tests of exports make them."""

from tests.unit.exports.conftest import feeds

__all__ = ["feeds"]
