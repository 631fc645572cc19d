"""How we crawl. Every value here can be changed with `-s NAME=VALUE`; docs/settings.md says what each is for.

Whom we crawl is in sites.toml; what to crawl this time is in the spider's arguments. This module is the only
reader of the environment.
"""

import os
from pathlib import Path

import platformdirs

BOT_NAME = "jira_crawler"
SPIDER_MODULES = ["jira_crawler.spiders"]
COMMANDS_MODULE = "jira_crawler.commands"

# --- who is asking -------------------------------------------------------------------------------------------
# A tracker's administrator must be able to reach the person behind a crawl: set this to an address or a URL.
CONTACT = os.environ.get("JIRA_CRAWLER_CONTACT", "")

# --- what is left behind -------------------------------------------------------------------------------------
OUTPUT_DIR = "output"
STORE_URL = os.environ.get("STORE_URL", "")  # empty: sqlite:///<OUTPUT_DIR>/store.sqlite
COMMIT_ISSUES = 100  # a transaction holds at most so many issues …
COMMIT_SECONDS = 0.5  # … and is at most so old
# Counts of requests a day belong to the machine's address, not to one output folder.
STATE_DIR = str(Path(platformdirs.user_state_dir("jira_crawler")))

# --- asking --------------------------------------------------------------------------------------------------
PAGE_SIZE = 500  # issues asked for in one search; the tracker may give fewer
PAGE_SECONDS = 20.0  # a page that took longer makes the next ones smaller
PAGE_BYTES = 4 * 1024 * 1024  # a page that is larger does, too; several are in memory at once
SLICE_ISSUES = 5_000  # a project is cut into time slices of about so many issues; Jira's own limit is 10,000
DAILY_BUDGET = 0  # requests in any 24 hours; 0: no limit. A site of sites.toml brings its own.
ROBOTSTXT_OBEY = False  # REST is an API, offered to programs; pages meant for people are another spider's matter

CONCURRENT_REQUESTS = 8
CONCURRENT_REQUESTS_PER_DOMAIN = 4
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0  # the pace of a site is a promise: never faster, not even for a moment
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.5
AUTOTHROTTLE_MAX_DELAY = 60.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 2.0
DOWNLOAD_TIMEOUT = 180
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # bytes, packed or unpacked: more is asked for in smaller pages
DOWNLOAD_WARNSIZE = 0  # large pages are what we ask for
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy's default is not to look
REDIRECT_ENABLED = False  # on REST a redirect leads to a login page
METAREFRESH_ENABLED = False  # what a page says is no reason to ask elsewhere
COOKIES_ENABLED = False  # a stale session cookie turns a visitor anonymous without a word
HTTPERROR_ALLOW_ALL = True  # the spider reads what an error says

RETRY_TIMES = 5
RETRY_BACKOFF = 1.0  # seconds before the first repetition; doubles each time
RETRY_BACKOFF_MAX = 60.0
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # what that means for the crawl is said in a sentence of its own
MAX_PAUSE = 7200.0  # seconds; a site that asks for more ends the run: quotas are by the hour, and clocks differ
MAX_PAUSES = 20  # one request that was told to wait so many times ends the run

# --- issue pages, for scrapy crawl jira_pages ----------------------------------------------------------------
MISSING_KEYS = 50  # keys in a row without an issue end a project whose keys are tried one after the other
BROWSER_PATH = ""  # a Chromium; empty: an installed one, else Playwright's own
BROWSER_SECONDS = 15.0  # that a page has to show its comments

# --- files, with -a attachments=true -------------------------------------------------------------------------
ATTACHMENT_BYTES = 50 * 1024 * 1024  # of a file; a larger one is not fetched
ATTACHMENT_ISSUE_BYTES = 0  # of all files of an issue; 0: no limit
ATTACHMENT_RUN_BYTES = 0  # of all files of one run; 0: no limit
ATTACHMENT_TYPES = ""  # only files of these media types, `image/*,text/plain`; empty: of any
ATTACHMENT_HOSTS = "https://api.media.atlassian.com"  # where a site may lead us for its files, besides itself

