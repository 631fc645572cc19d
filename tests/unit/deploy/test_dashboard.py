"""The dashboard is one that Grafana can lay out, and asks the source that is set up for it."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
import yaml

GRAFANA = Path(__file__).parent.parent.parent.parent / "deploy" / "grafana"
DASHBOARD = json.loads((GRAFANA / "dashboards" / "jira_crawler.json").read_text("utf-8"))
PANELS = DASHBOARD["panels"]
COMPOSE = yaml.safe_load((GRAFANA.parent.parent / "docker-compose.yml").read_text("utf-8"))


def provisioned(kind: str, name: str) -> dict:
    (found,) = yaml.safe_load((GRAFANA / "provisioning" / kind / name).read_text("utf-8"))[
        {"datasources": "datasources", "dashboards": "providers"}[kind]
    ]
    return found


def test_panels_have_numbers_of_their_own_and_lie_beside_each_other():
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    places = [panel["gridPos"] for panel in PANELS]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


@pytest.mark.parametrize("panel", [panel for panel in PANELS if panel["type"] != "row"], ids=lambda each: each["title"])
def test_every_panel_asks_the_source_that_is_provisioned(panel):
    source = provisioned("datasources", "prometheus.yml")
    assert panel["datasource"] == {"type": source["type"], "uid": source["uid"]}
    assert panel["targets"]
    assert all(target["datasource"] == panel["datasource"] for target in panel["targets"])
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_what_is_provisioned_is_where_the_container_has_it():
    mounted = dict(
        volume.split(":")[:2][::-1] for volume in COMPOSE["services"]["grafana"]["volumes"] if volume[0] == "."
    )
    folder = provisioned("dashboards", "jira_crawler.yml")["options"]["path"]
    assert mounted[folder] == "./deploy/grafana/dashboards"
    assert mounted["/etc/grafana/provisioning"] == "./deploy/grafana/provisioning"
    name, _, port = provisioned("datasources", "prometheus.yml")["url"].removeprefix("http://").partition(":")
    assert f"127.0.0.1:{port}:{port}" in COMPOSE["services"][name]["ports"]
