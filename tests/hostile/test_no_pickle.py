"""Nothing is ever read that could run code when it is read: no pickle, marshal or shelve, ours or by a setting."""

from __future__ import annotations

import ast
import sqlite3
from pathlib import Path

import pytest
from scrapy.settings import Settings

from jira_crawler import settings
from jira_crawler.crawl.tasks import decode
from tests.servers.hostile import hostile

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


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_can_run_what_it_reads(path):
    assert named(ast.parse(path.read_text("utf-8"))) & (RUN_CODE | CALLS) == set()


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


def test_what_waits_on_disk_is_no_pickle(crawl, tmp_path):
    """A crawl that is cut short leaves its questions in JOBDIR: each of them is plain text that begins as JSON does."""
    with hostile(30, lambda asked: b"" if asked.jql and not asked.is_count else None, page_cap=5) as jira:
        done = crawl(jira.url, projects="ACME", JOBDIR=tmp_path / "jobs", RETRY_TIMES=1)
    assert done.status == 1
    kept = [path for path in (tmp_path / "jobs").rglob("*") if path.is_file() and path.suffix != ".sqlite"]
    assert not [path for path in kept if path.read_bytes()[:1] == b"\x80"]
    rows = []
    with sqlite3.connect(tmp_path / "jobs" / "frontier.sqlite") as base:
        tables = [name for (name,) in base.execute("select name from sqlite_master where type = 'table'")]
        assert "seen" in tables  # digests, which may begin with any byte, and are compared only
        for table in {*tables} - {"seen"}:
            rows += [cell for row in base.execute(f"select * from {table}") for cell in row]
    texts = [cell if isinstance(cell, bytes) else cell.encode() for cell in rows if isinstance(cell, str | bytes)]
    assert any(text.startswith(b'{"type":"FetchPage"') for text in texts)
    assert not [text for text in texts if text[:1] == b"\x80"]


def test_a_pickle_in_the_place_of_a_question_is_none():
    with pytest.raises(ValueError, match="malformed"):
        decode(b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.")