# --- many machines -------------------------------------------------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")  # where a fleet of workers shares its questions; empty: no fleet
LEASE_SECONDS = 60.0  # a worker that was silent for so long has lost what it holds to the others
REDIS_PATIENCE = 60.0  # seconds that a Redis which is away is waited for
STAY = False  # wait for more work when all is done

# --- refining, in this order ---------------------------------------------------------------------------------
SCRAPE_ONLY = False  # store issues as they come and refine them another time: scrapy crawl replay
MIN_QUALITY = 0.0  # an issue that scores less, from 0 to 1, is rejected
LANGUAGES = ""  # only issues in these languages, `en,de`; empty: in any. Too short to tell passes.
BOT_COMMENTS = False  # what programs comment is no talk
REDACT_PROJECT_NAMES = True  # people whom only other issues know are numbered, too
LOG_LINES = 200  # a longer log loses its middle; 0: none does
CONCURRENT_ITEMS = 16  # parts of one answer at a time; Scrapy begins so many tasks for each, however few there are
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 16 * 1024 * 1024  # bytes of answers, and of issues being refined, before more is asked
REFINE_PROCESSES = 0  # that refine side by side; 0: as many as there are cores; 1: none but this one
ITEM_PROCESSOR = "jira_crawler.pipelines.processor.IssueProcessor"  # runs these steps, here or in such processes:
ITEM_PIPELINES = {
    "jira_crawler.pipelines.validate.Validate": 100,
    "jira_crawler.pipelines.clean.Clean": 200,
    "jira_crawler.pipelines.redact.Redact": 300,
    "jira_crawler.pipelines.score.Score": 400,
    "jira_crawler.pipelines.deduplicate.Deduplicate": 500,
    "jira_crawler.pipelines.write_feeds.WriteFeeds": 600,
}

ENGINE = ""  # by which feeds are made, read for exports, and tables rebuilt: local, ray or spark; empty: here
ENGINE_FOLDER = ""  # where its workers leave shards: a folder or s3://BUCKET/PATH; empty: OUTPUT_DIR/engine
ENGINE_ISSUES = 1000  # of which a shard is made, about
RAY_ADDRESS = os.environ.get("RAY_ADDRESS", "")  # of a cluster; empty: a Ray is begun here
SPARK_MASTER = os.environ.get("SPARK_MASTER", "")  # of a Spark whose driver is begun here; empty: none

# --- tables ---------------------------------------------------------------------------------------------------
TABLES = False  # bring OUTPUT_DIR/tables up at the end of a crawl, as scrapy tables does
TABLES_REDACT = False  # tables to be passed on: secrets become marks, people numbers
TABLES_URL = ""  # s3://BUCKET/PATH that is to hold them, too
TABLES_PROCESSES = 0  # that write months side by side; 0: as many as there are cores

METRICS_URL = os.environ.get("METRICS_URL", "")  # a Postgres that scrapy metrics fills and asks; empty: none
SPARK_REMOTE = os.environ.get("SPARK_REMOTE", "")  # a Spark, over Spark Connect; empty: none
# --- search ----------------------------------------------------------------------------------------------------
SEARCH = True  # what is served can be searched
SEARCH_URL = ""  # http(s)://HOST:PORT/NAME of an OpenSearch or Elasticsearch; empty: an index in OUTPUT_DIR/search

# --- live ------------------------------------------------------------------------------------------------------
LIVE_HOST = "127.0.0.1"  # where webhooks are received; only this very machine reaches it
LIVE_PORT = 8090  # 0: any that is free
LIVE_POLL = 60.0  # seconds between two lists of what changed
LIVE_TRAILING_SECONDS = 3600.0  # … and between two that go back half a day, and count
LIVE_SLA = 900.0  # seconds between two times that the service levels of open issues are asked for; 0: never
TABLES_SECONDS = 2.0  # seconds between two updates of the tables, where something changed
COMPACT_SECONDS = 600.0  # seconds between two times that feeds are put in order
WEBHOOK_BYTES = 32 * 1024 * 1024  # a delivery that is larger is refused; Jira's own limit is 25 MB
AUDIT_DAYS = 30  # deliveries, and what became of them, are kept for so long
CONSUMER_DAYS = 30  # changes are kept for so long for whoever follows them and does not come

