"""A port for Prometheus is taken before anything is opened, or said not to be had in one sentence."""

from __future__ import annotations

import socket
import sys
from types import SimpleNamespace

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager

from jira_crawler import settings
from jira_crawler.exceptions import BadArgument
from jira_crawler.extensions.metrics import Metrics, listen
from tests.servers import ports


def crawler(port: int, host: str = "127.0.0.1") -> SimpleNamespace:
    chosen = Settings({"METRICS_PORT": port, "METRICS_HOST": host})
    return SimpleNamespace(settings=chosen, signals=SignalManager())


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_without_a_port_there_is_nothing_of_it():
    with pytest.raises(NotConfigured):
        Metrics(crawler(0))


def test_it_comes_before_whatever_opens_something():
    extensions = settings.EXTENSIONS
    ours = extensions["jira_crawler.extensions.metrics.Metrics"]
    assert ours < min(place for name, place in extensions.items() if place is not None and place != ours)


def test_a_port_that_is_taken_is_said_in_one_sentence(taken):
    with pytest.raises(BadArgument) as refused:
        Metrics(crawler(taken))
    said = f"METRICS_PORT={taken} of METRICS_HOST=127.0.0.1 cannot be had: Address already in use."
    assert str(refused.value) == said


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1", "::ffff:192.0.2.1"])
def test_an_address_that_is_not_of_this_machine_is_said_too(host):
    with pytest.raises(BadArgument, match=r"^METRICS_PORT=1 of METRICS_HOST=\S+ cannot be had: [A-Z][a-z ]+\.$"):
        listen(host, 1)


def test_a_crawl_that_is_not_opened_gives_its_port_back():
    port = ports.free()
    opened = Metrics(crawler(port))
    with pytest.raises(BadArgument):
        listen("127.0.0.1", port)
    del opened
    listen("127.0.0.1", port).close()


def test_without_prometheus_client_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(BadArgument) as refused:
        Metrics(crawler(ports.free()))
    assert str(refused.value) == "METRICS_PORT needs prometheus-client: pip install 'jira-crawler[live]'."
