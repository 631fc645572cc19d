"""A step of somebody else that was changed is other code, and so is what stands beside it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from jira_crawler.engines import code
from jira_crawler.engines.code import code_hash
from jira_crawler.policy import DEFAULTS, STEPS, Policy


def test_what_refines_tells_one_code_from_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "their_steps"
    package.mkdir()
    for name in ("__init__.py", "marked.py", "beside.py"):
        (package / name).write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    policy = Policy(steps=(*STEPS, "their_steps.marked.Marked"))

    def hashed(policy: Policy) -> str:
        code._hash.cache_clear()
        importlib.invalidate_caches()
        return code_hash(policy)

    plain, theirs = hashed(DEFAULTS), hashed(policy)
    (package / "beside.py").write_text("# changed")
    changed = hashed(policy)
    (package / "marked.py").write_text("# changed")

    assert len({plain, theirs, changed, hashed(policy)}) == 4
    assert hashed(Policy(min_quality=0.5)) == hashed(DEFAULTS) == plain
    sys.modules.pop("their_steps", None)
