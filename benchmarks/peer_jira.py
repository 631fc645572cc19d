"""Downloads every issue with the package jira, and writes one line of JSON for each.

.venv-peers/jira/bin/python -I benchmarks/peer_jira.py SITE PROJECTS FILE    (benchmarks.crawl does; see its peers.py)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jira import JIRA

PAGE = 1_000  # the most that a Jira Server gives unless it is told otherwise


def main(site: str, projects: str, path: str) -> None:
    client = JIRA(site)
    start, total = 0, 1
    with Path(path).open("w", encoding="utf-8") as lines:
        while start < total:
            page = client.search_issues(
                f"project in ({projects}) order by created, id",
                startAt=start,
                maxResults=PAGE,
                fields="*all",
                expand="changelog",
                json_result=True,
            )
            if not page["issues"]:
                break
            for issue in page["issues"]:
                lines.write(json.dumps(issue))
                lines.write("\n")
            start, total = start + len(page["issues"]), page["total"]


if __name__ == "__main__":
    main(*sys.argv[1:])
