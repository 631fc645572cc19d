"""`scrapy export` as a person meets it."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from pathlib import Path

import pytest
from scrapy.settings import Settings

from jira_crawler.commands.export import Command, _export_options
from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.options import Choice
from jira_crawler.exports.shards import Layout

MIXED = "--tasks is default, all, or names of tasks."
NOBODY = "--assistant is one of resolver, maintainers, all."


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        ((), f"Say which format to export: --format {'|'.join(FORMATS)}."),
        (("--format", "alpaca"), "Say where to export to: --to FOLDER, or a URL such as s3://bucket/path."),
        (("x",), "scrapy export takes switches only, not 'x'."),
        (("--files", "csv"), "--files is parquet or jsonl."),
        (("--zstd",), "--zstd goes with --files jsonl; Parquet is compressed by itself."),
        (("--format", "chat", "--to", "x", "--tasks", "default,next_comment"), MIXED),
        (("--format", "threads", "--to", "x", "--assistant", "me"), NOBODY),
        (("--format", "chat", "--to", "x", "--min-value", "2"), "--min-value is a number from 0 to 1."),
        (("--min-quality", "good"), "--min-quality is made of numbers, and 'good' is none."),
        (("--min-quality", "nan"), "--min-quality is made of numbers, and 'nan' is none."),
        (("--splits", "a,b,c"), "--splits is made of numbers, and 'a' is none."),
        (("--shard-mb", "inf"), "--shard-mb is made of numbers, and 'inf' is none."),
    ],
)
def test_a_wrong_switch_gives_one_sentence(switches, sentence, capsys, tmp_path):
    status = run(tmp_path, *switches)
    assert (status, capsys.readouterr().err) == (2, f"scrapy export: {sentence}\n")


def run(folder: Path, *switches: str) -> int:
    """Runs the command in this process."""
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings({"OUTPUT_DIR": str(folder), "STORE_URL": ""})
    chosen.add_options(parser)
    opts, args = parser.parse_known_args(switches)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        chosen.run(args, opts)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return chosen.exitcode


def test_every_switch_reaches_the_order():
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings()
    chosen.add_options(parser)
    what = "--format text --projects acme,Other --languages EN,und --tasks a,b --min-quality 0.25 --representatives"
    what += " --min-value 0.5 --assistant all"
    how = "--to there --files jsonl --zstd --shard-rows 7 --shard-mb 0.5 --split-by time --splits 8,1,1 --force"
    order = _export_options([], parser.parse_args(f"{what} {how}".split()))
    assert order.choice == Choice(
        projects=("ACME", "OTHER"),
        languages=("en", "und"),
        tasks=("a", "b"),
        min_quality=0.25,
        min_value=0.5,
        representatives=True,
    )
    assert order.assistant == "all"
    assert order.layout == Layout(files="jsonl.zst", most_rows=7, most_bytes=500_000)
    assert (order.format, order.to, order.split_by, order.shares, order.force) == (
        "text",
        "there",
        "time",
        (8, 1, 1),
        True,
    )


@pytest.mark.parametrize(("said", "diet"), [("", False), ("all", False), ("default", True), (" default ", True)])
def test_the_diet_is_asked_for_by_name_and_never_without(said, diet):
    parser = ArgumentParser()
    (chosen := Command()).settings = Settings()
    chosen.add_options(parser)
    order = _export_options([], parser.parse_args(["--format", "chat", "--to", "x", "--tasks", said]))
    assert (order.choice.diet, order.choice.tasks) == (diet, ())
