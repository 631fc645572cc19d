"""A step of somebody else that was changed is other code, and so is what stands beside it."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

import jira_crawler
from jira_crawler.engines import code
from jira_crawler.engines.code import code_hash, month_code
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


def test_what_makes_a_month_is_summed_up_with_all_that_it_is_made_by(monkeypatch: pytest.MonkeyPatch) -> None:
    home, names = Path(jira_crawler.__file__).parent, list[str]()
    code._hash.cache_clear()
    monkeypatch.setattr(code, "_add", lambda _, name, path: names.append(name))
    month_code()
    code._hash.cache_clear()

    left, found = ["tables/month.py"], set[str]()
    while left:
        if (name := left.pop()) not in found and not name.startswith(("store/", "feeds/")):  # which say nothing of rows
            found.add(name)
            for imported in re.findall(
                r"^from jira_crawler\.(\S+) import (\w+)", (home / name).read_text("utf-8"), re.M
            ):
                paths = "/".join(imported[0].split(".")), "/".join((*imported[0].split("."), imported[1]))
                left += [
                    f"{path}{end}"
                    for path in paths
                    for end in (".py", "/__init__.py")
                    if (home / f"{path}{end}").is_file()
                ]
    assert len(found) > 30
    assert found - set(names) == set()
