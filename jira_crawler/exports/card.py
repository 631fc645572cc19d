"""The card of an exported dataset: what it is, where it is from, what was left out and what it cannot do."""

from __future__ import annotations

from collections.abc import Sequence

from jira_crawler.exports.card_front import front, title
from jira_crawler.exports.made import Made
from jira_crawler.exports.places import MARK

_HASH = "by a hash of the group's name: the same group goes to the same split in every export"
_TIME = "by time: groups in the order of their newest issue, the oldest to `train`"
_HOW = {"hash": _HASH, "time": _TIME, "none": "not at all: everything is in `train`"}


def card(made: Made) -> str:
    """README.md of a dataset folder; it says nothing of the clock, so that equal feeds give equal cards."""
    sections = (_about, _source, _licence, _counts, _filters, _splits, _redaction, _fields, _limits)
    return "\n\n".join([front(made), f"{MARK}\n\n# {title(made)}", *(section(made) for section in sections)]) + "\n"


def _about(made: Made) -> str:
    kinds = {
        "alpaca": "one training example a row: instruction, input, output",
        "chat": "one conversation a row, in `messages` of `role` and `content`",
        "text": "one document a row, for pretraining",
        "issues": "one issue a row, with its text and the examples made of it",
    }
    counted = f"{made.rows.total():,} rows of {made.issues.total():,} issues, {made.characters:,} characters."
    return f"""Issues of a tracker as training data for language models: {kinds[made.order.format]}. {counted}
Markup is converted to Markdown, secrets are replaced by marks, and no answer stands inside its own question.

```python
from datasets import load_dataset

dataset = load_dataset("path/to/this/folder")
print(dataset["train"][0])
```"""


def _source(made: Made) -> str:
    fetched = f"{made.fetched:%Y-%m-%d}" if made.fetched else "unknown"
    sites = _table(("site", "address"), sorted(made.sites.items()))
    return f"## Source\n\nCrawled with jira_crawler; the last issue was fetched on {fetched}.\n\n{sites}"


def _licence(made: Made) -> str:
    return """## Licence

`other`: the texts belong to the people who wrote them, and the terms of the trackers named above apply. Read them
before you publish this dataset or a model trained on it. Nothing here grants rights to these texts."""


def _counts(made: Made) -> str:
    splits = list(made.files)
    parts = [
        "## Counts",
        _table(
            ("split", "rows", "issues", "filed from", "to", "files"),
            [
                (s, made.rows[s], made.issues[s], *(date[:10] for date in made.span[s]), len(made.files[s]))
                for s in splits
            ],
        ),
        "Examples by task:",
        _crossed("task", splits, {(split, task): n for (split, _, task), n in _summed(made, 2)}),
        "Examples by project:",
        _crossed("project", splits, {(split, project): n for (split, project, _), n in _summed(made, 1)}),
        "Issues by language of their prose: "
        + ", ".join(f"{code or 'too short to tell'} {n:,}" for code, n in made.languages.most_common())
        + ".",
    ]
    return "\n\n".join(parts)


def _summed(made: Made, at: int) -> list[tuple[tuple[str, str, str], int]]:
    totals: dict[tuple[str, str], int] = {}
    for key, number in made.examples.items():
        totals[key[0], key[at]] = totals.get((key[0], key[at]), 0) + number
    return [((split, name, name), number) for (split, name), number in totals.items()]


def _crossed(heading: str, splits: Sequence[str], cells: dict[tuple[str, str], int]) -> str:
    names = sorted({name for _, name in cells})
    rows = [(f"`{name}`", *(cells.get((split, name), 0) for split in splits)) for name in names]
    return _table((heading, *splits), rows)


def _filters(made: Made) -> str:
    rows = []
    before = made.passed[0]
    for passed in made.passed:
        dropped = (before.issues - passed.issues, before.examples - passed.examples)
        rows.append((passed.filter, passed.issues, dropped[0], passed.examples, dropped[1]))
        before = passed
    heads = ("filter", "issues kept", "dropped", "examples kept", "dropped")
    return f"## Filters\n\nApplied one after the other.\n\n{_table(heads, rows)}"


def _splits(made: Made) -> str:
    shares = (
        ""
        if made.order.split_by == "none"
        else f" Shares asked for: {' / '.join(f'{s:g}' for s in made.order.shares)}."
    )
    overlap = made.overlap
    assert overlap  # noqa: S101
    return f"""## Splits

Made {_HOW[made.order.split_by]}.{shares}

What belongs together is one group and in one split: near-duplicates (`cluster`), duplicates and clones, parents and
sub-tasks (`related`), two issues that an example compares, and issues that have an input in common. There are
{made.groups:,} groups; the largest holds {made.largest:,} issues.

Counted from the files as they were written: **{overlap.groups} groups and {overlap.inputs} inputs are in more than one
split** ({overlap.rows:,} rows read)."""


def _redaction(made: Made) -> str:
    rows = [(f"`<{mark}>`", number) for mark, number in sorted(made.marks.items())]
    found = _table(("mark", "times"), rows) if rows else "There is none."
    return f"""## Redaction

Marks that stand in the exported texts in place of what was taken out. Examples of one issue repeat its texts, so a
secret that was taken out once is counted in each of them.

{found}"""


def _fields(made: Made) -> str:
    kinds = {"timestamp[ms, tz=UTC]": "timestamp", "double": "float"}
    rows = [
        (
            f"`{each.name}`",
            "list" if str(each.type).startswith("list") else kinds.get(str(each.type), str(each.type)),
            each.meaning,
        )
        for each in made.order.kind.fields
    ]
    return f"## Fields\n\nNothing is null; what is missing is empty.\n\n{_table(('field', 'type', 'meaning'), rows)}"


def _limits(made: Made) -> str:
    return """## Known limits

- Redaction goes by rules. It misses secrets of shapes it does not know, and names of people stay where they stand in a
  text.
- Status, priority and resolution are as they were when the issue was fetched. Who labelled them did so by habit, not by
  a guideline.
- Quality and language are estimates.
- Groups follow links that people made and texts that look alike. Two reports of one fault in other words, which nobody
  linked, may be in different splits.
- The issues are what a visitor of the tracker sees; what is hidden from visitors is missing."""


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table whose columns of numbers stand to the right."""
    rules = ["---:" if all(isinstance(cell, int) for cell in column) else "---" for column in zip(*rows, strict=True)]
    cells = [[f"{cell:,}" if isinstance(cell, int) else str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [heads, rules, *cells])
