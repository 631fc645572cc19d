"""The Redis that tests rely on does what they rely on."""

from __future__ import annotations

import pytest
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as ConnectionLost

from tests.servers.redis import binary, fresh, running


def test_what_it_holds_outlives_a_restart_and_a_kill(tmp_path):
    with running(tmp_path) as server:
        server.client().set("kept", "yes")
        server.restart()
        assert server.client().get("kept") == "yes"
        server.client().incr("count")
        server.kill()
        with pytest.raises(ConnectionLost):
            server.client().ping()
        server.start()
        assert server.client().get("count") == "1"
        url = server.url
    with running(tmp_path / "other") as other, pytest.raises(ConnectionLost):
        other.client(url).ping()


def test_every_test_gets_a_database_of_its_own(tmp_path):
    with running(tmp_path) as server:
        first, second = fresh(server), fresh(server)
        server.client(first).set("name", "first")
        assert server.client(second).get("name") is None
        assert server.client(first).get("name") == "first"


def test_a_password_and_other_options_can_be_given(tmp_path):
    with running(tmp_path, "--maxmemory", "64mb", password="made-up") as server:
        assert server.client().config_get("maxmemory") == {"maxmemory": str(64 * 1024 * 1024)}
        with pytest.raises(AuthenticationError):
            server.client(server.url.replace(":made-up@", "")).ping()


def test_where_there_is_no_server_it_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("REDIS_SERVER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tests.servers.redis.find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="need a Redis"):
        binary()
    monkeypatch.setenv("REDIS_SERVER", "/opt/redis-server")
    assert binary() == "/opt/redis-server"
