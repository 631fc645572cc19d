"""What every setting may be: those of our own with unit and meaning, and those of Scrapy that we lean on.

docs/settings.md is made from this (`python -m jira_crawler.configuration.page docs/settings.md`), and everything is
held against it before the first request.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jira_crawler.configuration.kinds import (
    Addresses,
    Choice,
    Codes,
    Flag,
    Folder,
    Host,
    Kind,
    Line,
    LogFile,
    MediaTypes,
    Number,
    ObjectsUrl,
    PostgresUrl,
    Program,
    RedisUrl,
    SearchUrl,
    SparkUrl,
    StoreUrl,
    Whole,
    excerpt,
)
from jira_crawler.items import LANGUAGES

WEEK = 604_800  # seconds; who means more means something else


@dataclass(frozen=True, slots=True)
class Setting:
    """`default` is for the page, where settings.py computes it."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    default: str = ""


OURS = (
    Setting(
        "CONTACT",
        Line(),
        "",
        "whom an administrator can write to; stands in the User-Agent",
        "`JIRA_CRAWLER_CONTACT`, else empty",
    ),
    Setting("OUTPUT_DIR", Folder(), "", "where feeds, rejects, report and store go; one crawl at a time"),
    Setting(
        "STORE_URL",
        StoreUrl(),
        "",
        "empty: `sqlite:///<OUTPUT_DIR>/store.sqlite`; `postgresql+psycopg://…` is what workers share. Without "
        "workers, one database belongs to one `OUTPUT_DIR`, and another one is refused",
        'the variable, else `""`',
    ),
    Setting("COMMIT_ISSUES", Whole(1, 1_000_000), "issues", "a transaction holds at most so many …"),
    Setting("COMMIT_SECONDS", Number(0.01, WEEK), "s", "… and is at most so old"),
    Setting(
        "STATE_DIR",
        Folder(),
        "",
        "counts of requests a day, for all crawls of this machine",
        "the user's state folder, on Linux `~/.local/state/jira_crawler`",
    ),
    Setting(
        "MISSING_KEYS",
        Whole(1),
        "keys",
        "so many in a row without an issue end a project whose keys are tried one after the other",
    ),
    Setting(
        "ATTACHMENT_BYTES",
        Whole(1, 1 << 40),
        "bytes",
        "of a file; a larger one is not fetched, or cut off where nobody says how large it is",
    ),
    Setting("ATTACHMENT_ISSUE_BYTES", Whole(0, 1 << 50), "bytes", "of all files of an issue; 0: no limit"),
    Setting("ATTACHMENT_RUN_BYTES", Whole(0, 1 << 50), "bytes", "of all files that one run fetches; 0: no limit"),
    Setting(
        "ATTACHMENT_TYPES",
        MediaTypes(),
        "media types",
        "only files that their issues say are of these, `image/*,text/plain`; empty: of any",
    ),
    Setting(
        "ATTACHMENT_HOSTS",
        Addresses(),
        "URLs",
        "where a site may lead for its files, besides itself; nobody there gets credentials",
    ),
    Setting("BROWSER_PATH", Program(), "", "a Chromium; empty: an installed one, else Playwright's own"),
    Setting("BROWSER_SECONDS", Number(0.1, 3_600), "s", "that a page in the browser has to show its comments"),
    Setting(
        "REDIS_URL",
        RedisUrl(),
        "",
        "makes a crawl one [worker of a fleet](deploy.md#a-fleet): questions, pace and budget are in this Redis; "
        "`JOBDIR` is not used then",
        'the variable, else `""`',
    ),
    Setting(
        "LEASE_SECONDS",
        Number(0.1, WEEK),
        "s",
        "a worker that was silent for so long has lost what it holds to the others",
    ),
    Setting("REDIS_PATIENCE", Number(0, WEEK), "s", "a Redis that is away is waited for so long"),
    Setting("STAY", Flag(), "", "`1` lets a worker wait for more when all is done, instead of ending"),
    Setting("PAGE_SIZE", Whole(1, 100_000), "issues", "asked for in one search; the tracker may give fewer"),
    Setting(
        "PAGE_SECONDS",
        Number(0.1, WEEK),
        "s",
        "a page that took longer halves the next ones; good pages grow back by a half",
    ),
    Setting("PAGE_BYTES", Whole(1), "bytes", "a page that is larger does, too: several are in memory at once"),
    Setting(
        "SLICE_ISSUES",
        Whole(1),
        "issues",
        "a project with more is cut into time slices, which are walked side by side",
    ),
    Setting(
        "DAILY_BUDGET",
        Whole(),
        "requests",
        "in any 24 hours; 0: no limit. A site of `sites.toml` brings its own",
    ),
    Setting(
        "RETRY_BACKOFF",
        Number(0, WEEK),
        "s",
        "before the first repetition; doubles each time, less up to a half at random",
    ),
    Setting("RETRY_BACKOFF_MAX", Number(0, WEEK), "s", "the longest back-off"),
    Setting(
        "MAX_PAUSE",
        Number(0, WEEK),
        "s",
        "a site that asks to be left alone for longer ends the run, with a sentence that says until when; nothing is "
        "asked before",
    ),
    Setting(
        "MAX_PAUSES",
        Whole(),
        "pauses",
        "one request that was told to wait more often than this, one time after the other, ends the run",
    ),
    Setting(
        "SCRAPE_ONLY",
        Flag(),
        "",
        "`1` stores issues as they come; `scrapy crawl replay`, or the next crawl of the project, refines them. What "
        "was refined already and did not change keeps its lines",
    ),
    Setting(
        "MIN_QUALITY",
        Number(0, 1),
        "",
        "an issue that scores less is rejected; see [quality](data-format.md#quality)",
    ),
    Setting(
        "LANGUAGES",
        Codes(LANGUAGES),
        "ISO 639-1",
        "only issues in these languages, `en,de`; empty: in any. One that is too short to tell passes",
    ),
    Setting("BOT_COMMENTS", Flag(), "", "`1` keeps what programs commented, in examples too"),
    Setting(
        "REDACT_PROJECT_NAMES",
        Flag(),
        "",
        "`0` numbers only people whom the issue itself knows, and leaves those of other issues in its texts",
    ),
    Setting(
        "LOG_LINES",
        Whole(),
        "lines",
        "a longer log or stack trace loses its middle, around a visible mark; 0: none does",
    ),
    Setting(
        "REFINE_PROCESSES",
        Whole(0, 1_000),
        "processes",
        "that refine side by side, in a crawl and in a replay; 0: as many as there are cores; 1: none but its own",
    ),
    Setting(
        "ENGINE",
        Choice(("local", "ray", "spark"), unset=True),
        "",
        "by which [a replay refines](engines.md), `scrapy tables --rebuild` makes months, and `scrapy export` reads "
        "feeds: `local`, `ray` or `spark`; empty: in processes of this machine, and no shard is left",
    ),
    Setting(
        "ENGINE_FOLDER",
        Line(),
        "",
        "where workers leave [shards](engines.md#shards): a folder, or `s3://BUCKET/PATH`; empty: `OUTPUT_DIR/engine`",
    ),
    Setting("ENGINE_ISSUES", Whole(10, 100_000), "issues", "of which a shard is made, about"),
    Setting(
        "RAY_ADDRESS",
        Line(),
        "",
        "a cluster that refines: `HOST:6379` or `ray://HOST:10001`; empty: [a Ray is begun](engines.md#ray) here",
        'the variable, else `""`',
    ),
    Setting(
        "SPARK_MASTER",
        Line(),
        "",
        "a Spark that refines, and whose [driver is begun](engines.md#spark) here: `local[4]`, `spark://HOST:7077`",
        'the variable, else `""`',
    ),
    Setting(
        "TABLES",
        Flag(),
        "",
        "`1` brings [the tables](tables.md) up at the end of a crawl; a fleet's are made by `scrapy tables`",
    ),
    Setting(
        "TABLES_REDACT",
        Flag(),
        "",
        "`1` writes tables that may be passed on: secrets become marks, the people of an issue numbers",
    ),
    Setting(
        "TABLES_URL",
        ObjectsUrl(),
        "",
        "an object store that is to hold [the tables](tables.md#elsewhere), too; empty: none",
    ),
    Setting(
        "TABLES_PROCESSES",
        Whole(0, 1_000),
        "processes",
        "that write months side by side; 0: as many as there are cores; 1: none but its own",
    ),
    Setting("SEARCH", Flag(), "", "`0` leaves [search](search.md) out of what is served"),
    Setting(
        "SEARCH_URL",
        SearchUrl(),
        "",
        "an OpenSearch or Elasticsearch that holds [the index](search.md#on-a-server), and its name there; empty: it "
        "is in `OUTPUT_DIR/search`",
    ),
    Setting(
        "METRICS_URL",
        PostgresUrl(),
        "",
        "a Postgres that `scrapy metrics --engine postgres` [fills and asks](tracker-metrics.md#engines)",
        'the variable, else `""`',
    ),
    Setting(
        "SPARK_REMOTE",
        SparkUrl(),
        "",
        "a Spark that `scrapy metrics --engine spark` [asks](tracker-metrics.md#engines), and that "
        "[refines](engines.md#spark)",
        'the variable, else `""`',
    ),
    Setting(
        "LIVE_HOST",
        Host(),
        "",
        "where webhooks are [received](live.md); only this very machine reaches the default",
    ),
    Setting("LIVE_PORT", Whole(0, 65_535), "", "… and at which port; 0: any that is free"),
    Setting("LIVE_POLL", Number(1, WEEK), "s", "between two lists of what changed, in a live crawl"),
    Setting("LIVE_TRAILING_SECONDS", Number(1, WEEK), "s", "… and between two that go back half a day, and count"),
    Setting(
        "LIVE_SLA",
        Number(0, WEEK),
        "s",
        "between two times that [service levels](service-levels.md) of what is open are asked for; 0: never",
    ),
    Setting("TABLES_SECONDS", Number(0, WEEK), "s", "between two updates of the tables of a live crawl"),
    Setting("COMPACT_SECONDS", Number(1, WEEK), "s", "between two times that a live crawl puts its feeds in order"),
    Setting(
        "WEBHOOK_BYTES",
        Whole(1_024, 1 << 27),
        "bytes",
        "a delivery that is larger is refused; Jira's own limit is 25 MB",
    ),
    Setting(
        "AUDIT_DAYS",
        Whole(8, 3_650),
        "days",
        "that deliveries, and what became of them, are kept; what has still to be done stays",
    ),
    Setting(
        "CONSUMER_DAYS",
        Whole(1, 3_650),
        "days",
        "that [changes are kept](stream.md#who-follows) for whoever follows the store and does not come",
    ),
    Setting("PROGRESS_SECONDS", Number(0.1, WEEK), "s", "between two progress lines in a log"),
    Setting(
        "METRICS_PORT",
        Whole(0, 65_535),
        "",
        "the port at which Prometheus finds [the metrics](metrics.md) of this process; 0: none",
    ),
    Setting("METRICS_HOST", Host(), "", "the address that this port is open at; `0.0.0.0`: all of the machine's"),
)

