"""The one way to the Redis that a fleet of workers shares."""

from __future__ import annotations

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoReply
from redis.retry import Retry
from scrapy.settings import BaseSettings
from scrapy_redis import connection

from jira_crawler.exceptions import BadArgument

PAUSE = 0.25  # seconds between two attempts to reach a Redis that is away


def connect(settings: BaseSettings) -> Redis:
    """Gives a client for REDIS_URL that waits out a restart of Redis, for REDIS_PATIENCE seconds at most.

    Every call blocks; it takes a fraction of a millisecond where Redis is near. A script that was cut off by a restart
    may run twice. Raises BadArgument if nobody answers now.
    """
    retry = Retry(ConstantBackoff(PAUSE), int(settings.getfloat("REDIS_PATIENCE") / PAUSE))
    asked = settings.copy()
    asked.set("REDIS_PARAMS", {"retry": Retry(ConstantBackoff(0), 0), "decode_responses": True}, priority="cmdline")
    try:
        client: Redis = connection.from_settings(asked)
        client.ping()
    except (RedisError, ValueError) as error:
        raise BadArgument(f"No Redis answers at REDIS_URL: {_without_address(error)}.") from error
    client.get_connection_kwargs()
    for key, value in {"retry": retry, "retry_on_error": [ConnectionLost, NoReply]}.items():
        client.connection_pool.connection_kwargs[key] = value
    client.connection_pool.disconnect()
    return client


def _without_address(error: Exception) -> str:
    """Names the kind of trouble only: a URL may hold a password."""
    return type(error).__name__
