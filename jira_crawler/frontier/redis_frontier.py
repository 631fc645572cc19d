"""The tasks of a fleet in Redis: waiting, leased or failed, and what was ever asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Self
from uuid import uuid4

import msgspec
from redis.exceptions import RedisError
from scrapy_redis.defaults import SCHEDULER_DUPEFILTER_KEY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from jira_crawler.crawl.session import CrawlState
from jira_crawler.crawl.task import Task
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.connection import TextRedis, connect
from jira_crawler.frontier.protocol import Codec, Failed, Leased, fingerprint, losing
from jira_crawler.frontier.state import StateWriter, read
from jira_crawler.sites import Site

MOST = 5  # workers that a task may outlive: what takes a process down should not take down all of them
# What the next lead has to know of the state; the rest each worker counts for itself.
SHARED = ("run", "site", "dialect", "clock", "counted", "begun", "around", "phases")
FORMAT = "2"  # of a round; the first one held requests
_NAMES = ("push", "lease", "acknowledge", "fail", "release", "beat", "requeue", "conclude")
_kept = losing(RedisError)


class RedisFrontier:
    """Hands a task out for a time only: what is not done by then, or whose worker fell silent, waits again.

    Everything is one script of Redis, and so happens wholly or not at all. What a lead notes of the state is there
    before the question that follows from it.
    """

    def __init__(self, server: TextRedis, stem: str, codec: Codec, seconds: float):
        self.server, self.stem, self.codec = server, stem, codec
        self.milliseconds = int(seconds * 1000)  # that a lease lasts
        self.worker = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:6]}"
        self.held: set[str] = set()
        self.leading = False  # whether this worker is the lead …
        self.in_round = False  # … and has begun what there is to do
        self._scripts = {name: script(server, name) for name in _NAMES}
        self._fingerprints = SCHEDULER_DUPEFILTER_KEY % {"spider": stem}
        self.state: CrawlState | None = None
        self._writer = StateWriter(SHARED)

    @classmethod
    def open(cls, settings: Mapping[str, Any], spider: str, site: Site, codec: Codec) -> Self:
        """Opens the frontier of a site; raises BadArgument where Redis does not answer or the store is not shared."""
        if not _can_be_shared(settings["STORE_URL"]):
            raise BadArgument(
                "Workers that share REDIS_URL share a store: set STORE_URL=postgresql+psycopg://… for all of them."
            )
        server, stem = connect(settings), stem_of(spider, site.name)
        try:
            refuse_other_formats(server, stem)
        except BaseException:
            server.close()
            raise
        return cls(server, stem, codec, float(settings["LEASE_SECONDS"]))

    def run(self, name: str, *arguments: Any) -> Any:
        """Runs one of our scripts on these tasks."""
        return self._scripts[name](keys=[self.stem, self._fingerprints], args=arguments)

    @property
    def round(self) -> int:
        """The number of the round that this worker has a part in; 0 before the first."""
        return self.state.run if self.state else 0

    @_kept
    def push(self, task: Task) -> bool:
        self.save_state()
        project, watermark = task.watermark or (task.project, "")
        mark = fingerprint(task).hex()
        return bool(self.run("push", self.codec.encode(task), task.priority, mark, project, watermark, self.round))

    @_kept
    def lease(self) -> Leased | Failed | None:
        taken = self.run("lease", self.worker, self.milliseconds, MOST)
        if not taken:
            return None
        id_, data, run = taken
        try:
            task = self.codec.decode((data or "").encode(errors="surrogateescape"))
        except ValueError as error:
            failed = Failed(id_, f"A question of the fleet cannot be asked: {error}.")
            self.acknowledge([], [failed])
            return failed
        if self.state:
            self.state.run = msgspec.json.decode(run, type=int)
        self.held.add(id_)
        return Leased(id_, task)

    def pending(self) -> bool:
        return False  # what waits in Redis is nobody's until it is asked for

    @_kept
    def waiting(self) -> int:
        return int(self.server.zcard(f"{self.stem}:tasks"))

    @_kept
    def acknowledge(self, done: Iterable[str], failed: Iterable[Failed]) -> None:
        if ids := list(done):
            self.run("acknowledge", *ids)
            self.held.difference_update(ids)
        for each in failed:
            self.run("fail", self.worker, each.id, each.reason)
            self.held.discard(each.id)

    @_kept
    def release(self) -> None:
        """Lets everything that is leased here wait again, at once: this worker ends."""
        if self.held:
            self.run("release", self.worker, *self.held)
            self.held.clear()

    @_kept
    def watermarks(self) -> dict[str, int]:
        """Only the lead is asked for it, so nobody else looks."""
        projects = self.server.hkeys(f"{self.stem}:jobs") if self.leading else []
        asked = self.server.pipeline()
        for project in projects:
            asked.zrange(f"{self.stem}:watermarks:{project}", 0, 0, withscores=True)
        lowest = zip(projects, asked.execute(), strict=True)
        return {project: int(first[0][1]) for project, first in lowest if first}

    def resume(self) -> CrawlState | None:
        return None  # a round is for its lead to take up

    def keep(self, state: CrawlState) -> None:
        self.state = state

    @_kept
    def save_state(self) -> None:
        """Keeps what another worker has to know to become the lead, as far as it is new."""
        if self.state and self.leading and self.in_round and (new := self._writer.new(self.state)):
            self.server.hset(f"{self.stem}:state", mapping=new | {"format": FORMAT})

    def commit(self) -> None:
        """Every script is durable as far as Redis is."""
        self.save_state()

    def close(self, complete: bool = False) -> None:
        """Hands back what is held; what a complete round leaves is the lead's to clear."""
        try:
            self.release()
        finally:
            self.server.close()

    # --- for the lead of the fleet

    @_kept
    def load_state(self) -> CrawlState | None:
        """Gives what an earlier lead, or this one, has noted of the round that is not over."""
        found = self.server.hgetall(f"{self.stem}:state")
        found.pop("format", None)
        # Without a number it is what a lead still noted when Redis was emptied, or its round was over.
        return read(found) if "run" in found else None

    def begin_round(self, state: CrawlState) -> None:
        """Keeps the state of a round before its first question is asked."""
        self._writer = StateWriter(SHARED)
        self.in_round = True
        self.keep(state)
        self.save_state()

    def end_round(self) -> None:
        """Lets what a lead goes on to note be kept no more."""
        self.in_round = False

    @_kept
    def quiet(self) -> bool:
        """Whether no task waits and no worker holds one."""
        counts = self.server.pipeline().zcard(f"{self.stem}:tasks").zcard(f"{self.stem}:leases").execute()
        return not any(counts)

    @_kept
    def failures(self, projects: Iterable[str]) -> list[str]:
        """Gives why tasks of these projects came to nothing, or tasks of none."""
        failed = self.server.hgetall(f"{self.stem}:failed")
        of = self.server.hmget(f"{self.stem}:projects", list(failed)) if failed else []
        wanted = {*projects, None}
        return [why for why, project in zip(failed.values(), of, strict=True) if project in wanted]


def refuse_other_formats(server: TextRedis, stem: str) -> None:
    """Raises BadArgument where a version that wrote rounds otherwise has left one."""
    run, written = server.hmget(f"{stem}:state", "run", "format")
    if (run is not None and written != FORMAT) or server.exists(f"{stem}:requests", f"{stem}:walks"):
        raise BadArgument(
            f"Redis holds a round of {stem} that another version of this crawler began: finish it with that version, "
            f"or delete the keys {stem}:* and give the projects again."
        )


def stem_of(spider: str, site: str) -> str:
    """Gives what the names of all keys of a fleet begin with."""
    return f"{spider}:{site}"


def script(server: TextRedis, name: str) -> Any:
    """Gives one of our scripts, to be called with `keys` and `args`."""
    return server.register_script(files("jira_crawler.frontier").joinpath("scripts", f"{name}.lua").read_text("utf-8"))


def _can_be_shared(url: str) -> bool:
    try:
        return bool(url) and make_url(url).get_backend_name() == "postgresql"
    except ArgumentError:
        return False
