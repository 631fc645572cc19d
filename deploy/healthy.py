"""Tells a container engine whether a container can do its work: `healthy.py worker`, `live` or `scrapyd`."""

from __future__ import annotations

import base64
import json
import os
import sys
from urllib.request import Request, urlopen


def worker() -> None:
    """Raises unless the fleet's queue and its store answer."""
    from redis import Redis
    from sqlalchemy import create_engine

    Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5).ping()
    create_engine(os.environ["STORE_URL"], connect_args={"connect_timeout": 5}).connect().close()


def live() -> None:
    """Raises unless a live crawl answers; what /readyz says is not mended by starting it again."""
    with urlopen(f"http://127.0.0.1:{os.environ.get('LIVE_PORT', '8090')}/healthz", timeout=5) as answer:
        if answer.read().strip() != b"ok":
            raise ValueError


def scrapyd() -> None:
    """Raises unless Scrapyd answers its user."""
    credentials = f"{os.environ['SCRAPYD_USERNAME']}:{os.environ['SCRAPYD_PASSWORD']}"
    address = f"http://127.0.0.1:{os.environ.get('SCRAPYD_HTTP_PORT', '6800')}/daemonstatus.json"
    token = base64.b64encode(credentials.encode()).decode()
    with urlopen(Request(address, headers={"Authorization": f"Basic {token}"}), timeout=5) as answer:
        if json.load(answer)["status"] != "ok":
            raise ValueError


def main(part: str) -> int:
    """Gives 1 and the kind of trouble, without its text: that may hold an address with a password."""
    try:
        {"worker": worker, "live": live, "scrapyd": scrapyd}[part]()
    except Exception as error:
        print(f"{part}: {type(error).__name__}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