# --- around it -----------------------------------------------------------------------------------------------
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,  # it repeats at once and reads no Retry-After
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,  # loses what is garbled
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,  # reads no Crawl-delay
    "jira_crawler.middlewares.held.Held": 40,
    "jira_crawler.middlewares.robots.Robots": 100,  # only with ROBOTSTXT_OBEY
    "jira_crawler.middlewares.retry.Retry": 550,
    "jira_crawler.middlewares.pace.Pace": 560,  # sees an answer before Retry does
    "jira_crawler.middlewares.credentials.Credentials": 570,
    "jira_crawler.middlewares.unpacking.Unpacking": 590,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # it drops a question without a word
    "jira_crawler.spiders.remaking.Remaking": 20,
    "jira_crawler.scheduling.lease_middleware.LeaseMiddleware": 10_000,  # the one closest to the spider
}
DOWNLOADER = "jira_crawler.middlewares.passage.Passage"  # brings every question back, and lets go when told to stop
SCHEDULER = "jira_crawler.scheduling.scheduler.TaskScheduler"  # over what tasks wait in:
SCHEDULER_QUEUE_CLASS = "jira_crawler.frontier.sqlite_frontier.SqliteFrontier"  # on disk with JOBDIR, else in memory
ADDONS = {
    "jira_crawler.scheduling.addon.FleetAddon": 0,  # with REDIS_URL swaps that for what a fleet shares
    "jira_crawler.scheduling.addon.SwitchesAddon": 10,  # what is switched off is not loaded
}
DOWNLOAD_HANDLERS = {
    "http": "jira_crawler.middlewares.throttled_download.ThrottledDownloadHandler",
    "https": "jira_crawler.middlewares.throttled_download.ThrottledDownloadHandler",
    "data": None,  # nor anything else that a folder or a Redis might name
    "file": None,
    "ftp": None,
    "s3": None,
}
EXTENSIONS = {
    "scrapy.extensions.spiderstate.SpiderState": None,  # the frontier keeps the state with the tasks, not in a pickle
    "scrapy.extensions.logstats.LogStats": None,  # progress says it better
    "jira_crawler.extensions.metrics.Metrics": -10,  # only with METRICS_PORT, which it takes before anything is opened
    "jira_crawler.extensions.commit.CommitExtension": 0,
    "jira_crawler.extensions.rejects.Rejects": 10,
    "jira_crawler.extensions.progress.Progress": 20,
    "jira_crawler.extensions.workers.Workers": 25,  # only with REDIS_URL
    "jira_crawler.extensions.tables.Tables": 28,  # only with TABLES
    "jira_crawler.extensions.report.Report": 30,
}
PROGRESS_SECONDS = 30.0  # between two lines in a log
STATS_CLASS = "jira_crawler.extensions.stats.Stats"  # counts once for the report, the progress line and Prometheus
METRICS_PORT = 0  # where Prometheus may ask how a crawl is; 0: nowhere
METRICS_HOST = "127.0.0.1"

# --- Scrapy itself -------------------------------------------------------------------------------------------
REMOTE_CONTROL_ENABLED = False  # a door that 2.19 opens by itself
TELNETCONSOLE_ENABLED = False
LOG_LEVEL = "INFO"  # DEBUG halves the speed
DEFAULT_DROPITEM_LOG_LEVEL = "DEBUG"  # drops are counted and kept in the rejects
STATS_DUMP = False  # the report says what matters
FEED_EXPORT_ENCODING = "utf-8"


def secret(name: str) -> str:
    """Gives the value of an environment variable that holds a credential, or "".

    A function and not a setting, because Scrapy logs settings.
    """
    return os.environ.get(name, "")
