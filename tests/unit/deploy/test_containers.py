"""What the Dockerfile and docker-compose.yml promise. No container engine is needed to hold them to it."""

from __future__ import annotations

import fnmatch
import inspect
import re
import tomllib
from configparser import ConfigParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from jira_crawler import sites
from jira_crawler.configuration.table import OURS as OUR_SETTINGS
from jira_crawler.serve.application import TOKEN
from jira_crawler.serve.signature import VARIABLES
from jira_crawler.spiders.jira import Jira
from jira_crawler.spiders.live import Live

ROOT = Path(__file__).parent.parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
# What a patch mended that matters here: code from a script in Redis, and from quoted input in Postgres.
MENDED = {"redis": (7, 4, 6), "postgres": (15, 15)}
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.-]+)?")
FROM_ENVIRONMENT = re.compile(r"\$\{(\w+)(?:(:[-?])((?:[^{}]|\$\{\w+\})*))?\}")
# Whom an image of others is run as, where that is not somebody of its own name.
USERS = {"prometheus": "nobody", "grafana": "472"}
OURS = {name for name, service in SERVICES.items() if "build" in service}

each_service = pytest.mark.parametrize("name", SERVICES)


def instructions(kind: str) -> list[str]:
    return [line.removeprefix(kind).strip() for line in DOCKERFILE if line.startswith(f"{kind} ")]


@each_service
def test_every_service_is_watched_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    assert PINNED.fullmatch(service["image"]), "a tag that moves is another image tomorrow"


@each_service
def test_every_service_is_open_to_this_machine_only(name: str) -> None:
    assert [port for port in SERVICES[name].get("ports", []) if not port.startswith("127.0.0.1:")] == []


@each_service
def test_no_secret_stands_in_the_file(name: str) -> None:
    """Values of secrets come from the environment, and those that guard a service must be there."""
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search("PASSWORD|TOKEN|AUTH|USERNAME", variable):
            assert FROM_ENVIRONMENT.fullmatch(value), variable
        guards = re.fullmatch("SCRAPYD_(PASSWORD|USERNAME)|POSTGRES_PASSWORD|REDISCLI_AUTH", variable)
        assert not guards or ":?" in value, f"{variable} may be left empty"
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for user_and_password in re.findall(r"://([^@\s/]*)@", text):
        assert re.fullmatch(r"\w*:\$\{\w+\}", user_and_password), user_and_password


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_that_a_crawl_gets_is_one_that_it_reads(name: str) -> None:
    known = set(re.findall(r'environ\.get\("(\w+)"', (ROOT / "jira_crawler" / "settings.py").read_text("utf-8")))
    typed = sites.find("https://jira.example.org")
    known |= {typed.token, typed.email, typed.api_token}
    if name == "live":
        known |= {*VARIABLES, TOKEN, *typed.sla.values()}
    for table in tomllib.loads((ROOT / "jira_crawler" / "sites.toml").read_text("utf-8")).values():
        known |= {table[key] for key in ("token", "email", "api_token") if key in table}
    scrapyd = {"SCRAPYD_BIND_ADDRESS", "SCRAPYD_USERNAME", "SCRAPYD_PASSWORD"}
    given = set(SERVICES[name]["environment"])
    assert given - known == (scrapyd if name == "scrapyd" else set())


def test_every_variable_of_the_file_is_in_the_example_and_nothing_else() -> None:
    text = re.sub(r"^\s*#.*$", "", (ROOT / "docker-compose.yml").read_text("utf-8"), flags=re.MULTILINE)
    wanted = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    example = (ROOT / "deploy" / "env.example").read_text("utf-8")
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) == wanted
    assert re.findall(r"^[A-Z_]+=.+", example, re.MULTILINE) == [], "the example holds a value"


@pytest.mark.parametrize("name", sorted(OURS))
def test_crawls_wait_for_what_they_need_and_have_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    assert service["depends_on"] == {other: {"condition": "service_healthy"} for other in ("redis", "postgres")}
    assert service["stop_grace_period"] == "2m"
    assert service["cap_drop"] == ["ALL"]


