"""What a card says to whoever trains on a dataset: what the loss is of, how to mix it, what was left out and why."""

from __future__ import annotations

from jira_crawler.exports.diet import (
    CLEARLY,
    ERRORS,
    FEWEST_ROWS,
    FEWEST_WORDS,
    LABELS_AN_ISSUE,
    MOST_NAMES,
    MOST_ROWS,
    RIGHT,
    Verdict,
)
from jira_crawler.exports.learner import FOLDS, FOUND
from jira_crawler.exports.markdown import table
from jira_crawler.exports.mixture import AXOLOTL, TRL
from jira_crawler.exports.result import ExportResult


def trained(result: ExportResult) -> str:
    """What a model is trained on by task, in words and tokens, and how much of it an issue gives."""
    total, rows = result.words.total(), []
    for task, count in sorted(result.words.items(), key=lambda item: (-item[1], item[0])):
        tokens = (result.tokens[task],) if result.counted_by else ()
        rows.append((f"`{task}`", result.taught[task], count, f"{count / max(1, total):.1%}", *tokens))
    issues = max(1, result.issues.total())
    counted = ""
    if result.counted_by:
        counted = (
            f" Tokens are counted by the tokenizer `{result.counted_by}`: {result.tokens.total():,} are trained on, of "
            f"{result.all_tokens:,} in all."
        )
    heads = ("task", "examples", "words trained on", "share of the loss", *(("tokens",) if result.counted_by else ()))
    found = table(heads, rows) if rows else "Nothing here is an answer."
    return f"""## What is trained on

A model learns the words of answers; what it is shown costs compute and teaches nothing. An issue gives
{result.taught.total() / issues:.1f} examples and {total / issues:,.0f} words that are trained on. Aim at these words
and not at rows: a label is a row of one word. Old, talkative trackers give three times as many examples an issue as
those where people talk in pull requests.{counted}

{found}{_mixture(result)}"""


def _mixture(result: ExportResult) -> str:
    if not result.options.mixes:
        return ""
    shown = ", ".join(f"`{task}` {weight} %" for task, weight in sorted(result.weights.items()) if weight < 100)
    less = f" Less than all is shown of {shown}." if shown else " Everything is shown."
    by_task = "Each task is a config of its own." if result.options.by_task else "`--by-task` gives each task a weight."
    return f"""

A recommended mixture is in `{TRL}` and `{AXOLOTL}`, as these trainers read it: answers whole, titles and
summaries with a quarter as many words at most, labels with a tenth.{less} {by_task}"""


def diet(result: ExportResult) -> str:
    """Each label family with what was measured and what was decided; nothing where no diet was asked for."""
    if not result.diet:
        return ""
    heads = ("task", "variant", "project", "rows", "labels", "majority", "learner", "gain", "decision")
    rows = [
        (f"`{task}`", f"`{variant}`", project, verdict.rows, *_figures(verdict), _decision(verdict))
        for (task, variant, project), verdict in sorted(result.diet.verdicts.items())
    ]
    pairs = (
        f"Of {result.pairs} duplicates the whole reports are compared, each beside one that is none."
        if result.pairs
        else "No duplicate has both reports here and another one beside it that is like it."
    )
    found = table(heads, rows) if rows else "The feeds hold no labels."
    return f"""## The diet

Examples that ask for a label stay where their text tells the label. A small linear learner (least squares over hashed
words, {FOLDS} folds, a group never in two of them, {MOST_ROWS} rows at most) is set against always saying the most
frequent label of that task, variant and project. Both figures are shares of held-out rows that were right. A family
stays where the learner gains {100 * CLEARLY:g} points and more, and {ERRORS} standard errors (±), is right in
{100 * RIGHT:g} of a hundred rows, and is asked nothing that only came later. Below {FEWEST_ROWS} rows there is nothing
to measure, and it goes. Of a family that stays rows go label by label, until two are left or the learner names each in
{100 * FOUND:g} of a hundred that have it, the rarest first of those it does not; the rest has to be as clear. A report
needs {FEWEST_WORDS} different words of its own. Of what stays an issue gives {LABELS_AN_ISSUE} rows at most, chosen by
hash. Where a family has at most {MOST_NAMES} labels, its questions list them. Of what is no label the filters above say
what stays. {pairs}

{found}"""


def _figures(verdict: Verdict) -> tuple[str, str, str, str]:
    found = verdict.measured
    if found is None:
        return ("–",) * 4
    gain = f"{100 * found.gain:+.1f} ± {100 * found.error:.1f}"
    return str(found.labels), f"{found.majority:.3f}", f"{found.learned:.3f}", gain


def _decision(verdict: Verdict) -> str:
    if not verdict.kept:
        return f"left out: {verdict.reason}"
    if not (rest := verdict.rest):
        return f"**kept**: {verdict.reason}"
    right = f"{rest.learned:.3f} of the rest is right, {rest.majority:.3f} by the most frequent label"
    return f"**kept**: {verdict.reason}; without {', '.join(verdict.missed)}: {right}"
