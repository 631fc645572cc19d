"""What a card says to whoever trains on a dataset: what was left out as not learnable, with the figures."""

from __future__ import annotations

from jira_crawler.exports.diet import CLEARLY, ERRORS, FEWEST_ROWS, LABELS_AN_ISSUE, MOST_NAMES, MOST_ROWS, Verdict
from jira_crawler.exports.learner import FOLDS
from jira_crawler.exports.markdown import table
from jira_crawler.exports.result import ExportResult


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
stays where the learner gains {100 * CLEARLY:g} points and more, and {ERRORS} standard errors (±). Below {FEWEST_ROWS}
rows there is nothing to measure, and it goes. Of what stays an issue gives {LABELS_AN_ISSUE} rows at most, chosen by
hash. Where a family has at most {MOST_NAMES} labels, its questions list them. Of what is no label the filters above
say what stays. {pairs}

{found}"""


def _figures(verdict: Verdict) -> tuple[str, str, str, str]:
    found = verdict.measured
    if found is None:
        return ("–",) * 4
    gain = f"{100 * found.gain:+.1f} ± {100 * found.error:.1f}"
    return str(found.labels), f"{found.majority:.3f}", f"{found.learned:.3f}", gain


def _decision(verdict: Verdict) -> str:
    return f"**kept**: {verdict.reason}" if verdict.kept else f"left out: {verdict.reason}"
