"""The requests of a fleet in Redis: waiting, leased or failed, and what was ever asked."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable
from importlib.resources import files
from typing import Any
from uuid import uuid4

import msgspec
from redis import Redis
from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy_redis.dupefilter import RFPDupeFilter
from scrapy_redis.queue import Base
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier import FLOOR, LEASE, wire
from jira_crawler.frontier.shared import connect
from jira_crawler.sites import within

MOST = 5  # workers that a request may outlive: what takes a process down should not take down all of them
SHARED = ("run", "site", "dialect", "clock", "counted", "begun", "around", "phases")  # of a lead's state


class LeaseQueue(Base):  # type: ignore[misc]  # scrapy-redis has no types
    """Hands a request out for a time only: what is not settled by then, or whose worker fell silent, waits again.

    Everything is one script of Redis, and so happens wholly or not at all; requests are JSON.
    """

    shared = True

    def __init__(self, server: Redis, spider: Spider, key: str, fingerprints: RFPDupeFilter, lease: float):
        super().__init__(server, spider, key, json)  # never pickle; requests are written by wire
        self.stem = self.key.removesuffix(":requests")
        self.fingerprints = fingerprints
        self.lease = int(lease * 1000)
        self.worker = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self.held: set[str] = set()
        self._scripts = {name: script(server, name) for name in _NAMES}
        self._saved: dict[str, bytes] = {}
        self.leading = False  # whether this worker is the lead …
        self.in_round = False  # … and has begun what there is to do

    @classmethod
    def of(cls, spider: Any, settings: BaseSettings) -> LeaseQueue:
        """Opens the queue of a site; raises BadArgument where Redis does not answer or the store is not shared."""
        if not _can_be_shared(settings["STORE_URL"]):
            raise BadArgument(
                "Workers that share REDIS_URL share a store: set STORE_URL=postgresql+psycopg://… for all of them."
            )
        server = connect(settings)
        stem = stem_of(spider.name, spider.site.name)
        asked = RFPDupeFilter(server, f"{stem}:dupefilter")
        return cls(server, spider, f"{stem}:requests", asked, settings.getfloat("LEASE_SECONDS"))

    def run(self, name: str, *arguments: Any) -> Any:
        """Runs one of our scripts on this queue."""
        return self._scripts[name](keys=[self.stem, self.fingerprints.key], args=arguments)

    def __len__(self) -> int:
        """How many requests wait; those that are out do not count."""
        return int(self.server.zcard(self.key))

    def push(self, request: Request) -> bool:
        """Takes a request, unless one with its fingerprint was ever taken; tells whether it did."""
        fingerprint = (
            "" if request.dont_filter else self.spider.crawler.request_fingerprinter.fingerprint(request).hex()
        )
        walk, floor = request.meta.get(FLOOR, ("", ""))
        self.save_state(self.spider.state)  # what a question follows from is kept before the question
        data, run = self._encode_request(request), self.spider.state.get("run", 0)
        return bool(self.run("push", data, request.priority, fingerprint, walk, floor, run))

    def pop(self, timeout: int = 0) -> Request | None:
        """Leases the request of the highest priority, the oldest first, and learns the number of the round.

        One that cannot be read, or leads away from the site, has failed: somebody else wrote it.
        """
        while taken := self.run("take", self.worker, self.lease, MOST):
            id_, data, run = taken
            try:
                request = self._decode_request(data or "")
            except ValueError as error:
                self.run("fail", self.worker, id_, f"it cannot be asked: {error}")
                continue
            self.spider.state["run"] = msgspec.json.decode(run)
            request.meta[LEASE] = id_
            self.held.add(id_)
            return request
        return None

    def put_back(self, request: Request) -> None:
        """Lets a leased request wait again, as it is now: it is still the same one."""
        id_ = request.meta.pop(LEASE)
        self.held.discard(id_)
        self.run("put_back", self.worker, id_, self._encode_request(request), request.priority)

    def release(self) -> None:
        """Lets everything that is leased here wait again, at once: this worker ends."""
        for id_ in self.held:
            self.run("put_back", self.worker, id_, "", "")
        self.held.clear()

    def acknowledge(self, done: Iterable[str], failed: Iterable[tuple[str, str]]) -> None:
        """Lets go of requests that are settled, and keeps those whose callback gave up, with the reason."""
        if settled := list(done):
            self.run("settle", *settled)
            self.held.difference_update(settled)
        for id_, why in failed:
            self.run("fail", self.worker, id_, why)
            self.held.discard(id_)

    def quiet(self) -> bool:
        """Whether no request waits and no worker holds one."""
        counts = self.server.pipeline().zcard(self.key).zcard(f"{self.stem}:leases").execute()
        return not any(counts)

    def floors(self) -> dict[str, int]:
        """Gives the lowest creation time, in ms, that some request of a project has still to walk from.

        Only the lead is asked for it, so nobody else looks.
        """
        projects = self.server.hkeys(f"{self.stem}:jobs") if self.leading else []
        asked = self.server.pipeline()
        for project in projects:
            asked.zrange(f"{self.stem}:floors:{project}", 0, 0, withscores=True)
        lowest = zip(projects, asked.execute(), strict=True)
        return {project: int(first[0][1]) for project, first in lowest if first}

    def failures(self, projects: Iterable[str]) -> list[str]:
        """Gives why requests of these projects failed, or requests of none."""
        failed = self.server.hgetall(f"{self.stem}:failed")
        walks = self.server.hmget(f"{self.stem}:walks", list(failed)) if failed else []
        wanted = {*projects, None}
        return [why for why, walk in zip(failed.values(), walks, strict=True) if walk in wanted]

    def size(self) -> int:
        """How many requests there are at all: waiting, leased and failed."""
        return int(self.server.hlen(f"{self.stem}:data"))

    def save_state(self, state: dict[str, Any]) -> None:
        """Keeps what another worker has to know to become the lead, as far as it is new."""
        if not (self.leading and self.in_round):
            return
        written = {name: msgspec.json.encode(state[name]) for name in SHARED if name in state}
        if new := {name: value for name, value in written.items() if self._saved.get(name) != value}:
            self.server.hset(f"{self.stem}:state", mapping=new)
            self._saved |= new

    def load_state(self) -> dict[str, Any]:
        return {name: msgspec.json.decode(value) for name, value in self.server.hgetall(f"{self.stem}:state").items()}

    def begin_round(self, state: dict[str, Any]) -> None:
        """Keeps the state of a round before its first question is asked."""
        self._saved.clear()
        self.in_round = True
        self.save_state(state)

    def end_round(self) -> None:
        """Lets what a lead goes on to note be kept no more."""
        self.in_round = False

    def commit(self) -> None:
        """Every script is durable as far as Redis is."""

    def clear(self) -> None:
        """What a complete round leaves is the lead's to clear."""

    def close(self) -> None:
        self.release()
        self.server.close()

    def _encode_request(self, request: Request) -> bytes:
        return wire.dump(request)

    def _decode_request(self, encoded_request: str) -> Request:
        request = wire.load(encoded_request.encode(errors="surrogateescape"), self.spider)
        if not within(request.url, self.spider.site.url):
            raise ValueError(f"{request.url[:200]} is not of {self.spider.site.url}")
        return request


_NAMES = ("push", "take", "settle", "fail", "put_back", "beat", "requeue", "conclude")


def _can_be_shared(url: str) -> bool:
    try:
        return bool(url) and make_url(url).get_backend_name() == "postgresql"
    except ArgumentError:
        return False


def stem_of(spider: str, site: str) -> str:
    """Gives what the names of all keys of a fleet begin with."""
    return f"{spider}:{site}"


def script(server: Redis, name: str) -> Any:
    """Gives one of our scripts, to be called with `keys` and `args`."""
    return server.register_script(files("jira_crawler.frontier").joinpath("scripts", f"{name}.lua").read_text("utf-8"))
