"""What the documentation says is so: settings, arguments, links, commands, sentences, and what is written."""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from scrapy.settings import Settings

from jira_crawler import settings, sites, tasks
from jira_crawler.commands import deliveries, export
from jira_crawler.items import Example, Issue, RawIssue
from jira_crawler.metrics import gold
from jira_crawler.metrics.readings import METRICS
from jira_crawler.search import remote
from jira_crawler.serve import application, signature
from jira_crawler.spiders.github import GitHub
from jira_crawler.spiders.jira import Jira
from jira_crawler.spiders.jira_pages import JiraPages
from jira_crawler.spiders.tracker_spider import TrackerSpider

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README, SETTINGS, FORMAT, LOG, INSTRUCTIONS, EXPORT, LIVE = (
    (ROOT / name).read_text("utf-8")
    for name in (
        "README.md",
        *(f"docs/{name}.md" for name in ("settings", "data-format", "reading-a-log", "instructions", "export", "live")),
    )
)
TRACKER_METRICS = (ROOT / "docs" / "tracker-metrics.md").read_text("utf-8")
# Of Scrapy's own settings that we leave alone, those that a page mentions.
SCRAPYS = {"JOBDIR", "LOG_FILE", "USER_AGENT"}


def section(page: str, heading: str) -> str:
    """The text under a heading, up to the next one of its level."""
    marks = re.match("#+", heading)[0]
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{len(marks)}}} |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row, without its heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def named(text: str) -> list[str]:
    """What stands in backquotes in the first column."""
    return [name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])]


def fenced(page: str, mark: str) -> str:
    """The fenced block after `<!-- tested: mark -->`."""
    found = re.search(rf"<!-- tested: {mark} -->\n```\w*\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert found, mark
    return found[1]


# --- settings


def test_every_setting_is_documented_and_nothing_else():
    ours = {name for name in vars(settings) if name.isupper()}
    tables = [
        section(SETTINGS, f"## {heading}") for heading in ("Settings of our own", "Scrapy's settings that we change")
    ]
    lists = [name for name in named(section(SETTINGS, "## Lists of parts")) if name.isupper()]
    documented = [name for table in tables for name in named(table)] + lists
    assert len(documented) == len(set(documented))
    assert set(documented) == ours


def test_defaults_are_the_right_ones():
    computed = {
        "CONTACT",
        "STATE_DIR",
        "REDIS_URL",
        "STORE_URL",
        "METRICS_URL",
        "SPARK_REMOTE",
        "RAY_ADDRESS",
        "SPARK_MASTER",
    }
    for name, default, *_ in rows(SETTINGS):
        name = name.strip("`")
        if not name.isupper() or name in computed or default == "see below" or name not in vars(settings):
            continue
        assert default.startswith("`"), name
        assert ast.literal_eval(default.strip("`")) == getattr(settings, name), name


def test_every_part_that_settings_name_is_documented():
    lists = (settings.ITEM_PIPELINES, settings.DOWNLOADER_MIDDLEWARES, settings.EXTENSIONS)
    parts = [path for each in lists for path in each] + list(filter(None, settings.DOWNLOAD_HANDLERS.values()))
    assert [path for path in parts if f"`{path}`" not in SETTINGS] == []
    order = [SETTINGS.index(path) for path in sorted(settings.ITEM_PIPELINES, key=settings.ITEM_PIPELINES.get)]
    assert order == sorted(order)


def arguments(*spiders: type) -> set[str]:
    signatures = [inspect.signature(spider.__init__).parameters.values() for spider in spiders]
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {each.name for signature in signatures for each in signature if each.kind in kinds} - {"self"}


def test_every_spider_argument_is_documented():
    assert set(named(section(SETTINGS, "## Spider arguments"))) == arguments(Jira, TrackerSpider)
    assert set(named(section(SETTINGS, "## Arguments of jira_pages"))) == arguments(JiraPages, TrackerSpider)
    assert set(named(section(SETTINGS, "## Arguments of github"))) == arguments(GitHub, TrackerSpider)


def test_every_switch_of_export_is_documented():
    parser = ArgumentParser()
    command = export.Command()
    command.settings = Settings()
    command.add_options(parser)
    titles = "What to export", "How to write it", "Who reads the feeds"
    groups = [group for group in parser._action_groups if group.title in titles]
    switches = {switch for group in groups for action in group._group_actions for switch in action.option_strings}
    assert set(named(section(EXPORT, "## Switches"))) == switches


def test_every_switch_of_deliveries_is_documented():
    parser = ArgumentParser(add_help=False)
    command = deliveries.Command()
    command.settings = Settings()
    command.add_options(parser)  # those of Scrapy are a group of their own
    switches = {switch for action in parser._optionals._group_actions for switch in action.option_strings}
    assert set(named(section(LIVE, "## What became of it"))) == switches


def test_every_reading_of_a_metric_is_defined_in_its_own_words():
    for metric in METRICS.values():
        text = section(TRACKER_METRICS, f"### {metric.name}")
        assert f"{metric.question}." in text
        defined = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
        assert defined == {reading.name: reading.meaning for reading in metric.readings}


def test_every_column_of_a_figure_is_documented():
    assert named(section(TRACKER_METRICS, "## A row")) == gold.SCHEMA.names


def test_every_environment_variable_is_documented():
    sites_file = (ROOT / "jira_crawler" / "sites.toml").read_text("utf-8")
    source = (ROOT / "jira_crawler" / "settings.py").read_text("utf-8")
    variables = set(re.findall(r"environ\.get\(\"([A-Z_]+)\"", source))
    variables |= {*signature.VARIABLES, application.TOKEN, *remote.VARIABLES}
    typed = sites.find("https://jira.example.org")
    variables |= {typed.token, typed.email, typed.api_token, *typed.sla.values()}
    for table in tomllib.loads(sites_file).values():
        variables |= {table[key] for key in ("token", "email", "api_token") if key in table}
    assert set(named(section(SETTINGS, "## Environment variables"))) == variables
    assert [name for name in variables if f"`{name}`" not in README] == []


def test_every_key_of_a_site_is_documented():
    fields = set(sites.Site.__dataclass_fields__) - {"name"}
    assert set(named(section(SETTINGS, "## Keys of sites.toml"))) == fields


# --- links and commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    for target, anchor in re.findall(r"\]\((?!https?://)([^)#\s]*)#?([^)\s]*)\)", text):
        file = (page.parent / target) if target else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, f"{page.name}: {target}#{anchor}"


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_page_of_docs_is_linked_from_the_readme():
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name}" not in README] == []


