"""Which engines there are, and how one is opened."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib.util import find_spec
from typing import Final

from jira_crawler.engines.engine import Engine, Where
from jira_crawler.exceptions import BadArgument

ENGINES: Final = ("local", "ray", "spark")
_PACKAGES: Final = {"ray": "ray", "spark": "pyspark"}
_EXTRAS: Final = {"ray": "ray", "spark": "metrics"}


def require(name: str) -> None:
    """Raises BadArgument, in one sentence, for an engine that there is not, or whose packages are not installed."""
    if name not in ENGINES:
        raise BadArgument(f"There is no engine {name!r}: {', '.join(ENGINES)}.")
    package = _PACKAGES.get(name)
    if package and find_spec(package) is None:
        raise BadArgument(
            f"The engine {name} needs the package {package}: pip install 'jira-crawler[{_EXTRAS[name]}]'."
        )


def opened(name: str, where: Where) -> AbstractContextManager[Engine]:
    """Opens an engine; raises Refused, in one sentence, where it is away."""
    require(name)
    if name == "ray":
        from jira_crawler.engines.ray import ray

        return ray(where)
    if name == "spark":
        from jira_crawler.engines.spark import spark

        return spark(where)
    from jira_crawler.engines.local import local

    return local(where)
