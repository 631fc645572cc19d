"""A case of the fuzzer: which crawl, and which plagues come over the answers to it; all of it follows from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.hostile_listings import LISTING_MUTATIONS
from benchmarks.hostile_mutations import Mutation
from benchmarks.hostile_pages import PAGE_MUTATIONS
from benchmarks.hostile_tracker import PAGES, PROJECT, REST
from benchmarks.hostile_values import VALUE_MUTATIONS
from benchmarks.hostile_wire import WIRE

MUTATIONS = (*WIRE, *VALUE_MUTATIONS, *LISTING_MUTATIONS, *PAGE_MUTATIONS)
MANIFOLD = ("a status", "badly compressed", "a refusal", "wrong framing", "an odd value", "an odd issue")
PLACES = {"jira": REST, "jira_pages": PAGES}
WHEN = ("once", "twice", "at random", "for ever")
MODES = ("whole", "whole", "jql", "limit", "verify")
LIMIT = 5  # issues that a crawl with a limit wants
SHORT, LONG = 0.5, 10.0  # seconds of a time-out, where answers may never come and where they do


@dataclass(frozen=True)
class Plague:
    """A mutation, the endpoint and perhaps the one issue that it comes over, and how often."""

    mutation: Mutation
    place: str
    when: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.mutation.name}, {self.place}{f' of {self.key}' if self.key else ''}, {self.when}"

    def comes(self, times: int, chance: Random) -> bool:
        """Tells whether it comes over an answer, the `times`-th one that it could come over, from 0 on."""
        return {"once": times < 1, "twice": times < 2, "at random": chance.random() < 0.25}.get(self.when, True)


@dataclass(frozen=True)
class Case:
    """A crawl and its plagues; `forgets` says that searches for whole issues know nothing of the second one."""

    seed: str
    spider: str
    dialect: str
    count: int
    page_cap: int
    mode: str
    jobdir: bool
    forgets: bool
    slices: int
    plagues: tuple[Plague, ...]

    @classmethod
    def of(cls, seed: int, number: int) -> Case:
        """Throws the dice for a case."""
        chance = Random(f"{seed} {number}")
        first = dealt(seed, number)
        fitting = [spider for spider in ("jira", "jira", "jira_pages") if _fits(first, PLACES[spider])]
        spider = chance.choice(fitting)
        count = chance.randint(6, 14)
        others = [each for each in MUTATIONS if _fits(each, PLACES[spider])]
        met = [first, *(chance.choice(others) for _ in range(chance.choice((0, 0, 0, 1, 2))))]
        plagues = tuple(_plague(chance, each, PLACES[spider], count) for each in met)
        alone = any(plague.place in ("ids", "issue") for plague in plagues) and spider == "jira"
        return cls(
            seed=f"{seed} {number}",
            spider=spider,
            dialect=chance.choice(("server", "cloud")),
            count=count,
            page_cap=chance.choice((2, 5, 50)),
            mode="verify" if alone else chance.choice(MODES),
            jobdir=chance.random() < 0.25,
            forgets=alone,
            slices=chance.choice((4, 5_000)),
            plagues=plagues,
        )

    def arguments(self, site: str) -> dict[str, str]:
        """Gives the arguments and settings of the crawl, but for its folders."""
        hangs = any(plague.mutation.hangs for plague in self.plagues)
        chosen = {
            "projects": PROJECT,
            "site": site,
            "DOWNLOAD_TIMEOUT": str(SHORT if hangs else LONG),
            "RETRY_TIMES": "2",
            "RETRY_BACKOFF": "0.01",
            "RETRY_BACKOFF_MAX": "0.05",
            "MAX_PAUSE": "0.1",
            "MAX_PAUSES": "5",
            "MISSING_KEYS": "5",
            "SLICE_ISSUES": str(self.slices),
        }
        if self.spider == "jira_pages":
            return chosen | {"browser": "never"}
        ways = {"jql": {"jql": "labels is EMPTY"}, "limit": {"limit": str(LIMIT)}, "verify": {"verify": "true"}}
        return chosen | ways.get(self.mode, {})

    def __str__(self) -> str:
        words = [self.spider, self.dialect, self.mode if self.spider == "jira" else "", "JOBDIR" if self.jobdir else ""]
        return f"{' '.join(filter(None, words))}: {'; '.join(map(str, self.plagues))}"


def dealt(seed: int, number: int) -> Mutation:
    """Gives the first mutation of a case: each has its turn, those of many kinds more often, before any comes again."""
    deck = [each for each in MUTATIONS for _ in range(3 if each.name in MANIFOLD else 1)]
    Random(seed).shuffle(deck)
    return deck[number % len(deck)]


def _fits(mutation: Mutation, places: tuple[str, ...]) -> bool:
    return not mutation.places or not set(mutation.places).isdisjoint(places)


def _plague(chance: Random, mutation: Mutation, places: tuple[str, ...], count: int) -> Plague:
    place = chance.choice([each for each in places if not mutation.places or each in mutation.places])
    key = f"{PROJECT}-{chance.randint(1, count)}" if chance.random() < 0.2 else ""
    about_issues = place not in ("serverInfo", "count", "robots")
    return Plague(mutation, place, chance.choice(WHEN), key if about_issues else "")
