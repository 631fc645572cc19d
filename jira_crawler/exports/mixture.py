"""A recommended mixture, as files that trainers read: which part of a dataset is shown how often.

Words that a model is trained on are weighed, not rows: a label is one word of a row of five hundred. Answers stand for
themselves. Titles and summaries together are to have no more than a quarter as many words as the answers, labels no
more than a tenth; what has more is shown in part. Nothing is shown twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from jira_crawler.exports.diet import LABELS

ANSWERS: Final = frozenset(("question_answering", "next_comment", "review_comment", "root_cause"))
_MOST_LABELS: Final = 0.10  # of the words of answers
_MOST_OTHERS: Final = 0.25


def weights(words: Mapping[str, int]) -> dict[str, int]:
    """How many of a hundred rows of each task to show, 1 to 100, by the words that the tasks train on."""
    answered = sum(count for task, count in words.items() if task in ANSWERS)
    kinds = (
        ([task for task in words if task in LABELS], _MOST_LABELS),
        ([task for task in words if task not in LABELS | ANSWERS], _MOST_OTHERS),
    )
    found = dict.fromkeys(words, 100)
    for tasks, most in kinds if answered else ():
        there = sum(words[task] for task in tasks)
        for task in tasks:
            found[task] = max(1, min(100, round(100 * most * answered / there))) if there else 100
    return found


def trl(folder: str, split: str, shown: Mapping[str, int]) -> str:
    """For `trl sft --config`: a `datasets` mixture of a folder, which is looked for where the trainer is started."""
    lines = [f"# In the folder above this dataset: trl sft --config {folder}/{TRL} --model_name_or_path …", "datasets:"]
    for name, weight in sorted(shown.items()):
        lines += [f"- path: {json.dumps(folder)}", f"  name: {name}", f"  split: {_part(split, weight)}"]
    return "\n".join([*lines, "assistant_only_loss: true"]) + "\n"


def axolotl(folder: str, split: str, shown: Mapping[str, int]) -> str:
    """For `axolotl train`: the same as its `datasets`, with the loss on the assistant's turns."""
    lines = ["# The datasets of an axolotl configuration, which is run in the folder above this dataset.", "datasets:"]
    for name, weight in sorted(shown.items()):
        lines += [
            f"- path: {json.dumps(folder)}",
            f"  name: {name}",
            f"  split: {_part(split, weight)}",
            "  type: chat_template",
        ]
        lines += ["  field_messages: messages", "  roles_to_train: [assistant]", "  train_on_eos: turn"]
    return "\n".join(lines) + "\n"


TRL: Final = "mixture-trl.yaml"
AXOLOTL: Final = "mixture-axolotl.yaml"


def _part(split: str, weight: int) -> str:
    return split if weight == 100 else f'"{split}[:{weight}%]"'