# Those that Scrapy reads in mid-start, or as something that nobody meant: a delay of -1, no request at a time.
SCRAPYS: Mapping[str, Kind] = {
    "CONCURRENT_REQUESTS": Whole(1, 10_000),
    "CONCURRENT_REQUESTS_PER_DOMAIN": Whole(1, 10_000),
    "CONCURRENT_ITEMS": Whole(1),
    "DOWNLOAD_DELAY": Number(0, WEEK),
    "DOWNLOAD_DELAY_JITTER": Number(0, 1),
    "DOWNLOAD_TIMEOUT": Number(0.1, WEEK),
    "DNS_TIMEOUT": Number(0.1, WEEK),
    "DOWNLOAD_MAXSIZE": Whole(0, 1 << 40),
    "DOWNLOAD_WARNSIZE": Whole(0, 1 << 40),
    "AUTOTHROTTLE_START_DELAY": Number(0, WEEK),
    "AUTOTHROTTLE_MAX_DELAY": Number(0, WEEK),
    "AUTOTHROTTLE_TARGET_CONCURRENCY": Number(0.01, 10_000),
    "RETRY_TIMES": Whole(0, 1_000),
    "LOG_LEVEL": Choice(("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
    "LOG_FILE": LogFile(),
    "JOBDIR": Folder(unset=True),
}

KINDS: Mapping[str, Kind] = {setting.name: setting.kind for setting in OURS} | dict(SCRAPYS)


def first_wrong(values: Mapping[str, Any], names: Collection[str], kinds: Mapping[str, Kind] = KINDS) -> str:
    """Finds the first of some settings whose value is none that it may have, and says so in a sentence; "" if none."""
    for name in names:
        kind, value = kinds[name], values.get(name)
        if not kind.takes(value):
            return f"{name}{'' if kind.secret else f'={excerpt(value)}'} is not {kind.words}."
    return ""
