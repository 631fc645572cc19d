"""Metrics as a job of Spark, without Spark Connect: the same questions, asked of the session of the job.

spark-submit deploy/metrics/submit.py --tables s3a://bucket/tables --output FOLDER [--as-of DAY] [--only NAMES]

The driver needs `jira-crawler[metrics]`, without its `pyspark-client` where Spark brings its own. FOLDER is one of the
driver's, and gets metrics/<metric>/<day>.parquet, .csv and .json, as from `scrapy metrics`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from jira_crawler.exceptions import Refused
from jira_crawler.metrics.readings import METRICS
from jira_crawler.metrics.run import compute
from jira_crawler.metrics.spark import over
from jira_crawler.metrics.write import write


def main(session: Any, arguments: list[str]) -> int:
    """Computes and writes; gives 0, or 2 with one sentence if that cannot be done."""
    parser = ArgumentParser(prog="submit.py", description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--tables", required=True, metavar="FOLDER_OR_URL")
    parser.add_argument("--output", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--as-of", type=date.fromisoformat, default=None, metavar="DAY")
    parser.add_argument("--only", default="", metavar="NAMES", help=f"some of {', '.join(METRICS)}")
    options = parser.parse_args(arguments)
    wanted = options.only.split(",") if options.only else list(METRICS)
    if unknown := [name for name in wanted if name not in METRICS]:
        parser.error(f"there is no metric {unknown[0]!r}: {', '.join(METRICS)}")
    try:
        with over(session, options.tables) as engine:
            day, rows = compute(engine, wanted, options.as_of)
        written = write(options.output / "metrics", day, rows)
    except Refused as error:
        print(f"submit.py: {error}", file=sys.stderr)
        return 2
    print(f"As at the end of {day} in UTC: {len(rows):,} rows, {len(written)} files in {options.output / 'metrics'}.")
    return 0


if __name__ == "__main__":
    from pyspark.sql import SparkSession

    job = SparkSession.builder.appName("metrics of a tracker").getOrCreate()
    status = main(job, sys.argv[1:])
    job.stop()
    sys.exit(status)
