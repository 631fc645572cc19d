"""The workers of one site: who lives, who leads, what they were given to crawl, and what came of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import orjson
from redis.exceptions import RedisError
from scrapy_redis.defaults import START_URLS_KEY

from jira_crawler.crawl.scope import Job
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier import jobs
from jira_crawler.frontier.protocol import losing
from jira_crawler.frontier.redis_frontier import RedisFrontier

logger = logging.getLogger(__name__)
ADDED = ("listed", "requests", "retries", "refused", "waited_seconds")  # each worker counts its own
COUNTED = ("redacted", "leaks", "cut")  # each worker counts its own, by name
FOUND = ("proof", "verified")  # by project, by whoever led
_INCOMPLETE = "incomplete"
_kept = losing(RedisError)


def start_key(spider: str) -> str:
    """Names the list on which a spider's jobs are put, for all sites."""
    return str(START_URLS_KEY % {"name": spider})


class Fleet:
    """A fleet as one of its workers sees it. Raises FrontierLost where Redis is away for too long."""

    @_kept
    def __init__(self, frontier: RedisFrontier, name: str, site: str):
        self.frontier, self.site = frontier, site
        self.server, self.stem = frontier.server, frontier.stem
        self.start_key = start_key(name)
        self.joined = self.now()

    def now(self) -> int:
        """The time by Redis' clock, in ms."""
        seconds, micros = self.server.time()
        return int(seconds) * 1000 + int(micros) // 1000

    # --- who lives, who leads

    @_kept
    def beat(self) -> bool:
        """Tells the others that this worker lives, keeps its leases, and tells whether it is the lead."""
        leading, gone = self.frontier.run("beat", self.frontier.worker, self.frontier.milliseconds, *self.frontier.held)
        if gone:
            self.frontier.held.difference_update(gone)
            logger.warning("%d requests were taken over by others while this worker was silent", len(gone))
        self.frontier.leading = bool(leading)
        return self.frontier.leading

    @_kept
    def others(self) -> set[str]:
        """Names the other workers that are alive; one that fell silent is until its lease ends."""
        living = self.server.zrangebyscore(f"{self.stem}:workers", self.now(), "+inf")
        return set(living) - {self.frontier.worker}

    @_kept
    def leave(self) -> None:
        """Takes this worker off the list, and lets another one lead."""
        self.frontier.release()
        self.server.zrem(f"{self.stem}:workers", self.frontier.worker)
        if self.server.get(f"{self.stem}:lead") == self.frontier.worker:
            self.server.delete(f"{self.stem}:lead")
        self.frontier.leading = False

    # --- what to crawl

    @_kept
    def give(self, *entries: str) -> None:
        """Adds to what the fleet is asked to crawl."""
        if entries:
            self.server.lpush(self.start_key, *entries)

    @_kept
    def accept(self) -> None:
        """Takes the entries that are for this site into the table of jobs, and lays aside those that say nothing."""
        for entry in reversed(self.server.lrange(self.start_key, 0, -1)):
            taken = self.server.pipeline(transaction=True).lrem(self.start_key, 1, entry)
            try:
                mine = [job for job in jobs.read(entry) if job.site in ("", self.site)]
            except BadArgument as error:
                logger.error("An entry of %s says nothing to a crawler: %s", self.start_key, error)
                taken.hset(f"{self.start_key}:refused", entry, str(error)).execute()
                continue
            for job in mine:
                taken.hset(f"{self.stem}:jobs", job.project, msgspec.json.encode(job))
                taken.hset(f"{self.stem}:priorities", job.project, job.priority)
                taken.hdel(f"{self.stem}:{_INCOMPLETE}", job.project)
            if mine:
                taken.execute()
                for job in mine:
                    self.frontier.run("requeue", job.project)

    @_kept
    def open_jobs(self) -> list[Job]:
        """Gives the jobs that are neither done nor given up, those of the highest priority first."""
        texts, lost = self.server.hgetall(f"{self.stem}:jobs"), self.server.hgetall(f"{self.stem}:{_INCOMPLETE}")
        found = (msgspec.json.decode(text, type=Job) for project, text in texts.items() if project not in lost)
        return sorted(found, key=lambda job: (-job.priority, job.project))

    @_kept
    def waiting(self) -> bool:
        """Whether something is asked for that nobody has taken up."""
        return any(self._is_ours(entry) for entry in self.server.lrange(self.start_key, 0, -1))

    @_kept
    def give_up(self, project: str, why: str) -> None:
        """Notes that a job came to nothing; it stays until it is given again."""
        self.server.hset(f"{self.stem}:{_INCOMPLETE}", project, why)

    def _is_ours(self, entry: str) -> bool:
        try:
            return any(job.site in ("", self.site) for job in jobs.read(entry))
        except BadArgument:
            return False

    # --- what came of it

    @_kept
    def conclude(self, jobs: Mapping[str, Job], findings: list[str], refused: list[str]) -> bool:
        """Ends the round, unless something came meanwhile; tells whether it did.

        `findings` keep the round from being complete, `refused` say which projects could not even be begun.
        """
        outcome = orjson.dumps({"missing": [*findings, *refused]})
        given = [part for project, job in jobs.items() for part in (project, msgspec.json.encode(job))]
        why = "\n".join(findings)
        return bool(self.frontier.run("conclude", self.frontier.worker, self.frontier.round, outcome, why, *given))

    @_kept
    def remembered(self) -> bool:
        """Whether Redis still knows of the round: one that was emptied looks as if all were done."""
        return bool(self.server.hget(f"{self.stem}:state", "run") == str(self.frontier.round))

    @_kept
    def outcome(self) -> dict[str, Any] | None:
        """Gives how the last round ended, if nothing was asked for since; `merged` says what that made, once it did.

        A round that ended and was merged before this worker joined is none of its concern.
        """
        found = self.server.hgetall(f"{self.stem}:outcome")
        merged = orjson.loads(found.get("merged", "null"))
        if not found or (merged is not None and int(found["at"]) < self.joined) or self.open_jobs() or self.waiting():
            return None
        return {**orjson.loads(found["report"]), "merged": merged}

    @_kept
    def merged(self, near_duplicates: dict[str, int]) -> None:
        """Lets the others go: there is nothing left to do for them, even if this worker dies now."""
        self.server.hset(f"{self.stem}:outcome", "merged", orjson.dumps(near_duplicates))

    @_kept
    def begin(self) -> None:
        """Forgets how the last round ended, and reports of it that nobody collected."""
        gone = [f"{self.stem}:outcome"]
        if not self.server.exists(f"{self.stem}:state"):
            gone.append(f"{self.stem}:reports")
        self.server.delete(*gone)

    @_kept
    def hand_in(self, counts: dict[str, Any]) -> None:
        """Leaves this worker's part of the report to whoever finishes last."""
        self.server.rpush(f"{self.stem}:reports", orjson.dumps(counts))

    @_kept
    def collect(self) -> list[dict[str, Any]]:
        """Takes what the workers have handed in."""
        key = f"{self.stem}:reports"
        texts, _ = self.server.pipeline(transaction=True).lrange(key, 0, -1).delete(key).execute()
        return [orjson.loads(text) for text in texts]

    @_kept
    def recognise(self, store: str) -> None:
        """Notes which store the fleet writes to; raises BadArgument if it is another than this worker's."""
        if not self.server.setnx(f"{self.stem}:store", store) and self.server.get(f"{self.stem}:store") != store:
            raise BadArgument(
                "STORE_URL leads to another store than that of the workers who share REDIS_URL: give them one, "
                f"or delete the key {self.stem}:store if that store is no more."
            )

    @_kept
    def follow(self, projects: Iterable[str]) -> None:
        """Notes what a live crawl follows; raises BadArgument where others that are alive follow something else."""
        key, ours = f"{self.stem}:followed", ", ".join(sorted(projects))
        theirs = self.server.get(key)
        if theirs not in (None, ours) and self.others():
            raise BadArgument(f"Other processes follow {theirs} of {self.site}: give this one the same projects.")
        self.server.set(key, ours)


def joint(last: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Adds up what each worker counted; what the store says is in the last report already.

    `seconds` are those of the worker that was there longest.
    """
    everyone = [*others, last]
    report = dict(last)
    for name in ADDED:
        report[name] = round(sum(each.get(name, 0) for each in everyone), 1)
    for name in COUNTED:
        report[name] = dict(sum((Counter(each.get(name, {})) for each in everyone), Counter()))
    for name in FOUND:
        report[name] = {project: found for each in everyone for project, found in each.get(name, {}).items()}
    report["seconds"] = max(each.get("seconds", 0.0) for each in everyone)
    report["workers"] = len(everyone)
    requests, listed = report["requests"], report["listed"]
    report["requests_per_1000_issues"] = round(1000 * requests / listed, 1) if listed else None
    return report
