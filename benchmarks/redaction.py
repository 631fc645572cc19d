"""How fast an issue loses what nobody should learn, over made-up issues with secrets sown into them, on one core.

python -m benchmarks.redaction [--quick] [--issues N] [--rounds N] [--seed S]

An embedded Jira makes up the issues; every tenth comment is followed by a line that holds a secret. What is counted is
the text that redaction reads, in characters, not the JSON that it came in.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import replace
from itertools import count
from time import perf_counter

from benchmarks.parts import BASE, PROJECT, made_up_pages, read
from benchmarks.parts_figures import Clock
from jira_crawler.items import Body, Comment, Issue
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import every_text, redact_issue
from jira_crawler.refine.validate import validate
from jira_crawler.trackers import tracker

SECRETS = (
    "Mail me at ann.lee@example.org, or call.",
    "spark.hadoop.fs.s3a.secret.key=" + "a1B2" * 10,
    "jdbc:mysql://root:hunter2@db:3306/x?password=hunter2",
    "Connection refused: node/54.12.33.7:8020 from /home/annlee/work",
)


def main() -> int:
    options = _parser().parse_args()
    issues = sown(made_up_issues(options.issues, options.seed))
    size = sum(len(text) for issue in issues for text in every_text(issue))
    seconds = min(_time(issues) for _ in range(options.rounds))
    found: Counter[str] = sum((redact_issue(issue)[1] for issue in issues), Counter())
    each = f"{size / len(issues):,.0f} characters an issue, {seconds / len(issues) * 1e6:.0f} µs"
    print(f"{size / seconds / 1e6:.0f} MB/s of text ({len(issues):,} issues, {each})")
    print("replaced: " + ", ".join(f"{n:,} {kind}" for kind, n in sorted(found.items())))
    return 0


def made_up_issues(issues: int, seed: int) -> list[Issue]:
    """Issues as Redact meets them."""
    clock, speaks = Clock(), tracker("server", BASE)
    raws = [raw for body in made_up_pages(issues, seed) for raw in read(body, clock, speaks)]
    return [clean(validate(raw)) for raw in raws if raw.project == PROJECT]


def sown(issues: list[Issue]) -> list[Issue]:
    """The issues with a secret at the end of every tenth comment."""
    turn = count()

    def sow(comment: Comment) -> Comment:
        at = next(turn)
        if at % 10:
            return comment
        return replace(comment, body=Body(f"{comment.body.source}\n\n{SECRETS[at // 10 % len(SECRETS)]}", "markdown"))

    return [replace(issue, comments=tuple(map(sow, issue.comments))) for issue in issues]


def _time(issues: list[Issue]) -> float:
    start = perf_counter()
    for issue in issues:
        redact_issue(issue)
    return perf_counter() - start


def _parser() -> ArgumentParser:
    quick = "--quick" in sys.argv
    parser = ArgumentParser(prog="python -m benchmarks.redaction", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="300 issues, one round")
    parser.add_argument("--issues", type=int, default=300 if quick else 2_000, help="how many to make up (2000)")
    parser.add_argument(
        "--rounds", type=int, default=1 if quick else 5, help="the fastest of so many rounds counts (5)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes up the same issues (1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
