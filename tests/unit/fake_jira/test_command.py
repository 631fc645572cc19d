"""`scrapy sandbox` as a person meets it."""

from __future__ import annotations

from argparse import ArgumentParser

import pytest
from scrapy.settings import Settings

from fake_jira.options import Options
from jira_crawler.commands.sandbox import Command, _chosen


def test_every_switch_reaches_the_options():
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings()
    chosen.add_options(parser)
    moves = "--mutate 0.5 --mutate-kinds edit,move --mutate-most 9 --index-lag 2 --count-off 3"
    tells = "--edits-per-second 2 --edit-kinds link,unlink --webhooks http://127.0.0.1:8090/x --webhook-scale 60"
    tells += " --webhook-fault loss=0.3 --webhook-fault delay=0.1:60 --webhook-auth jwt --stale-searches 3"
    tells += " --service-desk DEMO --agent him --sla-text --expire-after 9"
    poison = "--poison DEMO-1,DEMO-2 --poison-how slow:5 --poison-hard"
    opts = parser.parse_args(f"{moves} {poison} {tells}".split())
    options = Options(**_chosen(opts))
    assert (options.mutate, options.mutate_kinds, options.mutate_most) == (0.5, ("edit", "move"), 9)
    assert (options.index_lag, options.count_off) == (2.0, 3)
    assert (options.edits_per_second, options.edit_kinds) == (2.0, ("link", "unlink"))
    sent = (options.webhooks, options.webhook_auth, options.webhook_scale)
    assert sent == ("http://127.0.0.1:8090/x", "jwt", 60.0)
    assert (options.webhook_faults, options.stale_searches) == (("loss=0.3", "delay=0.1:60"), 3)
    assert (options.service_desk, options.agent, options.sla_text, options.expire_after) == (("DEMO",), "him", True, 9)
    assert (options.poison, options.poison_how, options.poison_hard) == (("DEMO-1", "DEMO-2"), "slow:5", True)


@pytest.mark.parametrize(
    ("switch", "values"),
    [
        ("--issues", ["²", "1e3", "-1", "9" * 5_000, ""]),
        ("--seed", ["one", "9" * 20]),
        ("--port", ["-1", "65536", "http"]),
        ("--edits-per-second", ["-1", "often", "nan"]),
        ("--stale-searches", ["-1", "many"]),
        ("--latency", ["inf", "nan", "-1", "1e308", "soon"]),
        ("--mutate", ["inf", "-0.5"]),
        ("--rate-limit", ["x", "0/1", "1/0", "1/nan", "1/inf", "/", "1.5/1"]),
    ],
)
def test_numbers_out_of_range_are_refused_by_the_switch(switch, values, capsys):
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings()
    chosen.add_options(parser)
    for value in values:
        with pytest.raises(SystemExit, match="2"):
            parser.parse_args([f"{switch}={value}"])
        said = capsys.readouterr().err
        assert said.startswith(f"scrapy sandbox: argument {switch}: ")
        assert len(said) < 300
