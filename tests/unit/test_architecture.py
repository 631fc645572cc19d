"""The core is pure, and what settings.py names is there; who may import whom is for `make check` to say."""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from scrapy.utils.misc import load_object

from jira_crawler import settings
from jira_crawler.spiders import live
from jira_crawler.spiders.jira import Jira
from jira_crawler.spiders.jira_pages import JiraPages
from jira_crawler.spiders.replay import Replay

PACKAGE = Path(__file__).parent.parent.parent / "jira_crawler"
MODULES = sorted(PACKAGE.rglob("*.py"))
FAKE = sorted((PACKAGE.parent / "fake_jira").rglob("*.py"))
CORE = {"trackers", "converters", "text", "redaction", "tasks"}
PURE = CORE | {"refine", "crawl", "links"}
ACTS = {"refine/executor.py", "refine/pool.py"}  # they start processes, and understand nothing
IMPURE = {
    *("aiohttp", "asyncio", "http", "requests", "scrapy", "socket", "twisted", "urllib.request"),  # the network
    *("io", "os", "pathlib", "platformdirs", "shutil", "sqlalchemy", "sqlite3", "tempfile"),  # files and databases
    *("logging", "random", "signal", "subprocess", "threading", "time"),  # clock, chance and the process
}
IMPURE_CALLS = re.compile(r"open|input|print|(.+\.)?(now|utcnow|today)|(os|time|random|logging)\..+")
VAGUE = {"util", "utils", "helper", "helpers", "common", "manager", "handler"}


class Found(NamedTuple):
    """What one look at a module finds; its tree is too large to be kept."""

    documented: bool
    lines: int
    classes: tuple[str, ...]
    texts: tuple[str, ...]


@cache
def found_in(path: Path) -> Found:
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    return Found(
        documented=bool(ast.get_docstring(tree)),
        lines=len(text.splitlines()),
        classes=tuple(node.name for node in nodes if isinstance(node, ast.ClassDef)),
        texts=tuple(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)),
    )


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def modules_of_values() -> list[Path]:
    return [path for path in MODULES if part_of(path) in PURE and str(path.relative_to(PACKAGE)) not in ACTS]


def imports(tree: ast.AST) -> list[tuple[str, int]]:
    """Gives (dotted name, line) of all that a module imports, wherever in it."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: write relative imports out"
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found


def ancestry(name: str) -> list[str]:
    """`a.b.c` → `a`, `a.b`, `a.b.c`."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def impure_in(path: Path) -> list[tuple[str, int]]:
    """What a module imports or calls that is no value, and where."""
    tree, says = ast.parse(path.read_text("utf-8")), part_of(path) == "crawl"
    impure = IMPURE - ({"logging"} if says else set())
    broken = [(name, line) for name, line in imports(tree) if not impure.isdisjoint(ancestry(name))]
    calls = [(ast.unparse(call.func), call.lineno) for call in ast.walk(tree) if isinstance(call, ast.Call)]
    calls = [(name, line) for name, line in calls if not (says and name == "logging.getLogger")]
    return broken + [(name, line) for name, line in calls if IMPURE_CALLS.fullmatch(name)]


def test_the_core_knows_only_values():
    """What leads a crawl may also say what it does."""
    paths = list(modules_of_values())
    assert len(paths) > 100
    broken = [f"{path.relative_to(PACKAGE.parent)}:{line}: {name}" for path in paths for name, line in impure_in(path)]
    assert not broken, "\n".join(broken)


def test_no_modules_import_each_other():
    """Not in a circle either, nor for their types alone: which of two knows the other is decided."""
    modules = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in MODULES}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph = {
        name: {
            next(filter(modules.__contains__, reversed(ancestry(imported))))
            for imported, _ in imports(ast.parse(path.read_text("utf-8")))
            if imported.startswith(f"{PACKAGE.name}.")
        }
        - {name}
        for name, path in modules.items()
    }
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError, with who is in it


def test_no_spider_has_more_than_one_class_of_ours_above_it():
    for kind in (Jira, JiraPages, Replay):
        assert len([each for each in kind.__mro__ if each.__module__.startswith("jira_crawler.")]) <= 2


def test_every_module_says_what_it_is_for_and_is_short():
    # Look again at 300.
    wrong = [
        str(path.relative_to(PACKAGE.parent))
        for path in (*MODULES, *FAKE)
        if not found_in(path).documented or found_in(path).lines > 500
    ]
    assert not wrong


def test_no_name_is_vague():
    classes = {
        f"{path.stem}.{name}"
        for path in MODULES
        for name in found_in(path).classes
        if VAGUE & set(re.findall("[A-Z][a-z]+", name.title()))
    }
    files = {str(path) for path in PACKAGE.rglob("*") if VAGUE & set(re.split(r"[_.]", path.name.lower()))}
    assert not classes | files


def test_what_settings_name_is_there_and_everything_there_is_named():
    lists = (settings.ITEM_PIPELINES, settings.DOWNLOADER_MIDDLEWARES, settings.EXTENSIONS)
    named = {path for parts in lists for path in parts} | set(settings.DOWNLOAD_HANDLERS.values()) - {None}
    named |= {settings.ITEM_PROCESSOR, settings.STATS_CLASS, live.EXTENSION}
    for path in named:
        assert load_object(path)
    ours = {path.rpartition(".")[0] for path in named if path.startswith("jira_crawler.")}
    paths = [path for part in ("pipelines", "extensions") for path in (PACKAGE / part).glob("[a-z]*.py")]
    steps = {f"jira_crawler.{path.parent.name}.{path.stem}": path for path in paths}
    used = {name for name in steps for path in steps.values() if f"from {name} import" in path.read_text("utf-8")}
    assert steps.keys() - used <= ours


# Python before 3.11.5 matches a possessive group wrongly (gh-106052); an atomic one, `(?>(?:…)+)`, rightly.
POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+(?!\])")


def test_no_group_is_possessive():
    assert [(path, text) for path in MODULES for text in found_in(path).texts if POSSESSIVE_GROUP.search(text)] == []
