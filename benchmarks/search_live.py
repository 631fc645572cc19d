"""How long after its commit an edit is found in a live crawl, asked over HTTP as anybody would."""

from __future__ import annotations

import time
import urllib.request
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import orjson

from benchmarks.live import SECRET, ask, follows, until
from benchmarks.live import live as crawling
from fake_jira import running


def live(home: Path, edits: int) -> dict[str, float]:
    """Edits one issue after the other; ms from the time that the store noted the delivery as stored."""
    took = []
    with running(issues=300, seed=6, webhook_secret=SECRET) as site, crawling(site, home) as crawl:
        follows(crawl, home)
        url = site.webhooks.url.removesuffix("/webhooks/jira")
        ids = sorted(each["id"] for project in site.manifest()["projects"].values() for each in project["issues"])
        for id_ in ids[:edits]:
            known = _said(url, id_)
            site.edits.one("summary", id_)
            until(partial(_differs, url, id_, known), "that an edit is found", home)
            found = time.time() * 1000
            (stored,) = ask(
                home, f"SELECT max(stored) FROM deliveries JOIN announced USING (number) WHERE id = '{id_}'"
            )
            if stored[0]:
                took.append(found - stored[0])
    return {"edits": len(took), "p50": median(took), "p95": quantiles(took, n=20)[-1]}


def _differs(url: str, id_: str, known: str) -> bool:
    return _said(url, id_) != known


def _said(url: str, id_: str) -> str:
    """What is found of an issue, as text."""
    with urllib.request.urlopen(f"{url}/search?q=id:{id_}&facets=0", timeout=60) as answer:
        hits: list[dict[str, str]] = orjson.loads(answer.read())["hits"]
    return " ".join(hit["updated"] + hit["title"] for hit in hits)
