"""Nothing is ever read that could run code when it is read: no pickle, marshal or shelve, ours or by a setting."""

from __future__ import annotations

import ast
from pathlib import Path
from unicodedata import normalize

import pytest
from scrapy.settings import Settings

from jira_crawler import settings
from jira_crawler.crawl.tasks import decode

PACKAGE = Path(settings.__file__).parent
RUN_CODE = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "yaml"}
CALLS = {"eval", "exec", "compile", "__import__"}


def named(tree: ast.AST) -> set[str]:
    """Every module that is imported, and every builtin that runs code and is called."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
            ours = node.module.startswith("jira_crawler.")
            found |= set() if ours else {alias.name for alias in node.names}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found |= {node.func.id} & CALLS
    return found


def test_no_module_can_run_what_it_reads():
    texts = {path: normalize("NFKC", path.read_text("utf-8")) for path in PACKAGE.rglob("*.py")}
    assert len(texts) > 500
    suspects = {path: text for path, text in texts.items() if any(word in text for word in RUN_CODE | CALLS)}
    assert suspects  # of "compile", "marshal" or the like every module that has none is innocent, and not to be parsed
    found = {path: named(ast.parse(text)) for path, text in suspects.items()}
    assert {path: names & (RUN_CODE | CALLS) for path, names in found.items() if names & (RUN_CODE | CALLS)} == {}


def test_it_would_be_noticed():
    assert named(ast.parse("from scrapy.squeues import pickle")) & RUN_CODE
    assert named(ast.parse("eval('1')")) & CALLS


def test_no_setting_chooses_a_queue_or_a_cache_that_pickles():
    chosen = Settings()
    chosen.setmodule(settings)
    for name in ("SCHEDULER", "SCHEDULER_QUEUE_CLASS"):
        assert chosen[name].startswith("jira_crawler."), name
    assert chosen["EXTENSIONS"]["scrapy.extensions.spiderstate.SpiderState"] is None
    assert not chosen.getbool("HTTPCACHE_ENABLED")


def test_a_pickle_in_the_place_of_a_question_is_none():
    with pytest.raises(ValueError, match="malformed"):
        decode(b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.")
