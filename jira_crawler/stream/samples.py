"""`Samples`: what a trainer iterates over, and can be killed in the middle of."""

from __future__ import annotations

import os
import sys
import time
import weakref
from collections.abc import Callable, Collection, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.groups import SPLITS
from jira_crawler.feeds.pull import Choice
from jira_crawler.settings import secret
from jira_crawler.stream.progress import Progress
from jira_crawler.stream.reading import Reading
from jira_crawler.stream.sources import LONGEST_WAIT, PATIENCE, opened

REFRESH: Final = 5.0  # seconds between two looks at what has changed, while examples are given
FORMAT: Final = 1  # of the state
Worker = Callable[[], tuple[int, int]]


class Samples:
    """Gives examples of a folder or a server, each once in an epoch, in an order that seed, epoch and id decide.

    `source` is an output folder, which may be crawled into, or `http(s)://…` of whoever answers `/pull`, with the
    `token` (default: the variable LIVE_TOKEN). `split` is train, validation or test as `scrapy export --split-by hash`
    has them with the same `shares`; None: all. `weights` mix tasks, and leave out those without one. With `follow` the
    epoch does not end: what comes is given when it is there, and an example that was edited once more, as another
    version; it ends for now where nothing comes for `idle` seconds. What is gone is not given.

    `part` is (index, count) of one of several who share the work, such as ranks; workers of a DataLoader share the
    part among themselves (`worker` tells which of how many asks, by default torch's own word). `state_dict` and
    `load_state_dict` are what torchdata's StatefulDataLoader expects; what is saved is plain data, also for JSON.
    """

    def __init__(
        self,
        source: str | os.PathLike[str],
        *,
        split: str | None = "train",
        shares: tuple[float, ...] = (90.0, 5.0, 5.0),
        min_quality: float = 0.0,
        tasks: Collection[str] = (),
        projects: Collection[str] = (),
        weights: Mapping[str, float] | None = None,
        seed: int = 0,
        follow: bool = False,
        idle: float | None = None,
        part: tuple[int, int] = (0, 1),
        worker: Worker | None = None,
        token: str | None = None,
        store_url: str = "",
        refresh: float = REFRESH,
        patience: float = PATIENCE,
    ):
        self.choice = Choice(min_quality=min_quality, tasks=tuple(sorted(tasks)), projects=tuple(sorted(projects)))
        self.split, self.shares, self.weights = split, _shares(split, shares), _weights(weights)
        self.seed, self.follow, self.idle = int(seed), follow, idle
        self.part, self._worker = _part(part), worker
        self._source, self._store_url, self._token = os.fspath(source), store_url, token
        self._refresh, self._patience = refresh, patience
        self._progress, self._is_resumed = Progress(), False
        self._run: Reading | None = None
        _known_to_torch(type(self))

    @property
    def epoch(self) -> int:
        """The epoch that is under way, or has ended last. To set it begins that epoch anew."""
        return self._progress.epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        self._set(Progress(epoch))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Goes on where the epoch was left; where it has come to its end, begins the next one.

        Not so the first time after the state of an epoch's end was loaded: that epoch has nothing more to give. Of
        several workers, one may be through with its share while the others are not.
        """
        is_resumed, self._is_resumed = self._is_resumed, False
        if self._progress.ended and not is_resumed:
            self._progress.begin(self._progress.epoch + 1)
        return self._examples(self._progress)

    def _examples(self, progress: Progress) -> Iterator[dict[str, Any]]:
        if progress.ended:
            return
        run = self._opened()
        run.begin(progress)
        until: float | None = None
        while True:
            if time.monotonic() >= run.due:
                run.refresh(progress)
            found = run.mixture.pop(run.is_wanted(progress))
            if found is None:
                if not self.follow:
                    break
                now = time.monotonic()
                if until is not None and now >= until:
                    return
                if until is None and self.idle is not None:
                    until = now + self.idle
                run.wait(progress, LONGEST_WAIT if until is None else min(LONGEST_WAIT, until - now))
                continue
            queue, (at, _, example), until = *found, None
            if self.follow:
                progress.given.add(example.mark)
            else:
                progress.last[queue] = at.hex()
            yield run.pool.read(example)
        progress.ended = True

    def state_dict(self) -> dict[str, Any]:
        """Says what was given so far, the last example included: saved with a model, both are of one moment."""
        return {"format": FORMAT, "of": self._digest(), "part": list(self._share())} | self._progress.saved()

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Goes on behind a state; raises BadArgument where it is none, or of samples that are chosen otherwise."""
        try:
            progress = Progress.restored(dict(state))
            said = state["format"], state["of"], tuple(state["part"])
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise BadArgument("This is no state of samples: take what state_dict() gave.") from error
        if said[0] != FORMAT:
            raise BadArgument("The state of the samples is of another version of jira_crawler: begin anew without it.")
        if said[1] != self._digest():
            raise BadArgument(
                "The state is of samples with another choice, split, seed or mixture: begin anew without it."
            )
        if said[2] != self._share():
            raise BadArgument("The state is of another number of workers or ranks: take as many as there were.")
        self._set(progress)
        self._is_resumed = True

    def _set(self, progress: Progress) -> None:
        self._progress = progress
        if self._run:
            self._run.is_filled = False

    def close(self) -> None:
        """Lets go of folder or server; what was given so far stays known."""
        run, self._run = self._run, None
        if run:
            run.close()

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_run": None}

    def _opened(self) -> Reading:
        share = self._share()
        run = self._run
        if run and run.pid != os.getpid():  # a forked worker: what its parent has opened is not for it to close
            _INHERITED.append(run)
            run = None
        if run and run.share != share:
            run.close()
            run = None
        if run is None:
            token = secret("LIVE_TOKEN") if self._token is None else self._token
            source = opened(self._source, self._store_url, token, self._patience)
            run = Reading(
                source,
                share,
                choice=self.choice,
                split=self.split,
                shares=self.shares,
                weights=self.weights,
                seed=self.seed,
                follows=self.follow,
                every=self._refresh,
            )
            weakref.finalize(self, run.close)
        self._run = run
        return run

    def _share(self) -> tuple[int, int]:
        worker, workers = self._worker() if self._worker else _torch_worker()
        index, count = self.part
        return index * workers + worker, count * workers

    def _digest(self) -> str:
        said = [self.split, self.shares, self.choice.digest, self.weights, self.seed, self.follow]
        return blake2b(orjson.dumps(said), digest_size=8).hexdigest()


