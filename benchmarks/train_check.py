"""Can a model learn from the feed, and does it learn more from the diet? A tiny model is fine-tuned with TRL on both.

python -m benchmarks.train_check [FOLDER] [--issues N] [--tokens N] [--seconds S]

A tokenizer is trained on the whole chat export. Two models begin with the same weights and see as many tokens, one of
everything and one of the diet; both are held against the same resolving comments, of which they saw no issue.

FOLDER is the OUTPUT_DIR of a crawl; without it the embedded Jira is crawled. Needs the extra `train` and no network.
Status 0: both losses fall; 1: one does not, or there is too little to train on; 2: the extra is not installed.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from benchmarks.processes import SCRAPY, sandbox, spend, unwind_on_terminate

if TYPE_CHECKING:
    from benchmarks.tiny_model import Trained

SEED = 1
FEWEST, MOST_HELD = 100, 100
"""Rows to train on at least, and to hold out at most."""
FEWEST_HELD = 5
SAME = 1.02
"""Counts of tokens that differ by less than this are as many: a training ends with a whole batch."""
SPLITS = "80,10,10"
DIETS = ("all", "default")
"""What `--tasks` is told."""
CLEARLY = 0.85
"""The loss at the end is to be below this share of the loss at the beginning; words of people fall less than labels."""
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "WANDB_MODE": "disabled",
    "TOKENIZERS_PARALLELISM": "false",
    "TRL_EXPERIMENTAL_SILENCE": "1",
    "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin take ten times as long where cores are shared
}
NOT_INSTALLED, NOTHING_LEARNED = 2, 1
console = Console(highlight=False, soft_wrap=True)


def main() -> int:
    unwind_on_terminate()
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path, help="the OUTPUT_DIR of a crawl (one of the embedded Jira)")
    parser.add_argument("--issues", type=int, default=1_000, help="how many issues to crawl (1000)")
    parser.add_argument("--tokens", type=int, default=200_000, help="how many tokens each model sees (200000)")
    parser.add_argument("--seconds", type=float, default=300, help="most seconds of one training (300)")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        home = Path(name)
        os.environ |= ENVIRONMENT | {"HF_HOME": str(home / "cache")}
        try:
            from benchmarks import tiny_model
        except ImportError as error:
            why = f"{error.name} is not installed: make train-check, or pip install '.[train]'"
            print(f"train-check needs the extra `train`, and {why}.", file=sys.stderr)
            return NOT_INSTALLED
        tiny_model.hush()
        try:
            folder = options.folder or crawled(home, options.issues)
            everything, diet = (exported(folder, home, tasks) for tasks in DIETS)
        except RuntimeError as error:
            print(f"train-check: {error}", file=sys.stderr)
            return NOTHING_LEARNED
        return check(tiny_model, everything, diet, options.tokens, options.seconds, home)


def crawled(home: Path, issues: int) -> Path:
    """Crawls an embedded Jira into a folder, and gives that."""
    console.print(f"crawling {issues:,} made-up issues")
    folder = home / "output"
    with sandbox(issues, SEED) as url:
        chosen = ["-a", "projects=DEMO,TOOLS", "-a", f"site={url}", "-s", f"OUTPUT_DIR={folder}"]
        spend([*SCRAPY, "crawl", "jira", *chosen], home / "crawl.log")
    return folder


def exported(folder: Path, home: Path, tasks: str) -> Any:
    """Exports feeds as chat, and loads the splits as anyone would. Groups go to the same splits whatever the tasks."""
    from datasets import load_dataset

    to = home / f"dataset-{tasks}"
    switches = ["--format", "chat", "--tasks", tasks, "--splits", SPLITS, "--to", str(to)]
    spend([*SCRAPY, "export", *switches, "-s", f"OUTPUT_DIR={folder.resolve()}"], home / "export.log")
    return load_dataset(str(to)).select_columns(["messages", "example_type"])


def held_out(tiny: Any, rows: Any, known: Any) -> Any:
    """The resolving comments of the issues that no model sees, as far as they fit into its window."""
    others = [rows[split] for split in ("validation", "test") if split in rows]
    if not others:
        return None
    from datasets import concatenate_datasets

    wanted = concatenate_datasets(others).filter(lambda row: row["example_type"] == "resolving_comment")
    fit = tiny.fitting(wanted, known).select_columns(["messages"])
    return fit.shuffle(seed=SEED).select(range(min(len(fit), MOST_HELD)))


def check(tiny: Any, everything: Any, diet: Any, tokens: int, seconds: float, home: Path) -> int:
    """Trains one model on each, holds both against the same comments, and judges by both."""
    known = tiny.tokenizer(everything["train"])
    held = held_out(tiny, everything, known)
    fit = {
        name: tiny.fitting(rows["train"], known).select_columns(["messages"])
        for name, rows in (("everything", everything), ("the diet", diet))
    }
    if held is None or len(held) < FEWEST_HELD or min(map(len, fit.values())) < FEWEST:
        print(
            f"train-check: the export holds fewer than {FEWEST} short examples, or {FEWEST_HELD} resolving comments.",
            file=sys.stderr,
        )
        return NOTHING_LEARNED
    console.print(f"a vocabulary of {len(known):,}; {len(held):,} resolving comments held out")
    trained = {}
    for name, rows in fit.items():
        made = tiny.model(known)
        console.print(
            f"\n{name}: {len(rows):,} examples within {tiny.WINDOW} tokens, {made.num_parameters():,} weights"
        )
        trained[name] = tiny.train(made, known, rows, held, tokens, seconds, home / "run")
        show(trained[name])
    compare(trained)
    return max(judge(each) for each in trained.values())


def compare(trained: dict[str, Trained]) -> None:
    """Shows the held-out losses side by side."""
    table = Table(title="held-out loss on resolving comments, nats a token")
    for heading in ("trained on", "tokens", "before", "after"):
        table.add_column(heading, justify="left" if heading == "trained on" else "right")
    for name, each in trained.items():
        table.add_row(name, f"{each.tokens:,}", f"{each.before:.3f}", f"{each.after:.3f}")
    console.print(table)
    seen = [each.tokens for each in trained.values()]
    if max(seen) > SAME * min(seen):
        console.print("They have not seen as many tokens, so do not compare them: more --seconds, or fewer --tokens.")


def parts_of(losses: list[float]) -> dict[str, list[float]]:
    """The first, the middle and the last fifth."""
    count, part = len(losses), max(1, len(losses) // 5)
    return {"first": losses[:part], "middle": losses[(count - part) // 2 :][:part], "last": losses[-part:]}


def show(trained: Trained) -> None:
    """Shows how the loss fell."""
    count, parts = len(trained.losses), parts_of(trained.losses)
    table = Table(title=f"{count} steps, {trained.tokens:,} tokens, {trained.seconds:.0f} s")
    table.add_column("loss, nats a token")
    table.add_column("mean", justify="right")
    for name, losses in parts.items():
        table.add_row(f"{name} {len(losses)} steps", f"{fmean(losses):.3f}")
    table.add_row("held out, before", f"{trained.before:.3f}")
    table.add_row("held out, after", f"{trained.after:.3f}")
    console.print(table)


def judge(trained: Trained) -> int:
    """Says whether the loss fell clearly."""
    parts = parts_of(trained.losses)
    share = fmean(parts["last"]) / fmean(parts["first"])
    falls = share < CLEARLY and trained.after < CLEARLY * trained.before
    console.print(f"{'The loss falls' if falls else 'The loss does not clearly fall'}: to {share:.0%} of the first.")
    return 0 if falls else NOTHING_LEARNED


if __name__ == "__main__":
    raise SystemExit(main())
