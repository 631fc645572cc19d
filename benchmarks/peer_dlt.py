"""Downloads every issue with dlt's source for REST APIs, and writes one line of JSON for each.

.venv-peers/dlt/bin/python -I benchmarks/peer_dlt.py SITE PROJECTS FILE    (benchmarks.crawl does; see its peers.py)
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"  # a benchmark tells nobody that it runs

from dlt.sources.helpers.rest_client.paginators import OffsetPaginator
from dlt.sources.rest_api import rest_api_source

PAGE = 1_000  # the most that a Jira Server gives unless it is told otherwise


def main(site: str, projects: str, path: str) -> None:
    paginator = OffsetPaginator(PAGE, offset_param="startAt", limit_param="maxResults", total_path="total")
    asked = {"jql": f"project in ({projects}) order by created, id", "fields": "*all", "expand": "changelog"}
    endpoint = {"path": "search", "params": asked, "data_selector": "issues", "paginator": paginator}
    source = rest_api_source(
        {"client": {"base_url": f"{site}/rest/api/2/"}, "resources": [{"name": "issues", "endpoint": endpoint}]}
    )
    with Path(path).open("w", encoding="utf-8") as lines:
        for issue in source.resources["issues"]:
            lines.write(json.dumps(issue))
            lines.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
