"""Which issues and which of their examples are wanted, and how many each filter let through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.benchmarks import GRAM, Grams
from jira_crawler.exports.conversations import POLICIES
from jira_crawler.exports.diet import LEAST_CHANCE, LEAST_OF_DISCUSSION, LEAST_THREAD, LEAST_VALUE, worth
from jira_crawler.exports.format import Format
from jira_crawler.exports.formats import FORMATS, POLICY, preference, threads
from jira_crawler.exports.groups import SPLITS, Shares
from jira_crawler.exports.shards import Layout
from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.tokens import TokenCounter

Filter = Callable[[Entry, list[Sample]], list[Sample]]
UNDETERMINED = "und"  # how ISO 639 calls the language that nobody could tell
SPLIT_BY = ("hash", "time", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the options say; what is empty filters nothing."""

    projects: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    diet: bool = False  # instead of tasks
    min_quality: float = 0.0
    min_value: float | None = None  # None leaves it to the diet
    representatives: bool = False
    benchmarks: bool = False  # whether issues stay that a benchmark tests with
    without: frozenset[str] = frozenset()  # keys of issues
    unlike: Grams | None = None

    def filters(self) -> Iterator[tuple[str, Filter]]:
        """Gives what is in force, by the words that say it, in the order in which it is applied."""
        if self.projects:
            yield f"projects {', '.join(self.projects)}", _issues(lambda e: e.about["project"] in self.projects)
        if self.languages:
            asked = f"languages {', '.join(self.languages)}"
            yield asked, _issues(lambda e: (e.about["language"] or UNDETERMINED) in self.languages)
        if self.min_quality:
            yield f"quality of {self.min_quality:g} or more", _issues(lambda e: e.about["quality"] >= self.min_quality)
        if self.representatives:
            yield "one issue of each cluster", _issues(lambda e: bool(e.about["representative"]))
        if not self.benchmarks:
            yield "no issues of benchmarks", _issues(lambda e: not e.about["benchmark"])
        if self.without:
            yield "issues that no list of keys names", _issues(lambda e: e.about["issue_key"] not in self.without)
        if (unlike := self.unlike) is not None:
            yield f"no {GRAM} words in a row with the texts given", _issues(lambda e: not unlike.in_issue(e))
        if self.min_value:
            yield f"value of {self.min_value:g} or more", lambda _, samples: [s for s in samples if self.is_worth(s)]
        elif self.diet and self.min_value is None:
            answers = f"answers and titles of a value of {LEAST_VALUE:g} ({LEAST_OF_DISCUSSION:g} of a discussion)"
            threads = f"threads of {LEAST_THREAD:g} or more"
            yield f"{answers}, answers that add something with a chance of {LEAST_CHANCE:g}, {threads}", worth
        if self.tasks:
            yield f"tasks {', '.join(self.tasks)}", lambda _, samples: [s for s in samples if s.task_type in self.tasks]

    def is_worth(self, sample: Sample) -> bool:
        """Whether an example has the value that is asked for; one that nobody has judged has none."""
        return (sample.value or 0.0) >= (self.min_value or 0.0)


@dataclass(slots=True)
class Passed:
    """How many issues and examples came as far as through one filter."""

    filter: str
    issues: int = 0
    examples: int = 0


@dataclass(slots=True)
class Funnel:
    """Applies filters one after the other and counts what each lets through, all issues first."""

    filters: list[tuple[str, Filter]]
    passed: list[Passed] = field(init=False)

    def __post_init__(self) -> None:
        self.passed = [Passed("everything in the feeds"), *(Passed(name) for name, _ in self.filters)]

    def take(self, entry: Entry) -> list[Sample]:
        """What is wanted of an issue."""
        samples = entry.samples
        self._count(0, samples)
        for at, (_, chosen) in enumerate(self.filters, 1):
            if not (samples := chosen(entry, samples)):
                break
            self._count(at, samples)
        return samples

    def _count(self, at: int, samples: list[Sample]) -> None:
        self.passed[at].issues += 1
        self.passed[at].examples += len(samples)


def _issues(fits: Callable[[Entry], bool]) -> Filter:
    return lambda entry, samples: samples if fits(entry) else []


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Raises BadArgument, with a sentence, if it cannot be met."""

    format: str
    to: str
    assistant: str = POLICY
    canned: frozenset[int] = frozenset()  # how comments of many issues open, which an export finds out
    choice: Choice = field(default_factory=Choice)
    layout: Layout = field(default_factory=Layout)
    split_by: str = "hash"
    shares: Shares = (90.0, 5.0, 5.0)
    force: bool = False
    by_task: bool = False
    contact: str = ""
    tokenizer: TokenCounter | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise BadArgument(f"Say which format to export: --format {'|'.join(FORMATS)}.")
        if self.assistant not in POLICIES:
            raise BadArgument(f"--assistant is one of {', '.join(POLICIES)}.")
        if not self.to:
            raise BadArgument("Say where to export to: --to FOLDER, or a URL such as s3://bucket/path.")
        if self.by_task and not self.kind.asks:
            raise BadArgument("--by-task is for the formats alpaca and chat.")
        if self.split_by not in SPLIT_BY:
            raise BadArgument(f"--split-by is one of {', '.join(SPLIT_BY)}.")
        if len(self.shares) != len(SPLITS) or min(self.shares) < 0 or not 0 < self.shares[0] <= sum(self.shares) < 1e9:
            raise BadArgument("--splits is three shares for train, validation and test, such as 90,5,5.")
        for name, least in (("quality", self.choice.min_quality), ("value", self.choice.min_value)):
            if not 0 <= (least or 0) <= 1:
                raise BadArgument(f"--min-{name} is a number from 0 to 1.")
        if min(self.layout.most_rows, self.layout.most_bytes) < 1:
            raise BadArgument("A file holds at least one row and one byte.")

    @property
    def kind(self) -> Format:
        made = {"threads": lambda: threads(self.assistant), "preference": lambda: preference(self.canned)}
        return made.get(self.format, lambda: FORMATS[self.format])()

    @property
    def measures(self) -> bool:
        """Whether labels have to be judged first."""
        return self.choice.diet and self.kind.labels

    @property
    def mixes(self) -> bool:
        """Whether a mixture can be said for it, which trainers read with messages."""
        return self.format in ("chat", "threads")

    @property
    def compares(self) -> bool:
        """Whether duplicates are looked for in other issues."""
        return self.kind.compares or (self.choice.diet and self.kind.asks)

    @property
    def readings(self) -> int:
        """How often the feeds are read."""
        return 2 + self.by_task + self.measures + (self.format == "preference") + (self.split_by == "time")
