"""docs/deploy.md names nothing that is not there; what it runs against a Scrapyd is run in test_scrapyd."""

from __future__ import annotations

import re
import shlex
from configparser import ConfigParser
from pathlib import Path

import yaml

from jira_crawler import settings

ROOT = Path(__file__).parent.parent.parent.parent
GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
BLOCKS = re.findall(r"^ *```sh\n(.*?)^ *```$", GUIDE, re.DOTALL | re.MULTILINE)
COMMANDS = [
    shlex.split(command, comments=True)
    for block in BLOCKS
    for line in block.replace("\\\n", " ").replace("<this repository>", "URL").splitlines()
    for command in line.split("&&")
]


def test_every_command_of_ours_is_there() -> None:
    wanted = {words[words.index("scrapy") + 1] for words in COMMANDS if "scrapy" in words}
    wanted |= {words[1] for words in COMMANDS if words[0].endswith("/scrapy")}
    wanted |= set(re.findall(r"`scrapy (\w+)", GUIDE))
    ours = {path.stem for path in (ROOT / "jira_crawler" / "commands").glob("[a-z]*.py")}
    assert wanted - ours == set()


def test_every_file_that_is_named_is_there() -> None:
    named = {word for words in COMMANDS for word in words if word.startswith(("deploy/", "requirements"))}
    named |= set(re.findall(r"`(deploy/[\w.]+)`", GUIDE))
    assert len(named) >= 4
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_docker_is_asked_for_services_that_there_are() -> None:
    asked = [words for words in COMMANDS if words[:2] == ["docker", "compose"]]
    before = [words[3 : words.index("scrapy") if "scrapy" in words else None] for words in asked]
    services = {word for words in before for word in words if re.fullmatch("[a-z]+", word)}
    scaled = {word.partition("=")[0] for words in asked for word in words if re.fullmatch(r"\w+=\d+", word)}
    assert {"worker"} < services <= set(COMPOSE["services"])
    assert scaled == {"worker"}


def test_every_name_in_capitals_is_one_that_something_reads() -> None:
    known = {name for name in vars(settings) if name.isupper()} | {"JOBDIR", "LOG_FILE", "JIRA_CRAWLER_CONTACT"}
    known |= {"TARGET", *re.findall("[A-Z_]+(?==)", (ROOT / "deploy" / "env.example").read_text("utf-8"))}
    prose = re.sub(r"^ *```.*?^ *```$", "", GUIDE, flags=re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})\b[^`<>]*`", prose)) | set(re.findall(r"-s ([A-Z_]+)=", GUIDE))
    assert named - known == set()


def test_numbers_in_prose_are_those_of_the_settings() -> None:
    for name, value in re.findall(r"`(\w+)` (?:seconds )?\((\d+)\)", GUIDE):
        assert getattr(settings, name) == float(value), name


def test_targets_keep_secrets_out_of_scrapy_cfg() -> None:
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "scrapy.cfg")
    deploy = config["deploy"]
    assert (deploy["username"], deploy["password"]) == ("$SCRAPYD_USERNAME", "$SCRAPYD_PASSWORD")
    assert not deploy["url"].endswith("/"), "scrapyd-client would double it"
    assert f"scrapy.cfg, {deploy['url']}\n" in GUIDE
