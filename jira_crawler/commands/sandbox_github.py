"""`scrapy sandbox --github`: serves an embedded GitHub in place of a Jira."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from jira_crawler.commands.checked import option
from jira_crawler.configuration.kinds import Number, Whole

MANY = option(Whole(), int)
SECONDS = option(Number(0, 86_400), float)


def add_switches(parser: ArgumentParser) -> None:
    """Adds the switches that only a GitHub has; what both have is added with those of a Jira."""
    github = parser.add_argument_group(
        "A GitHub instead of a Jira (it takes --issues, --seed, --data, --token, --fault, too)"
    )
    github.add_argument("--github", action="store_true", help="serve an embedded GitHub")
    github.add_argument(
        "--repositories",
        default="acme/rocket:keyword,acme/kettle:apache",
        metavar="NAMES",
        help="owner/name:flavour, where a flavour is keyword or apache (acme/rocket:keyword,acme/kettle:apache)",
    )
    github.add_argument(
        "--unknown",
        action="append",
        default=[],
        metavar="NAME",
        help="let something be the other way of which nobody knows which it is, such as exclusive_since; repeatable",
    )
    github.add_argument("--hourly", type=MANY, default=5_000, metavar="N", help="requests in an hour (5000)")
    github.add_argument("--points", type=MANY, default=5_000, metavar="N", help="points of GraphQL in an hour (5000)")
    github.add_argument("--window", type=SECONDS, default=3_600, metavar="SECONDS", help="how long an hour is (3600)")
    github.add_argument(
        "--burst", type=MANY, default=0, metavar="N", help="requests before a secondary limit (0: none)"
    )
    github.add_argument("--heaviest", type=MANY, default=0, metavar="N", help="pull requests in an answer (0: any)")
    github.add_argument("--no-graphql", action="store_true", help="GraphQL is closed, as an Enterprise may have it")


def serve(opts: Namespace) -> None:
    """Serves until it is told to stop; raises BadArgument for what cannot be had."""
    from fake_github.options import Options
    from fake_github.server.serving import serve_until_stopped
    from fake_server import BadOption
    from jira_crawler.exceptions import BadArgument

    try:
        options = Options(
            repositories=tuple(each.strip() for each in opts.repositories.split(",") if each.strip()),
            items=opts.issues,
            seed=opts.seed,
            data=tuple(map(Path, opts.data)),
            host=opts.host,
            port=opts.port,
            switches=tuple(opts.unknown),
            token=opts.token,
            hourly=opts.hourly,
            points=opts.points,
            window=opts.window,
            burst=opts.burst,
            heaviest=opts.heaviest,
            graphql=not opts.no_graphql,
            faults=tuple(opts.fault),
            latency=opts.latency,
        )
        serve_until_stopped(options, lambda sentence: print(sentence, flush=True))
    except BadOption as error:
        raise BadArgument(str(error)) from error