def test_what_must_outlive_a_container_lies_in_a_volume() -> None:
    mounted = {
        name: [volume.split(":") for volume in service["volumes"] if not volume.startswith("./")]
        for name, service in SERVICES.items()
    }
    assert mounted["redis"] == [["redis", "/data"]]
    assert mounted["postgres"] == [["postgres", "/var/lib/postgresql/data"]]
    assert mounted["prometheus"] == [["prometheus", "/prometheus"]]
    assert mounted["grafana"] == [["grafana", "/var/lib/grafana"]]
    assert all(mounted[name] == [["data", "/data"]] for name in OURS)
    assert {source for volumes in mounted.values() for source, _ in volumes} == set(COMPOSE["volumes"])
    assert "--appendonly yes" in SERVICES["redis"]["command"][-1]


def test_what_a_service_reads_of_the_project_is_there_and_stays_as_it_is() -> None:
    bound = [volume.split(":") for service in SERVICES.values() for volume in service["volumes"] if volume[0] == "."]
    assert len(bound) == 4
    assert [source for source, _, how in bound if how != "ro" or not (ROOT / source).exists()] == []


def test_metrics_are_watched_by_who_asks_for_that_and_nobody_can_log_in() -> None:
    assert {name for name, service in SERVICES.items() if service.get("profiles") == ["metrics"]} == {*USERS}
    grafana = ConfigParser()
    grafana.read(ROOT / "deploy" / "grafana" / "grafana.ini")
    assert not grafana.getboolean("auth.basic", "enabled")
    assert grafana.getboolean("auth", "disable_login_form")
    assert grafana.getboolean("security", "disable_initial_admin_creation")
    assert grafana["auth.anonymous"]["org_role"] == "Viewer"


def test_prometheus_looks_for_workers_where_they_answer() -> None:
    config = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text("utf-8"))
    ((found,),) = [scrape["dns_sd_configs"] for scrape in config["scrape_configs"]]
    command = SERVICES["worker"]["command"]
    assert f"METRICS_PORT={found['port']}" in command
    assert "METRICS_HOST=0.0.0.0" in command, "other containers come from outside of it"
    assert found["names"] == ["worker", "live"]


def test_what_follows_a_tracker_is_begun_by_who_asks_for_it_and_gets_all_that_it_reads() -> None:
    service = SERVICES["live"]
    assert [name for name in SERVICES if SERVICES[name].get("profiles") == ["live"]] == ["live"]
    assert {*VARIABLES, TOKEN, "REDIS_URL", "STORE_URL"} <= service["environment"].keys()
    given = dict(each.split("=", 1) for each in service["command"] if "=" in each)
    assert given["projects"] == "${PROJECTS:-}"
    assert given["LIVE_HOST"] == "0.0.0.0", "other containers and the engine come from outside of it"
    assert [port.rpartition(":")[2] for port in service["ports"]] == [given["LIVE_PORT"]]
    assert service["healthcheck"]["test"][-1] == "live"


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_setting_and_argument_of_a_command_is_one_that_there_is(name: str) -> None:
    command = SERVICES[name].get("command", [])
    pairs = [(how, each.partition("=")[0]) for how, each in pairwise(command) if how[0] == "-"]
    assert {setting for how, setting in pairs if how == "-s"} <= {setting.name for setting in OUR_SETTINGS}
    spider = {"live": Live, "jira": Jira}[command[2]] if command else Live
    arguments = {argument for how, argument in pairs if how == "-a"}
    assert arguments <= {"site", *inspect.signature(spider.__init__).parameters}


def test_redis_has_a_password_that_no_command_line_shows() -> None:
    *shell, script = SERVICES["redis"]["command"]
    begin, settings = script.split("<<END\n")
    assert shell == ["sh", "-c"]
    assert begin.startswith("exec redis-server - ")
    assert "AUTH" not in begin
    assert settings == 'requirepass "$$REDISCLI_AUTH"\nEND\n'


