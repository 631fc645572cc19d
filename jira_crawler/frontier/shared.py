"""The one way to the Redis that a fleet of workers shares."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoReply
from redis.retry import Retry
from scrapy.settings import BaseSettings
from scrapy_redis import connection

from jira_crawler.exceptions import BadArgument

PAUSE = 0.25  # seconds between two attempts to reach a Redis that is away

T = TypeVar("T")


class PatientRedis(Redis):
    """A client that waits for a Redis which is away, instead of giving up at the first refused connection.

    Whatever was cut off in the middle may be done twice.
    """

    patience = 0.0  # seconds

    def execute_command(self, *args: Any, **options: Any) -> Any:
        return patiently(partial(super().execute_command, *args, **options), self.patience)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        made = PatientPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        made.patience = self.patience
        return made


class PatientPipeline(Pipeline):
    """Commands that are sent again together."""

    patience = 0.0

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        asked = list(self.command_stack)

        def once() -> list[Any]:
            self.command_stack = list(asked)
            return super(PatientPipeline, self).execute(raise_on_error)

        return patiently(once, self.patience)


def patiently(do: Callable[[], T], patience: float) -> T:
    """Does something that needs Redis, again and again for so many seconds as long as Redis does not answer."""
    end = time.monotonic() + patience
    while True:
        try:
            return do()
        except (ConnectionLost, NoReply):
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def connect(settings: BaseSettings) -> PatientRedis:
    """Gives a client for REDIS_URL that waits out a restart of Redis, for REDIS_PATIENCE seconds at most.

    Every call blocks; it takes a fraction of a millisecond where Redis is near. Raises BadArgument if nobody answers
    now.
    """
    if not settings["REDIS_URL"]:
        raise BadArgument("Say where the workers' Redis is: REDIS_URL=redis://…")
    asked = BaseSettings(settings)  # theirs are frozen by the time that some ask
    once = {"redis_cls": PatientRedis, "retry": Retry(NoBackoff(), 0), "decode_responses": True}
    once["encoding_errors"] = "surrogateescape"  # what somebody else wrote may be no text
    asked.set("REDIS_PARAMS", once, priority="cmdline")
    try:
        client: PatientRedis = connection.from_settings(asked)
        client.ping()
    except (RedisError, ValueError) as error:  # whose text may hold the URL, which may hold a password
        raise BadArgument(f"No Redis answers at REDIS_URL: {type(error).__name__}.") from error
    client.patience = settings.getfloat("REDIS_PATIENCE")
    return client
