"""What downloads is loaded without a search, and Scrapy is as it was afterwards."""

from __future__ import annotations

import inspect
import warnings

import pytest
from scrapy.exceptions import ScrapyDeprecationWarning
from scrapy.utils import deprecate

from jira_crawler.middlewares import loading


class New:
    pass


def test_a_class_under_an_old_name_is_made_without_looking_who_makes_it(monkeypatch):
    monkeypatch.setattr(inspect, "stack", lambda *_: pytest.fail("it looked"))
    with warnings.catch_warnings(), loading._without_search():
        warnings.simplefilter("error")
        old = deprecate.create_deprecated_class("Old", New)
    assert deprecate.inspect is inspect
    assert issubclass(New, old) and not issubclass(int, old)
    with pytest.warns(ScrapyDeprecationWarning, match="New"):
        old()


def test_scrapy_is_as_it_was_when_loading_fails(monkeypatch):
    monkeypatch.setattr(loading, "DOWNLOAD", "jira_crawler.nowhere")
    with pytest.raises(ModuleNotFoundError):
        loading.load_download()
    assert deprecate.inspect is inspect


def test_a_scrapy_that_looks_otherwise_is_left_alone(monkeypatch):
    monkeypatch.delattr(deprecate, "inspect")
    with loading._without_search():
        assert not hasattr(deprecate, "inspect")
    assert not hasattr(deprecate, "inspect")