def test_as_many_workers_as_are_wanted_can_run() -> None:
    assert {"container_name", "ports", "hostname"} & set(SERVICES["worker"]) == set()


@each_service
def test_every_service_has_limits_and_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["mem_limit"].endswith("g")
    assert service["cpus"] > 0
    assert service["pids_limit"] > 0
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert name in OURS or service["user"] == USERS.get(name, name), "an image of others starts as root"


@pytest.mark.parametrize("name", MENDED)
def test_images_of_others_are_at_a_patch_level_that_is_known_to_be_mended(name: str) -> None:
    version = SERVICES[name]["image"].removeprefix(f"{name}:").partition("-")[0]
    level = tuple(map(int, version.split(".")))
    assert len(level) == len(MENDED[name])
    assert level[:-1] == MENDED[name][:-1]
    assert level >= MENDED[name]


def test_what_must_be_written_outside_a_volume_is_in_memory() -> None:
    assert all(SERVICES[name]["tmpfs"] == ["/tmp"] for name in OURS)
    assert SERVICES["postgres"]["tmpfs"] == ["/tmp", "/var/run/postgresql"]


def test_redis_refuses_writes_before_it_would_be_ended_for_its_memory() -> None:
    (most,) = re.findall(r"--maxmemory (\d+)gb", SERVICES["redis"]["command"][-1])
    assert 2 * int(most) <= int(SERVICES["redis"]["mem_limit"].removesuffix("g")), "a rewrite of its log needs as much"


# --- the images


def test_images_are_pinned_run_as_nobody_special_and_hold_no_secret() -> None:
    stages = [line.split() for line in instructions("FROM")]
    names = {stage[2] for stage in stages}
    assert all(stage[0] in names or PINNED.fullmatch(stage[0]) for stage in stages)
    assert instructions("USER") == ["10001"]
    assert DOCKERFILE.index("USER 10001") < min(index for index, line in enumerate(DOCKERFILE) if "CMD [" in line)
    assert instructions("ARG") == []
    assert [line for line in instructions("ENV") if re.search("PASSWORD|TOKEN|SECRET", line)] == []
    assert names >= {service["build"]["target"] for service in SERVICES.values() if "build" in service}
    assert stages[-1][2] == "worker"


def test_what_is_copied_exists_and_is_let_in_by_dockerignore() -> None:
    """And nothing else is: secrets and output lie about in a checkout."""
    rules = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    assert rules[0] == "*"
    let_in = {line[1:] for line in rules if line.startswith("!")}
    copied = {line.split()[0] for line in instructions("COPY") if not line.startswith("--from")}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    assert not any(fnmatch.fnmatch(".env", name) for name in let_in)


def test_the_images_have_what_the_tests_have() -> None:
    live = (ROOT / "deploy" / "live.txt").read_text("utf-8").splitlines()[1:]
    assert set(live) <= set((ROOT / "requirements-dev.txt").read_text("utf-8").splitlines())
    assert any(line.startswith("prometheus_client==") for line in live)


def test_scrapyds_image_has_no_code_that_would_hide_an_egg() -> None:
    text = "\n".join(DOCKERFILE)
    stage = text[text.index("FROM base AS scrapyd") : text.index("FROM base AS worker")]
    assert "jira_crawler" not in stage.replace("jira_crawler-", "")
    assert "COPY --from=code" not in stage
    assert "PYTHONPATH" not in text[: text.index("FROM base AS worker")]


def test_every_package_of_the_images_is_pinned_and_a_driver_for_postgres_is_among_them() -> None:
    pins = [
        line
        for name in ("requirements.txt", "deploy/live.txt", "deploy/requirements.txt")
        for line in (ROOT / name).read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    assert [line for line in pins if not re.match(r"[\w.-]+==[\w.]+(;|$)", line)] == []
    names = [re.split("==", line)[0].lower() for line in pins]
    assert len(names) == len(set(names))
    assert "psycopg" in names, "STORE_URL in docker-compose.yml asks for it"
