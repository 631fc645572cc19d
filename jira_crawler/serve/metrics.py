"""Which metrics there are: each row says under which key of the crawl's stats a value is found, and what it is called.

Whoever has something to count counts it in the stats, once: the report, the progress line and Prometheus read the
same. docs/metrics.md shows this table, and a test holds it to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Read = Callable[[float, float], float]

LIVE = "live/"  # what only a live crawl counts; other crawls do not show it at all
MOST = 200  # series of one counter; what comes after them is counted together, as …
OTHER = "other"  # … this, so that no odd reason or exception can flood a Prometheus
QUICK = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
SLOW = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 60.0, 180.0)
LAGS = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0, 43_200.0)


def as_it_is(value: float, _: float) -> float:
    return value


def until(value: float, now: float) -> float:
    """Reads a moment, in epoch seconds, as the seconds that are left until then; negative when it is over."""
    return value - now


def since(value: float, now: float) -> float:
    """Reads a moment as the seconds since then; 0 says that there is none."""
    return max(0.0, now - value) if value else 0.0


@dataclass(frozen=True)
class Metric:
    """`key` is a key of the stats; `{label}` in it stands for the value of a label, and the last may hold slashes."""

    name: str
    kind: Kind
    key: str
    help: str
    read: Read = as_it_is
    buckets: tuple[float, ...] = ()

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(re.findall(r"\{(\w+)\}", self.key))

    @property
    def is_live(self) -> bool:
        return self.key.startswith(LIVE)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        *plain, last = re.split(r"\{\w+\}", self.key)
        if not plain:
            return re.compile(re.escape(last))
        return re.compile("([^/]*)".join(map(re.escape, plain)) + "(.+)" + re.escape(last), re.DOTALL)

    def match(self, key: str) -> tuple[str, ...] | None:
        """Gives the values of the labels that a key of the stats stands for; None if it is no value of this metric."""
        found = self._pattern.fullmatch(key)
        return found.groups() if found else None


def counter(name: str, key: str, help_: str) -> Metric:
    return Metric(name, "counter", key, help_)


def gauge(name: str, key: str, help_: str, read: Read = as_it_is) -> Metric:
    return Metric(name, "gauge", key, help_, read)


def histogram(name: str, key: str, help_: str, buckets: tuple[float, ...]) -> Metric:
    return Metric(name, "histogram", key, help_, buckets=buckets)


METRICS = (
    # --- asking
    gauge("jira_crawl_info", "crawl/{spider}/{site}", "1, for the spider and the site of this process."),
    counter("jira_requests_sent_total", "pace/sent", "Requests that left for the site; repetitions count again."),
    counter("jira_requests_total", "downloader/response_status_count/{status}", "Answers, by HTTP status."),
    counter(
        "jira_request_errors_total", "downloader/exception_type_count/{error}", "Requests without an answer, by error."
    ),
    counter("jira_response_bytes_total", "downloader/response_bytes", "Bytes of answers, as they were sent."),
    histogram(
        "jira_response_seconds", "downloader/response_seconds", "Seconds from a request to the end of its answer.", SLOW
    ),
    counter("jira_retries_total", "retry/count", "Requests that were asked again because of what came."),
    counter("jira_refused_total", "pace/refused", "Answers that told to wait: 429, or 503 with Retry-After."),
    counter(
        "jira_paused_seconds_total", "pace/waited_seconds", "Seconds for which the site was left alone on its word."
    ),
    gauge(
        "jira_budget_left", "budget/left", "Requests that DAILY_BUDGET leaves; of a fleet every worker tells the same."
    ),
    gauge("jira_budget_limit", "budget/limit", "Requests that DAILY_BUDGET allows in 24 hours; none without one."),
    gauge("jira_requests_under_way", "queue/under_way", "Requests that are under way, or wait for their turn."),
    gauge(
        "jira_queue_tasks", "queue/waiting", "Tasks that wait in the frontier; every worker of a fleet tells the same."
    ),
    counter("jira_tasks_total", "frontier/{result}", "Tasks given to the frontier: taken, or known from before."),
    # --- what came
    gauge("jira_issues_listed", "issues/listed", "Issues that this run has listed."),
    gauge("jira_issues_counted", "issues/counted/{project}", "Issues that the tracker counted before the listing."),
    counter("jira_issues_written_total", "issues/written", "Issues whose lines went into a feed."),
    counter("jira_rejects_total", "rejected/{stage}/{reason}", "Issues that gave no line, by step and reason."),
    counter("jira_examples_total", "examples/{task}", "Examples made, by task."),
    counter("jira_redacted_total", "redacted/{kind}", "Marks put in place of secrets and people."),
    counter("jira_leaks_total", "leaks/{task}", "Examples not made because their input held the answer."),
    gauge("jira_cut_lists", "cut/{part}", "Lists that the tracker cut short and that stayed so."),
    gauge("jira_refining_bytes", "refine/bytes", "Bytes of answers and of their issues that are being refined."),
    # --- what is kept
    gauge("jira_uncommitted_issues", "commits/waiting", "Issues that wait for the next commit."),
    counter("jira_commits_total", "commits/made", "Commits made."),
    histogram("jira_commit_seconds", "commits/seconds", "Seconds that a commit took.", QUICK),
    counter("jira_tables_months_written_total", "tables/months", "Months of tables written."),
    counter("jira_parquet_bytes_written_total", "tables/bytes", "Bytes of tables written."),
    gauge("jira_disk_free_bytes", "disk/free", "Bytes that are free where OUTPUT_DIR is."),
    # --- whether it is whole
    gauge("jira_findings", "findings", "What is missing so far; 0 in a run that is complete."),
    gauge("jira_proof_gap", "proof_gap/{project}", "Issues that the tracker counted at the end, less those we hold."),
    gauge("jira_verified_ids", "verified_ids/{project}/{finding}", "What a listing of all ids has found."),
    # --- a live crawl
    gauge(
        "jira_stage_lag_seconds",
        "live/lag/{stage}",
        "Seconds by which a stage is behind: the age of the oldest change that has not passed it, 0 where none waits.",
    ),
    histogram(
        "jira_stage_seconds", "live/stage_seconds/{stage}", "Seconds from a delivery to the end of a stage.", LAGS
    ),
    counter("jira_deliveries_total", "live/deliveries/{result}", "Deliveries of webhooks, by what was answered."),
    histogram("jira_delivery_seconds", "live/delivery_seconds", "Seconds in which a delivery was answered.", QUICK),
    gauge(
        "jira_last_delivery_timestamp_seconds", "live/delivered_at", "When the last delivery came, in epoch seconds."
    ),
    gauge(
        "jira_queue_oldest_seconds",
        "live/oldest_since",
        "Age of the oldest delivery that is not done; 0 where there is none.",
        since,
    ),
    gauge("jira_dirty_issues", "live/dirty", "Issues that changed and are still to be fetched."),
    counter("jira_polls_total", "live/polls/{result}", "Passes over what was updated: good or failed."),
    gauge("jira_last_poll_timestamp_seconds", "live/polled_at", "When the last good pass ended, in epoch seconds."),
    counter("jira_push_missed_total", "live/push_missed", "Changes that only polling found: no delivery told of them."),
    counter("jira_healed_total", "live/healed", "Changes that the answers for service levels brought to light."),
    gauge("jira_issues", "live/issues/{availability}", "Issues that are held, by whether they are still to be had."),
    counter(
        "jira_issues_gone_total", "live/gone/{how}", "Issues that were found to be gone: deleted, moved, no access."
    ),
    gauge("jira_sla_open", "live/sla/{state}", "Running cycles of service levels, by state."),
    gauge(
        "jira_credentials_good", "live/credentials_good/{variable}", "1 while the site accepts the credentials, or 0."
    ),
    gauge(
        "jira_credential_expires_seconds",
        "live/credential_expires_at/{variable}",
        "Seconds until credentials expire; negative when they have.",
        until,
    ),
)


class Table:
    """Finds the metric that a key of the stats is a value of; each key is looked up once."""

    def __init__(self, metrics: Iterable[Metric] = METRICS):
        self.metrics = tuple(metrics)
        self._known: dict[str, tuple[Metric, tuple[str, ...]] | None] = {}

    def find(self, key: str) -> tuple[Metric, tuple[str, ...]] | None:
        if key not in self._known:
            self._known[key] = next(self._matches(key), None)
        return self._known[key]

    def _matches(self, key: str) -> Iterator[tuple[Metric, tuple[str, ...]]]:
        for metric in self.metrics:
            if (labels := metric.match(key)) is not None:
                yield metric, labels

    def values(self, stats: Mapping[str, object], now: float) -> dict[Metric, dict[tuple[str, ...], float]]:
        """Gives the value of each counter and gauge by its labels; a counter that has none yet is 0."""
        live = any(key.startswith(LIVE) for key in stats)
        found: dict[Metric, dict[tuple[str, ...], float]] = {
            each: {} for each in self.metrics if each.kind != "histogram" and (live or not each.is_live)
        }
        for key, value in stats.items():
            if not isinstance(value, (int, float)) or not (match := self.find(key)) or match[0] not in found:
                continue
            metric, labels = match
            series = found[metric]
            if metric.kind == "counter" and labels not in series and len(series) >= MOST:
                labels = (OTHER,) * len(labels)
                series[labels] = series.get(labels, 0.0) + value
            else:
                series[labels] = metric.read(float(value), now)
        for metric, series in found.items():
            if metric.kind == "counter" and not metric.labels:
                series.setdefault((), 0.0)
        return found
