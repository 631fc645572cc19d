"""An engine that cannot be had is one sentence; so is what its workers say in many lines."""

from __future__ import annotations

import pytest

from jira_crawler.engines import choice
from jira_crawler.engines.choice import opened, require
from jira_crawler.engines.engine import Where, unfit
from jira_crawler.exceptions import BadArgument, Refused


def test_an_engine_that_there_is_not_is_named() -> None:
    with pytest.raises(BadArgument, match=r"^There is no engine 'dask': local, ray, spark\.$"):
        require("dask")


@pytest.mark.parametrize(("name", "extra"), [("ray", "ray"), ("spark", "metrics")])
def test_an_engine_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, name: str, extra: str
) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda _: None)

    with pytest.raises(BadArgument, match=rf"^The engine {name} needs the package \w+: pip install .*\[{extra}\]'\.$"):
        require(name)
    require("local")


def test_spark_is_to_be_somewhere() -> None:
    with pytest.raises(BadArgument, match="needs SPARK_REMOTE"), opened("spark", Where(1)):
        pass


def test_a_worker_without_the_package_is_told_of_as_such() -> None:
    many = "ray::work()\nTraceback …\n  File …\nModuleNotFoundError: No module named 'jira_crawler'\nand more"

    assert str(unfit("Ray", many)).startswith("A worker of Ray lacks jira_crawler: install it, of this very version, ")
    assert str(unfit("Ray", "Traceback …\n\n  RuntimeError: Version mismatch: 2.1 and 2.2.\n")) == (
        "Ray cannot be used: RuntimeError: Version mismatch: 2.1 and 2.2."
    )
    assert isinstance(unfit("Spark", ""), Refused)
