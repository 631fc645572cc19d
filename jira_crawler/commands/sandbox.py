"""`scrapy sandbox`: serves an embedded Jira, or a GitHub, until it is told to stop."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand

from jira_crawler.commands import sandbox_github
from jira_crawler.commands.checked import Silent, option
from jira_crawler.configuration.kinds import Number, Whole
from jira_crawler.exceptions import BadArgument

REFUSED = 2
MANY, ISSUES, SEED = (option(kind, int) for kind in (Whole(), Whole(0, 1_000_000), Whole(-(10**12), 10**12)))
PORT = option(Whole(0, 65_535), int)
SECONDS, RATE = option(Number(0, 86_400), float), option(Number(0, 1_000), float)


class Command(Silent, ScrapyCommand):
    uses = ()

    def syntax(self) -> str:
        return "--port P [--issues N --seed S | --data PATH ...] [--dialect server|cloud] [options]"

    def short_desc(self) -> str:
        return "Serve an embedded Jira over made-up or recorded issues, or a GitHub"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_argument_group("What it holds")
        what.add_argument("--issues", type=ISSUES, default=200, help="how many issues to make up (200)")
        what.add_argument("--seed", type=SEED, default=1, help="the same seed makes up the same issues (1)")
        what.add_argument("--projects", default="DEMO,TOOLS", help="projects of made-up issues (DEMO,TOOLS)")
        what.add_argument(
            "--data",
            action="append",
            default=[],
            metavar="PATH",
            help="recorded issues: a folder, .tar.gz, .json, .jsonl(.gz); repeatable",
        )
        what.add_argument("--hidden", default="", metavar="KEYS", help="projects that anonymous visitors do not see")
        what.add_argument("--archived", default="", metavar="KEYS", help="issues that search leaves out")
        how = parser.add_argument_group("How it speaks")
        how.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        how.add_argument("--port", type=PORT, default=8080, help="port to listen on; 0 takes a free one (8080)")
        how.add_argument("--dialect", default="server", help="server (REST v2) or cloud (REST v3)")
        how.add_argument("--page-cap", type=MANY, default=0, help="most issues on a page (server 1000, cloud 100)")
        how.add_argument(
            "--result-window", type=MANY, default=0, help="deepest result that paging may reach; 0 is no limit"
        )
        how.add_argument("--timezone", default="UTC", help="zone in which dates in JQL are read (UTC)")
        how.add_argument("--floor-ms", action="store_true", help="JQL dates in milliseconds count to the minute only")
        how.add_argument("--lexical-keys", action="store_true", help="ORDER BY key puts X-10 before X-9")
        how.add_argument("--token", default="", help="bearer token that visitors must bring (server)")
        how.add_argument("--basic", default="", metavar="EMAIL:TOKEN", help="credentials to bring (cloud)")
        how.add_argument("--anonymous-ok", action="store_true", help="a wrong token gives 200 and nothing, not 401")
        how.add_argument("--gzip", action="store_true", help="compress for visitors who ask for it")
        how.add_argument(
            "--file-bytes", type=MANY, default=0, metavar="N", help="how large files are at most; 0: tens of megabytes"
        )
        how.add_argument("--media", action="store_true", help="files are on a port of their own, to be led to (cloud)")
        pages = parser.add_argument_group("What people see of it (server)")
        pages.add_argument(
            "--pages", default="new", help="issue pages as of Jira 9 (new), of 7 and 8 (old), or off (new)"
        )
        pages.add_argument(
            "--page-comments",
            default="dom",
            metavar="HOW",
            help="how comments come: in the page (dom), in a script that holds them escaped twice, as Jira does it "
            "(script), or once (literal); by a request of the tab (ajax); by a script that must run (browser) (dom)",
        )
        pages.add_argument(
            "--comments-shown", type=MANY, default=10, metavar="N", help="fold older comments away; 0 shows all (10)"
        )
        pages.add_argument(
            "--rest-closed", default="", metavar="HOW", help="every REST address answers 401, 403 or leads to login"
        )
        pages.add_argument(
            "--robots", default="allow", help="robots.txt: allow issue pages, disallow them, or none (allow)"
        )
        pages.add_argument(
            "--crawl-delay", type=SECONDS, default=0, metavar="SECONDS", help="a Crawl-delay line in robots.txt (0)"
        )
        moves = parser.add_argument_group("How it moves")
        moves.add_argument(
            "--mutate", type=RATE, default=0, metavar="RATE", help="mutations per request, on average (0)"
        )
        moves.add_argument(
            "--mutate-kinds",
            default="create,edit,comment,delete,move,hide,archive",
            metavar="KINDS",
            help="what may happen to issues (create,edit,comment,delete,move,hide,archive)",
        )
        moves.add_argument(
            "--mutate-most",
            type=MANY,
            default=0,
            metavar="N",
            help="after so many the tracker stands still; 0 is half the number of issues",
        )
        moves.add_argument(
            "--index-lag",
            type=SECONDS,
            default=0,
            metavar="SECONDS",
            help="search by `updated` sees a change only after so long",
        )
        moves.add_argument(
            "--count-off", type=MANY, default=0, metavar="N", help="how far approximate counts are off (cloud)"
        )
        _add_telling(parser)
        sandbox_github.add_switches(parser)
        wrong = parser.add_argument_group("What goes wrong")
        wrong.add_argument(
            "--fault",
            action="append",
            default=[],
            metavar="NAME=RATE[:VALUE]",
            help="close, error500, error502, error503, truncated, badjson, html200, redirect302, slow, rate429, "
            "token_loop, early_end or stale_token; of issue pages only: maintenance (status as VALUE: 503, 200), "
            "half_page, login_form or other_markup; repeatable",
        )
        wrong.add_argument("--persistent-faults", action="store_true", help="what goes wrong once goes wrong always")
        wrong.add_argument("--ban-after", type=MANY, default=0, metavar="N", help="403 on everything after N requests")
        wrong.add_argument("--rate-limit", type=_rate, default=None, metavar="N/SECONDS", help="429 above this pace")
        wrong.add_argument(
            "--poison",
            default="",
            metavar="KEYS",
            help="issues that break every page they are on; DEMO-7:dark breaks bare lists of ids, too, DEMO-7:full "
            "all that tells everything of it, DEMO-7:hub takes 90 s wherever its links are asked for",
        )
        wrong.add_argument(
            "--poison-how", default="500", metavar="HOW", help="500, truncated, slow or slow:SECONDS (500)"
        )
        wrong.add_argument(
            "--poison-hard", action="store_true", help="poison works without issuelinks, or with them alone, too"
        )
        wrong.add_argument(
            "--file-fault",
            action="append",
            default=[],
            metavar="NAME=ID",
            help="what goes wrong with a file, or with all (*): login_page, login_redirect, gone, forbidden, "
            "elsewhere, no_length, endless, huge, half, drop, hang, no_range, wrong_part or packed; repeatable",
        )
        wrong.add_argument("--latency", type=SECONDS, default=0, metavar="SECONDS", help="wait before every answer")

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the web server.
        from fake_jira.options import Options
        from fake_jira.server.serving import serve_until_stopped
        from fake_jira.webhooks.announcer import secret_of_environment
        from fake_server import BadOption

        try:
            if args:
                raise BadArgument(f"scrapy sandbox takes switches only, not {args[0]!r}.")
            if opts.github:
                sandbox_github.serve(opts)
                return
            options = Options(**_chosen(opts), webhook_secret=secret_of_environment())
            serve_until_stopped(options, lambda sentence: print(sentence, flush=True))
        except (BadArgument, BadOption) as error:
            print(f"scrapy sandbox: {error}", file=sys.stderr)
            self.exitcode = REFUSED


def _add_telling(parser: ArgumentParser) -> None:
    tells = parser.add_argument_group("How it tells what people do in it")
    tells.add_argument(
        "--edits-per-second", type=RATE, default=0, metavar="N", help="edits of issues and their parts, steadily (0)"
    )
    tells.add_argument(
        "--edit-kinds", default="", metavar="KINDS", help="what is done, such as comment,transition,link (everything)"
    )
    tells.add_argument(
        "--webhooks",
        default="",
        metavar="URL",
        help="tell of every change there, signed with JIRA_WEBHOOK_SECRET where the environment has one",
    )
    tells.add_argument(
        "--webhook-fault",
        action="append",
        default=[],
        metavar="NAME=RATE[:VALUE]",
        help="loss, duplicate, disorder (seconds as VALUE: 5), delay (seconds: 30), bad_signature (wrong, missing or "
        "sha1), bare_comment, which comes without its issue in Cloud, too, or huge (megabytes: 25); repeatable",
    )
    tells.add_argument(
        "--webhook-auth", default="hmac", help="a signature over the body (hmac) or the token of an app (jwt) (hmac)"
    )
    tells.add_argument(
        "--webhook-scale", type=RATE, default=1, metavar="N", help="deliveries wait so many times shorter (1)"
    )
    tells.add_argument(
        "--stale-searches", type=MANY, default=0, metavar="N", help="so many searches do not find a change yet (0)"
    )
    tells.add_argument(
        "--service-desk", default="", metavar="KEYS", help="projects with service levels and internal comments"
    )
    tells.add_argument(
        "--agent", default="", metavar="TOKEN", help="credentials of whoever sees these; EMAIL:TOKEN in Cloud"
    )
    tells.add_argument("--sla-text", action="store_true", help="search tells service levels as a text (server)")
    tells.add_argument(
        "--expire-after", type=MANY, default=0, metavar="N", help="the token of visitors runs out after N requests"
    )


def _chosen(opts: Namespace) -> dict[str, Any]:
    same = (
        *("issues", "seed", "port", "page_cap", "result_window", "ban_after", "mutate_most", "count_off"),
        *("comments_shown", "latency", "mutate", "index_lag", "crawl_delay"),
        "host",
        "dialect",
        "timezone",
        "lexical_keys",
        "token",
        "basic",
        "anonymous_ok",
        "gzip",
        "persistent_faults",
        "poison_how",
        "poison_hard",
        "page_comments",
        "rest_closed",
        "robots",
        *(
            "edits_per_second",
            "webhooks",
            "webhook_auth",
            "webhook_scale",
            "stale_searches",
            "agent",
            "sla_text",
            "expire_after",
        ),
        "file_bytes",
        "media",
    )
    return {
        **{name: getattr(opts, name) for name in same},
        "pages": "" if opts.pages == "off" else opts.pages,
        "honour_ms": not opts.floor_ms,
        "data": tuple(map(Path, opts.data)),
        "faults": tuple(opts.fault),
        "file_faults": tuple(opts.file_fault),
        "projects": _listed(opts.projects),
        "hidden": _listed(opts.hidden),
        "archived": _listed(opts.archived),
        "mutate_kinds": _listed(opts.mutate_kinds),
        "poison": _listed(opts.poison),
        "webhook_faults": tuple(opts.webhook_fault),
        "service_desk": _listed(opts.service_desk),
        **({"edit_kinds": _listed(opts.edit_kinds)} if opts.edit_kinds else {}),
        "rate_limit": opts.rate_limit,
    }


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _rate(text: str) -> tuple[int, float]:
    """Reads 10/1 or 10: so many requests in so many seconds."""
    size, _, seconds = text.partition("/")
    try:
        return option(Whole(1), int)(size), option(Number(0.001, 86_400), float)(seconds or "1")
    except ArgumentTypeError as error:
        raise ArgumentTypeError(f"{error} It is written N/SECONDS, such as 10/1.") from None
