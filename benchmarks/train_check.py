"""Can a model learn from the feed? A tokenizer is trained on its chat export and a tiny model fine-tuned with TRL.

python -m benchmarks.train_check [FOLDER] [--issues N] [--steps N] [--seconds S]

FOLDER is the OUTPUT_DIR of a crawl; without it the embedded Jira is crawled. Needs the extra `train` and no network.
Status 0: the loss falls; 1: it does not, or there is too little to train on; 2: the extra is not installed.
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
CLEARLY = 0.8
"""The loss at the end is to be below this share of the loss at the beginning."""
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
    parser.add_argument("--issues", type=int, default=300, help="how many issues to crawl (300)")
    parser.add_argument("--steps", type=int, default=200, help="most steps of the training (200)")
    parser.add_argument("--seconds", type=float, default=75, help="most seconds of the training (75)")
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
            rows = exported(options.folder or crawled(home, options.issues), home)
        except RuntimeError as error:
            print(f"train-check: {error}", file=sys.stderr)
            return NOTHING_LEARNED
        return check(tiny_model, rows, options.steps, options.seconds, home)


def crawled(home: Path, issues: int) -> Path:
    """Crawls an embedded Jira into a folder, and gives that."""
    console.print(f"crawling {issues:,} made-up issues")
    folder = home / "output"
    with sandbox(issues, SEED) as url:
        chosen = ["-a", "projects=DEMO,TOOLS", "-a", f"site={url}", "-s", f"OUTPUT_DIR={folder}"]
        spend([*SCRAPY, "crawl", "jira", *chosen], home / "crawl.log")
    return folder


def exported(folder: Path, home: Path) -> Any:
    """Exports feeds as chat, and loads the splits as anyone would."""
    from datasets import load_dataset

    to = home / "dataset"
    command = [*SCRAPY, "export", "--format", "chat", "--to", str(to), "-s", f"OUTPUT_DIR={folder.resolve()}"]
    spend(command, home / "export.log")
    return load_dataset(str(to)).select_columns(["messages"])


def check(tiny: Any, rows: Any, steps: int, seconds: float, home: Path) -> int:
    """Trains on one split, looks at another, and judges by both."""
    known = tiny.tokenizer(rows["train"])
    fit = {split: tiny.fitting(rows[split], known) for split in ("train", "validation") if split in rows}
    held = fit.get("validation")
    if held is None or not len(held) or len(fit["train"]) < FEWEST:
        print(f"train-check: the export holds fewer than {FEWEST} short examples, or no others.", file=sys.stderr)
        return NOTHING_LEARNED
    held = held.shuffle(seed=SEED).select(range(min(len(held), MOST_HELD)))
    made = tiny.model(known)
    console.print(
        f"{len(rows['train']):,} examples to train on, {len(fit['train']):,} of them within {tiny.WINDOW} tokens; "
        f"{len(held):,} held out"
    )
    console.print(f"a vocabulary of {len(known):,}, a model of {made.num_parameters() / 1e6:.1f} million weights")
    trained = tiny.train(made, known, fit["train"], held, steps, seconds, home / "run")
    return judge(trained)


def judge(trained: Trained) -> int:
    """Shows how the loss fell, and says whether it fell clearly."""
    count = len(trained.losses)
    part = max(1, count // 5)
    parts = {
        "first": trained.losses[:part],
        "middle": trained.losses[(count - part) // 2 :][:part],
        "last": trained.losses[-part:],
    }
    table = Table(title=f"{count} steps, {trained.tokens:,} tokens, {trained.seconds:.0f} s")
    table.add_column("loss, nats a token")
    table.add_column("mean", justify="right")
    for name, losses in parts.items():
        table.add_row(f"{name} {part} steps", f"{fmean(losses):.3f}")
    table.add_row("held out, before", f"{trained.before:.3f}")
    table.add_row("held out, after", f"{trained.after:.3f}")
    console.print(table)
    share = fmean(parts["last"]) / fmean(parts["first"])
    falls = share < CLEARLY and trained.after < CLEARLY * trained.before
    console.print(f"{'The loss falls' if falls else 'The loss does not clearly fall'}: to {share:.0%} of the first.")
    return 0 if falls else NOTHING_LEARNED


if __name__ == "__main__":
    raise SystemExit(main())
