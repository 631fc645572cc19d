"""The one way to the Redis that a fleet of workers shares."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

from redis import Redis
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoReply
from redis.retry import Retry
from scrapy_redis.connection import get_redis
from scrapy_redis.defaults import REDIS_PARAMS
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.protocol import losing

TextRedis: TypeAlias = Any  # a client whose answers are text: the types of redis-py know of none
PAUSE = 0.25  # seconds between two attempts to reach a Redis that is away


def retry_on_disconnect(seconds: float) -> Retrying:
    """Gives what calls again for so many seconds, as long as Redis does not answer."""
    return Retrying(
        retry=retry_if_exception_type((ConnectionLost, NoReply)),
        stop=stop_after_delay(seconds),
        wait=wait_fixed(PAUSE),
        reraise=True,
    )


class RetryingRedis(Redis):
    """A client that waits for a Redis which is away, instead of giving up at the first refused connection.

    Whatever was cut off in the middle may be done twice. Redis' own Retry is not it: it counts attempts and not time,
    and those to connect anew inside each of those to ask again.
    """

    retrying = retry_on_disconnect(0.0)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        return self.retrying(super().execute_command, *args, **options)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        made = RetryingPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        made.retrying = self.retrying
        return made


class RetryingPipeline(Pipeline):
    """Commands that are sent again together."""

    retrying = retry_on_disconnect(0.0)

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        asked = list(self.command_stack)

        def once() -> list[Any]:
            self.command_stack = list(asked)
            return super(RetryingPipeline, self).execute(raise_on_error)

        return self.retrying(once)


def connect(settings: Mapping[str, Any]) -> RetryingRedis:
    """Gives a client for REDIS_URL that waits out a restart of Redis, for REDIS_PATIENCE seconds at most.

    Every call blocks; it takes a fraction of a millisecond where Redis is near. Raises BadArgument if nobody answers
    now.
    """
    if not settings["REDIS_URL"]:
        raise BadArgument("Say where the workers' Redis is: REDIS_URL=redis://…")
    asked: dict[str, Any] = REDIS_PARAMS | {"retry": Retry(NoBackoff(), 0), "decode_responses": True}
    asked["encoding_errors"] = "surrogateescape"  # what somebody else wrote may be no text
    try:
        client: RetryingRedis = get_redis(redis_cls=RetryingRedis, url=settings["REDIS_URL"], **asked)
        client.ping()
    except (RedisError, ValueError) as error:  # whose text may hold the URL, which may hold a password
        raise BadArgument(f"No Redis answers at REDIS_URL: {type(error).__name__}.") from error
    client.retrying = retry_on_disconnect(float(settings["REDIS_PATIENCE"]))
    return client


def losing_redis() -> AbstractContextManager[None]:
    """Turns trouble with Redis, in a block, into FrontierLost with its own words."""
    return losing(RedisError)
