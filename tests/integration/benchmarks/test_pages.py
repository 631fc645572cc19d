"""The benchmark of issue pages measures what it says: whose memory, over which pages, and how many were open."""

from __future__ import annotations

import sys

import pytest

from benchmarks.pages import watched


def test_a_crawl_that_fails_or_hangs_is_told(tmp_path, monkeypatch):
    with pytest.raises(RuntimeError, match="status 1:\nout of order"):
        watched([sys.executable, "-c", "import sys; sys.exit('out of order')"], tmp_path / "log")
    monkeypatch.setattr("benchmarks.pages.LONGEST", 0.1)
    with pytest.raises(RuntimeError, match="took more than"):
        watched([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log")
