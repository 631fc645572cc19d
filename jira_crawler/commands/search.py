"""`scrapy search`: looks up what the feeds hold, after it has brought the index up to the store."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import REFUSED, Silent, option, say
from jira_crawler.commands.export import sentence
from jira_crawler.configuration.kinds import Number, Whole
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked, printable
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from jira_crawler.search.asking import Results
    from jira_crawler.search.run import Place

NONE = 1
_QUALITY, _MANY, _OFFSET = Number(0, 1), Whole(1, 100), Whole(0, 999)


class Command(Silent, ScrapyCommand):
    """Status 0: something was found, or the index was brought up; 1: nothing fits; 2: nothing could be done."""

    uses = ("OUTPUT_DIR", "STORE_URL", "SEARCH_URL")

    def syntax(self) -> str:
        return "'QUESTION' | --similar KEY | --rebuild"

    def short_desc(self) -> str:
        return "Search titles, texts, comments and code names of all issues in the feeds"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--min-quality", type=option(_QUALITY, float), default=0.0, help="of a hit, from 0 to 1")
        parser.add_argument("-n", type=option(_MANY, int), default=20, help="hits to show (20)")
        parser.add_argument("--offset", type=option(_OFFSET, int), default=0, help="hits to pass over")
        parser.add_argument("--all", action="store_true", help="near-duplicates, too, each by itself")
        parser.add_argument("--json", action="store_true", help="as JSON, as GET /search answers")
        parser.add_argument("--similar", default="", metavar="KEY", help="what says nearly the same as an issue")
        parser.add_argument("--site", default="", metavar="NAME", help="… of which site, where several have one")
        parser.add_argument("--rebuild", action="store_true", help="make the index from the store again")
        parser.add_argument("--as-it-is", action="store_true", help="do not bring the index up first")

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the store.
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        url, server = self.settings["STORE_URL"], self.settings["SEARCH_URL"]
        try:
            results = self._run(args, opts)
        except (Refused, OSError, SQLAlchemyError) as error:
            say("search", masked(sentence(error, url), server))
            self.exitcode = REFUSED
            return
        if results is not None:
            _show(results, opts)
            self.exitcode = 0 if results.hits else NONE

    def _run(self, args: list[str], opts: Namespace) -> Results | None:
        from jira_crawler.policy import Policy
        from jira_crawler.search.asking import Asked, ask, similar
        from jira_crawler.search.question import read
        from jira_crawler.search.run import Place

        assert self.settings  # noqa: S101
        question = " ".join(args)
        if sum((bool(args), bool(opts.similar))) + (opts.rebuild and not args and not opts.similar) != 1:
            raise BadArgument("Say what to look for: scrapy search 'lease AND status:resolved', or --similar KEY.")
        if args:
            read(question)  # what is wrong is said before anything is brought up
        place = Place(
            output=Path(self.settings["OUTPUT_DIR"]),
            store_url=self.settings["STORE_URL"],
            server=self.settings["SEARCH_URL"],
            secret=secret,
            policy=Policy.of(self.settings),
        )
        if opts.rebuild or not opts.as_it_is:
            _bring_up(place, rebuild=opts.rebuild)
        if not args and not opts.similar:
            return None
        engine = place.engine()
        try:
            if opts.similar:
                return similar(engine, opts.similar, site=opts.site, n=opts.n)
            asked = Asked(
                question=question,
                min_quality=opts.min_quality,
                n=opts.n,
                offset=opts.offset,
                folds=not opts.all,
                facets=opts.json,  # nobody else is shown them
            )
            return ask(engine, asked)
        finally:
            engine.close()


def _bring_up(place: Place, *, rebuild: bool) -> None:
    """Brings the index up, and says how it goes where that takes long; where another one does so, that is enough."""
    from jira_crawler.search.folder import Busy
    from jira_crawler.search.run import bring_up

    read = 0

    def progress(many: int) -> None:
        nonlocal read
        if (read + many) // 10_000 > read // 10_000:
            print(f"{read + many:,} issues were read …", file=sys.stderr)
        read += many

    try:
        result = bring_up(place, rebuild=rebuild, progress=progress)
    except Busy:
        if rebuild:
            raise
        return
    if result.anew:
        print(f"{result.anew.rstrip('.')}: the index was made anew, {result.put:,} documents.", file=sys.stderr)
    if result.unreadable:
        print(f"{result.unreadable:,} issues are left out, for nothing that can be read shows them.", file=sys.stderr)


def _show(results: Results, opts: Namespace) -> None:
    if opts.json:
        import orjson

        sys.stdout.write(orjson.dumps(results.told(), option=orjson.OPT_INDENT_2).decode() + "\n")
        return
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    for hit in results.hits:
        _show_hit(console, hit)
    shown = f", {len(results.hits):,} of them are shown" if len(results.hits) < results.total else ""
    console.print(f"{results.total:,} {'issue fits' if results.total == 1 else 'issues fit'}{shown}.", soft_wrap=True)


def _show_hit(console: Console, hit: dict[str, Any]) -> None:
    alike = f"  alike {hit['similarity']:.0%}" if "similarity" in hit else ""
    console.print(Text.assemble((hit["issue_key"], "bold"), "  ", printable(hit["title"])), soft_wrap=True)
    reasons = ", ".join(f"{name} {value:g}" for name, value in hit["quality_reasons"].items())
    about = " · ".join(filter(None, (hit["issue_type"], hit["status"], hit["url"])))
    console.print(f"    {printable(about)}{alike}", soft_wrap=True)
    console.print(f"    quality {hit['quality']:g} ({reasons}), seen {hit['seen'][:16]}", soft_wrap=True)
    if hit["snippet"]:
        console.print(Text.assemble("    ", *_parts(hit["snippet"])), soft_wrap=True)
    if hit["near_duplicates"]:
        console.print(f"    nearly the same: {', '.join(hit['near_duplicates'])}", soft_wrap=True)


def _parts(snippet: str) -> list[Any]:
    """The pieces of a snippet, those that are marked in bold."""
    parts: list[Any] = []
    for at, piece in enumerate(snippet.split("<mark>")):
        inside, _, behind = piece.partition("</mark>") if at else ("", "", piece)
        parts += [(unescape(inside), "bold"), unescape(behind)]
    return parts
