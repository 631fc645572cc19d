"""What a trainer would find in feeds: routine, markup, canned comments, wrong names of code, spam, each with its count.

    python -m benchmarks.data_quality FOLDER… [--record FOLDER…]

The folders hold feeds. With `--record` they hold recorded issues, of which feeds are made first, each as a crawl does,
without what is judged at its end. Rules here are their own and cruder than those that made the feeds, but for the lists
of benchmarks' keys.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.recorded_issues import refined
from jira_crawler import tasks
from jira_crawler.tasks.benchmark_keys import benchmarks_of

ANSWERS = ("question_answering", "next_comment")
HARDLY = {"status", "status_after_discussion", "resolution", "priority", "project", "bucket", "bucket_after_a_week"}
_FENCE = re.compile(r"^[ >]*(`{3,}|~{3,})([\w+#.-]*)[^\n]*\n(.*?)(?:^[ >]*\1[ ]*$|\Z)", re.MULTILINE | re.DOTALL)
_HTML = re.compile(r"\{html\}|</(?:p|div|ul|ol|li|table|blockquote|h[1-6])>|<br ?/?>", re.IGNORECASE)
_ESCAPED = re.compile(r"\\_\w|\w\\_")
_JAVA = re.compile(r"[;{}]\s*$|^\s*(?:[@*.]|//|/\*)|\w\([^()]*\)", re.MULTILINE)
_NO_JAVA = re.compile(
    r"^\s*(?:at \S+\(|\[?(?:INFO|WARN|ERROR|DEBUG)\b|\d{4}-\d\d-\d\d|<\w|\$ |[\w.]+Exception|(?:create|select|insert)\s"
    r"|var \w)",
    re.IGNORECASE | re.MULTILINE,
)
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+\d{1,3}[ -]\(?\d|\(\d{3}\) ?\d{3}|\d{3}[/-]\d{3}-\d{4})[\d ()-]{4,12}(?![\w-])")
_SPAM = re.compile(
    r"^\W*1\W{1,4}\d{2,4}\W{1,4}\d{2,4}\W{1,4}\d{4}\b|(?:support|service|help) (?:phone )?number\b", re.I
)
_SIGNED = re.compile(r"\n(?:[Kk]ind |[Bb]est )?[Rr]egards,?\n+[A-Z][\w .]{1,30}\Z")
_MARK = re.compile(r"<(EMAIL|PHONE|IP|KEY|PASSWORD|CREDENTIALS|PRIVATE_KEY|USER)>")


class Found:
    """What was counted; `show` gives each figure with the count that it is of."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.openings: Counter[str] = Counter()
        self.issues: set[tuple[str, str]] = set()
        self.marks: Counter[str] = Counter()
        self.values: dict[str, list[float]] = defaultdict(list)

    def add(self, line: Mapping[str, Any]) -> None:
        about, count, output = line["metadata"], self.counts, line["output"]
        variant, task = about["example_type"], line["task_type"]
        words = len(output.split())
        first = (about["site"], about["issue_id"]) not in self.issues
        self.issues.add((about["site"], about["issue_id"]))
        count["rows"] += 1
        count["words"] += words
        if variant in HARDLY:
            count["hardly"] += 1
            count["hardly trained"] += words
            count["hardly words"] += words + len(line["input"].split())
        count["all words"] += words + len(line["input"].split())
        count["pairs"] += task == "duplicate_detection"
        if task in ANSWERS:
            count["answers"] += 1
            count["shown"] += len(line["input"].split())
            self.openings[" ".join(output.lower().split()[:6])] += 1
            count["signed"] += _SIGNED.search(output) is not None
        if "value" in about:
            self.values["answers" if task in ANSWERS else "others"].append(about["value"])
            count["canned"] += about["value_reasons"].startswith("canned")
        if first:
            count["benchmark"] += bool(benchmarks_of(about["issue_key"], about["url"]))
            count["benchmark told"] += bool(about.get("benchmark"))
        count["time_to_reply"] += task == "time_to_reply"
        if task == "pretraining":
            self._thread(output)

    def _thread(self, text: str) -> None:
        count = self.counts
        count["threads"] += 1
        count["in threads"] += len(text.split())
        prose = _FENCE.sub("", text)
        count["html"] += _HTML.search(prose) is not None
        count["escaped"] += _ESCAPED.search(prose) is not None
        count["phones"] += len(_PHONE.findall(prose))
        count["spam"] += _SPAM.search(text.partition("# ")[2].partition("\n")[0]) is not None
        self.marks.update(_MARK.findall(text))
        for found in _FENCE.finditer(text):
            if found[2].lower() == "java":
                count["java"] += 1
                count["no java"] += _JAVA.search(found[3]) is None or _NO_JAVA.search(found[3]) is not None

    def show(self) -> Iterator[str]:
        """Gives the table, a line at a time."""
        count = self.counts
        shared = sum(n for n in self.openings.values() if n > 4)
        of = count["rows"]
        rows: list[tuple[str, float, float]] = [
            ("rows of labels that a report hardly tells", count["hardly"], of),
            ("words of these, shown and asked for", count["hardly words"], count["all words"]),
            ("words of these, asked for", count["hardly trained"], count["words"]),
            ("comments that share their first six words with four others", shared, count["answers"]),
            ("comments marked as canned", count["canned"], count["answers"]),
            ("comments that end with a signature", count["signed"], count["answers"]),
            ("threads with HTML outside code", count["html"], count["threads"]),
            ("threads with an escaped underscore in a name", count["escaped"], count["threads"]),
            ("fences called java that look like something else", count["no java"], count["java"]),
            ("titles that advertise", count["spam"], count["threads"]),
            ("issues that a benchmark tests with", count["benchmark"], len(self.issues)),
            ("… and that say so", count["benchmark told"], count["benchmark"]),
            ("rows that ask whether two are duplicates", count["pairs"], of),
            ("comments worth 0.5 and more", sum(v >= 0.5 for v in self.values["answers"]), count["answers"]),
        ]
        yield "| what | count | of | share |"
        yield "|---|---|---|---|"
        for what, found, whole in rows:
            yield f"| {what} | {found:,} | {whole:,} | {found / whole if whole else 0:.1%} |"
        times = count["shown"] / max(count["in threads"], 1)
        yield f"| words shown for comments | {count['shown']:,} | {count['in threads']:,} in threads | {times:.1f} × |"
        yield f"| times to a reply | {count['time_to_reply']:,} | {len(self.issues):,} issues | |"
        yield f"| telephone numbers left | {count['phones']:,} | {count['threads']:,} threads | |"
        yield f"| examples an issue | {of / max(len(self.issues), 1):.1f} | {len(self.issues):,} issues | |"
        yield f"| words trained on an issue | {count['words'] / max(len(self.issues), 1):,.0f} | | |"
        yield f"| marks | {', '.join(f'{mark} {n:,}' for mark, n in sorted(self.marks.items()))} | | |"


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    found = Found()
    for line in made(options.folders) if options.record else read(options.folders):
        found.add(line)
    print("\n".join(found.show()))
    return 0


def read(folders: Iterable[Path]) -> Iterator[Mapping[str, Any]]:
    """Gives every line of the feeds in some folders."""
    for folder in folders:
        for path in sorted(folder.glob("*.jsonl")):
            if path.name != "rejects.jsonl":
                with path.open(encoding="utf-8") as file:
                    yield from map(json.loads, file)


def made(folders: Iterable[Path]) -> Iterator[Mapping[str, Any]]:
    """Gives every line that is made of recorded issues."""
    for issue in refined(folders):
        yield from tasks.lines(issue, tasks.examples(issue))


if __name__ == "__main__":
    sys.exit(main())