def test_make_knows_its_targets():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    wanted = {
        name for page in PAGES for name in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert {"demo", "test"} <= wanted <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_name_what_exists(page):
    text = page.read_text("utf-8")
    known = {name for name in vars(settings) if name.isupper()} | SCRAPYS
    assert set(re.findall(r"-a ([a-z_]+)=", text)) <= arguments(Jira, JiraPages, GitHub, TrackerSpider)
    assert set(re.findall(r"-s\s+([A-Z_]+)=", text)) - {"NAME"} <= known


def test_the_worked_examples_are_whole():
    page = (ROOT / "docs" / "adding-a-part.md").read_text("utf-8")
    for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        if language == "toml":
            assert [sites.Site(name, **table) for name, table in tomllib.loads(block).items()]
        else:
            assert ast.parse(block).body


def test_every_other_command_of_the_readme_is_known():
    blocks = re.findall(r"(<!-- tested: \w+ -->\n)?```sh\n(.*?)```", README, re.DOTALL)
    untested = [line for mark, block in blocks if not mark for line in block.splitlines()]
    known = r"make (demo|test)|pip install -r requirements\.txt && scrapy crawl jira -a|scrapy crawl jira_pages -a site=https://jira\.example"
    # They install, or ask a public server.
    assert [line for line in untested if not re.match(known, line)] == []


# --- what a crawl leaves


def an_issue() -> Issue:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    raw = RawIssue(
        site="x", base_url="u", dialect="server", project="P", id="1", key="P-1", payload=b"{}", fetched_at=moment
    )
    return Issue(site="x", id="1", key="P-1", project="P", url="u", title="t", created=moment, updated=moment, raw=raw)


@pytest.mark.parametrize("page", [README, FORMAT], ids=["README", "data-format"])
def test_the_example_line_is_like_a_real_one(page):
    example = Example(task_type="t", variant="v", instruction="i", input="a", output="b")
    real, shown = tasks.line(an_issue(), example), json.loads(fenced(page, "line"))
    assert list(shown) == list(real)
    assert list(shown["metadata"]) == list(real["metadata"])
    types = [{key: type(value) for key, value in each["metadata"].items()} for each in (real, shown)]
    assert types[0] == types[1]
    assert shown["id"].split("-")[1:4] == [
        shown["metadata"]["issue_id"],
        shown["task_type"],
        shown["metadata"]["example_type"],
    ]


@pytest.mark.parametrize("family", tasks.EVERY, ids=lambda family: family.__name__.rpartition(".")[2])
def test_every_instruction_is_documented(family):
    for variant, ways in family.INSTRUCTIONS.items():
        if any(ways):
            listed = section(INSTRUCTIONS, f"## `{family.__name__.rpartition('.')[2]}`, `{variant}`")
            assert [line.removeprefix("- ") for line in listed.strip().split("\n")] == list(ways)


# --- sentences

SAYING = {"add_finding", "add", "give_up", "stop", "refuse", "info", "warning", "error", "BadArgument", "SiteRefused"}
SAYING |= {"Malformed", "Rejected", "DropIssue", "Unreadable", "UsageError", "_fail", "Astray", "TooLarge"}


@cache
def is_connected(folder: Path) -> bool:
    """Whether something outside of a folder of modules names it; what is not yet in use says nothing."""
    if folder.name == "jira_crawler":
        return True
    name = f"jira_crawler.{folder.name}"
    return any(name in text for path, text in texts().items() if path.parent != folder)


@cache
def texts() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in sorted((ROOT / "jira_crawler").rglob("*.py"))}


def sentences() -> Iterator[tuple[str, str]]:
    """Gives (place, the longest fixed stretch) of all that the crawler says to a person."""
    for path, text in texts().items():
        if path.name == "sandbox.py" or not is_connected(path.parent):
            continue
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call):
                continue
            if getattr(call.func, "attr", getattr(call.func, "id", "")) not in SAYING:
                continue
            for said in call.args:
                pieces = [
                    piece
                    for part in ast.walk(said)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    for piece in re.split(r"%(?:\.\d)?[sdf]", part.value)
                ]
                longest = " ".join(max(pieces, key=len, default="").split()).strip(" :.(")
                if len(longest.split()) > 1:
                    yield f"{path.name}:{call.lineno}", longest


def test_every_sentence_is_explained():
    text = " ".join(LOG.split())
    told = list(sentences())
    assert [(place, said) for place, said in told if said not in text] == []
    assert len(told) > 30
