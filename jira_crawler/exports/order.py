"""What one export is asked to make."""

from __future__ import annotations

from dataclasses import dataclass, field

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.choice import Choice
from jira_crawler.exports.formats import FORMATS, Format
from jira_crawler.exports.shards import Layout
from jira_crawler.exports.splits import SPLITS, Shares

SPLIT_BY = ("hash", "time", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Raises BadArgument, with a sentence, if it cannot be met."""

    format: str
    to: str
    choice: Choice = field(default_factory=Choice)
    layout: Layout = field(default_factory=Layout)
    split_by: str = "hash"
    shares: Shares = (90.0, 5.0, 5.0)
    force: bool = False

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise BadArgument(f"Say which format to export: --format {'|'.join(FORMATS)}.")
        if not self.to:
            raise BadArgument("Say where to export to: --to FOLDER, or a URL such as s3://bucket/path.")
        if self.split_by not in SPLIT_BY:
            raise BadArgument(f"--split-by is one of {', '.join(SPLIT_BY)}.")
        if len(self.shares) != len(SPLITS) or min(self.shares) < 0 or not 0 < self.shares[0] <= sum(self.shares) < 1e9:
            raise BadArgument("--splits is three shares for train, validation and test, such as 90,5,5.")
        if not 0 <= self.choice.min_quality <= 1:
            raise BadArgument("--min-quality is a number from 0 to 1.")
        if min(self.layout.most_rows, self.layout.most_bytes) < 1:
            raise BadArgument("A file holds at least one row and one byte.")

    @property
    def kind(self) -> Format:
        return FORMATS[self.format]
