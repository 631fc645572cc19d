"""The words that made-up issues are made of. `{…}` in a pattern names another list here, or a made-up thing."""

from __future__ import annotations

from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split(","))


PART: Final = _listed(
    """
    scheduler, planner, writer, reader, cache, broker, connector, coordinator, replica, executor, tokenizer,
    optimizer, router, compactor, listener, session, snapshot, index, partition, checkpoint, decoder, allocator,
    registry, balancer, parser, uploader, indexer, migrator, validator, throttle, watcher, serializer, journal,
    heap, ledger, archiver, sampler, proxy, dashboard
    """
)
KIND: Final = _listed(
    """
    nested, incremental, concurrent, remote, encrypted, idle, compressed, orphaned, partial, stale,
    transactional, asynchronous, replicated, temporary, versioned, columnar, legacy, external, bounded,
    speculative, duplicate, anonymous, read-only, empty
    """
)
THING: Final = _listed(
    """
    offsets, columns, segments, leases, rows, sessions, buffers, timestamps, manifests, credentials, partitions,
    headers, metrics, locks, cursors, views, topics, retries, schemas, checksums, snapshots, connections,
    aliases, quotas, batches, tombstones, watermarks, predicates, statistics, certificates, plugins, labels,
    fonts, menus, filters
    """
)
VERB: Final = _listed(
    """
    drops, duplicates, ignores, overwrites, leaks, blocks on, reorders, truncates, loses, misreads,
    double-counts, rejects, evicts, corrupts, skips, never releases, fails to close, silently discards,
    re-reads, holds on to
    """
)
MOMENT: Final = _listed(
    """
    after a restart, during compaction, when the leader changes, under heavy load, on a read-only disk, when the
    clock jumps back, while a rebalance is running, after an upgrade from {version}, on the first request of the
    day, when two clients write at once, if the network is slow, with an empty {part}, after {number} hours,
    when TLS is switched on, inside a container with {number} MB of memory, if the timezone is not UTC, on ARM
    machines, with {number} {thing} or more
    """
)
WISH: Final = _listed(
    """
    Add, Support, Document, Deprecate, Expose, Simplify, Parallelise, Benchmark, Make configurable, Cover with
    tests, Speed up, Remove, Backport, Validate, Log
    """
)
LANGUAGE: Final = ("java", "python", "sql", "bash", "scala", "xml")
COMPONENTS: Final = ("core", "client", "docs", "build", "sql", "security", "metrics", "web ui", "storage", "network")
LABELS: Final = (
    "performance",
    "regression",
    "newbie",
    "pull-request-available",
    "flaky-test",
    "usability",
    "docs",
    "memory",
    "upgrade",
    "concurrency",
    "security",
    "api-change",
)

TITLE: Final = (
    "{Part} {verb} {kind} {thing} {moment}",
    "{wish} {kind} {thing} in the {part}",
    "{Method} throws {error} {moment}",
    "{kind} {thing} are wrong {moment}",
    "{wish} {option} for the {part}",
    "Flaky test: {Test} fails {moment}",
    "{Part} should not depend on the {kind} {part}",
    "Slow {part} {moment}: {number} ms for {number} {thing}",
)
SENTENCE: Final = (
    "The {part} {verb} {kind} {thing} {moment}.",
    "We noticed that {thing} are {kind} {moment}, and the {part} {verb} them.",
    "It takes about {number} seconds until the {part} answers again.",
    "Version {version} behaves differently: there the {part} waits for the {kind} {thing}.",
    "About {number} of {number} {thing} are affected on our cluster.",
    "I could reproduce this {moment} with {number} {kind} {thing}.",
    "The cause seems to be that the {part} {verb} its {thing} {moment}.",
    "As a workaround we restart the {kind} {part} every {number} minutes.",
    "Expected: the {part} keeps all {kind} {thing} and reports {number}.",
    "Nothing is logged, although {number} {thing} were lost {moment}.",
    "Before {version} this was done by the {part}, which no longer sees {kind} {thing}.",
    "It would help if the {part} told the {part} which {thing} it {verb}.",
    "Reverting commit {commit} makes the problem go away.",
    "Our {kind} {thing} grew from {number} to {number} within {number} days.",
    "The same happens with the {kind} {part}, but only {moment}.",
    "Users see a {kind} {part} with {number} {thing} and do not know what to do.",
    "The documentation says that {kind} {thing} are kept for {number} days, which is not the case {moment}.",
    "A heap dump shows {number} instances of the {kind} {part}, each holding {number} {thing}.",
)
REMARK: Final = (
    "Thanks for the report! {sentence}",
    "I can confirm this with {version}: {sentence}",
    "Fixed in {commit}. {sentence}",
    "Could you attach the log of the {part}? {sentence}",
    "This looks like the problem we had with {kind} {thing}. {sentence}",
    "I do not think that is the cause. {sentence} {sentence}",
    "+1, {sentence}",
    "Patch attached. {sentence} {sentence}",
    "Any news here? {sentence}",
    "Merged to trunk and to the {version} branch. {sentence}",
    "I would rather change the {part}: {sentence}",
    "Lowering the priority, since {number} {thing} is not much. {sentence}",
)
RELEASE_NOTE: Final = (
    "The {part} now keeps {kind} {thing} {moment}.",
    "{option} is new: it limits how many {kind} {thing} the {part} holds. The default is {number}.",
    "{Method} no longer throws {error} {moment}.",
    "{option} is gone; set {option} instead, before you upgrade from {version}.",
    "{Part} and {part} share their {kind} {thing}, which takes about {number} MB less memory.",
    "{kind} {thing} of {version} are converted when the {part} starts for the first time.",
)
ERROR: Final = (
    "NullPointerException",
    "IllegalStateException",
    "TimeoutException",
    "ConcurrentModificationException",
    "OutOfMemoryError",
    "IOException",
    "ClassCastException",
    "EOFException",
)
HEADINGS: Final = ("Steps to reproduce", "Environment", "Expected behaviour", "Analysis", "Proposal", "Impact")