_INHERITED: list[Reading] = []  # which must not be collected, for that would close what the parent uses


def _shares(split: str | None, shares: tuple[float, ...]) -> tuple[float, ...]:
    if split is not None and split not in SPLITS:
        raise BadArgument(f"split is one of {', '.join(SPLITS)}, or None for all.")
    if len(shares) != len(SPLITS) or min(shares) < 0 or not 0 < shares[0] <= sum(shares) < 1e9:
        raise BadArgument("shares are three for train, validation and test, such as 90, 5, 5.")
    return tuple(map(float, shares))


def _weights(weights: Mapping[str, float] | None) -> dict[str, float]:
    chosen = {str(task): float(weight) for task, weight in sorted((weights or {}).items())}
    if chosen and not (all(0 <= weight < 1e9 for weight in chosen.values()) and any(chosen.values())):
        raise BadArgument("weights are numbers from 0, by task, and not all of them 0.")
    return chosen


def _part(part: tuple[int, int]) -> tuple[int, int]:
    index, count = part
    if not 0 <= index < count:
        raise BadArgument("part is (index, count), such as (0, 8) for the first of eight.")
    return index, count


def _torch_worker() -> tuple[int, int]:
    """Which of how many workers of a DataLoader this is, where there is one."""
    data = sys.modules.get("torch.utils.data")
    info = data.get_worker_info() if data else None
    return (info.id, info.num_workers) if info else (0, 1)


def _known_to_torch(kind: type) -> None:
    """Lets a DataLoader, which looks for a class of its own, take samples for what they are."""
    if data := sys.modules.get("torch.utils.data"):
        data.IterableDataset.register(kind)
