"""`scrapy replay`: the feeds made again from the store, here or by an engine."""

from __future__ import annotations

import argparse

from jira_crawler.commands.crawl import Command as Crawl


class Command(Crawl):
    """`scrapy crawl replay` with switches of its own, and the same exit status."""

    def syntax(self) -> str:
        return "[--engine local|ray|spark] [--from ADDRESS] [-a projects=KAFKA,SPARK]"

    def short_desc(self) -> str:
        return "Make the feeds again from the store, here or by an engine"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--engine", default="", metavar="local|ray|spark", help="who refines (ENGINE)")
        parser.add_argument("--from", dest="origin", default="", metavar="ADDRESS", help="a snapshot (the store)")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.engine:
            opts.set = [*opts.set, f"ENGINE={opts.engine}"]
        super().process_options(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            self.refuse(f"scrapy replay takes switches only, not {args[0]!r}.")
        if opts.origin:
            opts.spargs = {**opts.spargs, "origin": opts.origin}
        super().run(["replay"], opts)
