"""A Redis that is away is waited for, and its password is never told."""

from __future__ import annotations

import time

import pytest
from redis.exceptions import RedisError

from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.connection import connect
from tests.servers.redis import running


def test_a_redis_that_is_away_is_not_waited_for_longer_than_told(tmp_path):
    with running(tmp_path, password="sesame") as server:
        client = connect({"REDIS_URL": server.url, "REDIS_PATIENCE": 0.3})
        wrong = server.url.replace("sesame", "open")
        with pytest.raises(BadArgument) as refused:
            connect({"REDIS_URL": wrong})
        assert not {"sesame", "open", "127.0.0.1"} & set(str(refused.value).split())
        assert "open@" not in str(refused.value)
    began = time.monotonic()
    with pytest.raises(RedisError) as lost:
        client.ping()
    assert "sesame" not in str(lost.value)
    assert 0.2 < time.monotonic() - began < 30
    client.close()
