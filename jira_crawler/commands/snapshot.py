"""`scrapy snapshot`: what OUTPUT_DIR's store holds as it came, in files that an engine refines without a database."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import REFUSED, Silent, ends_when_told
from jira_crawler.commands.export import sentence
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked
from jira_crawler.settings import secret


class Command(Silent, ScrapyCommand):
    """Status 0: the snapshot is as the store was; 2: it is as it was before."""

    uses = ("OUTPUT_DIR", "STORE_URL")

    def syntax(self) -> str:
        return "--to FOLDER|s3://BUCKET/PATH"

    def short_desc(self) -> str:
        return "Copy the stored issues, as they came, to files that an engine refines"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--to", default="", metavar="ADDRESS", help="a folder, or a URL of an object store")

    def run(self, args: list[str], opts: Namespace) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        ends_when_told()  # so that nothing half-made stays
        try:
            if args or not opts.to:
                raise BadArgument("Say where the snapshot is to be: scrapy snapshot --to FOLDER, or s3://BUCKET/PATH.")
            self._take(opts.to)
        except (Refused, OSError, SQLAlchemyError) as error:
            said = sentence(error, self.settings["STORE_URL"], opts.to)
            if isinstance(error, OSError):
                said = f"The snapshot cannot be written to {masked(opts.to)}: {error.strerror or error}."
            print(f"scrapy snapshot: {said}", file=sys.stderr)
            self.exitcode = REFUSED

    def _take(self, address: str) -> None:
        from jira_crawler.snapshot.run import take_snapshot

        assert self.settings  # noqa: S101
        taken = take_snapshot(Path(self.settings["OUTPUT_DIR"]), self.settings["STORE_URL"], address, secret)
        held = taken.manifest
        wrote = f"{taken.files:,} files, {taken.bytes:,} bytes" if taken.files else "nothing"
        print(f"Written: {wrote}. {taken.removed:,} files that nobody needs any more were removed.")
        print(
            f"{masked(address)} holds {held.rows:,} issues in {len(held.files):,} files, as of change {held.through:,}."
        )
