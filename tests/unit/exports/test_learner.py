"""The learner finds what words tell, finds nothing in noise, and says the same whatever the order of rows."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from jira_crawler.exports.learner import FOLDS, Learner, hashed
from jira_crawler.text.words import words

FILL = [f"word{number}" for number in range(60)]
ROWS = 150


def rows(kind: str, seed: int = 1) -> list[tuple[str, frozenset[str]]]:
    """Texts of chance words; with `told` a word of theirs names the label, else chance does."""
    chance, made = random.Random(seed), []
    for _ in range(ROWS):
        label = chance.choice(["net", "store", "page"])
        said = [*chance.sample(FILL, 12), {"net": "socket", "store": "index", "page": "button"}[label]]
        made.append((" ".join(said), frozenset([label if kind == "told" else chance.choice(["net", "store", "page"])])))
    return made


def measured(made: list[tuple[str, frozenset[str]]], folds: np.ndarray):
    return Learner([hashed(text) for text, _ in made], [label for _, label in made], folds).whole


FOLDED = np.arange(ROWS) % FOLDS


def test_what_words_tell_is_learned_and_noise_is_not():
    told, noise = measured(rows("told"), FOLDED), measured(rows("noise"), FOLDED)
    assert (told.rows, told.labels) == (ROWS, 3)
    assert told.learned > 0.9
    assert told.gain > 3 * told.error > 0
    assert abs(noise.gain) < 3 * noise.error


def test_the_order_of_rows_does_not_matter():
    made = list(zip(rows("noise"), FOLDED.tolist(), strict=True))
    first = measured([row for row, _ in made], np.array([fold for _, fold in made]))
    random.Random(2).shuffle(made)
    assert measured([row for row, _ in made], np.array([fold for _, fold in made])) == first


def test_one_label_or_one_fold_teaches_nothing():
    constant = [(text, frozenset(["net"])) for text, _ in rows("told")]
    assert (measured(constant, FOLDED).gain, measured(constant, FOLDED).majority) == (0, 1)
    assert measured(rows("told"), FOLDED * 0).learned == 0


def apart(made: list[tuple[str, frozenset[str]]]):
    return Learner([hashed(text) for text, _ in made], [label for _, label in made], FOLDED).told_apart()


def test_a_label_that_no_word_tells_is_missed_and_the_others_are_not():
    made = [(text, frozenset(["epic"]) if at % 9 == 0 else label) for at, (text, label) in enumerate(rows("told"))]
    found, missed = apart(made)
    assert missed == ("epic",)
    assert (found.labels, found.rows) == (3, sum(label != {"epic"} for _, label in made))
    assert found.learned > measured(made, FOLDED).learned
    assert apart(rows("told")) == (measured(rows("told"), FOLDED), ())


def test_of_two_labels_that_look_alike_one_goes_and_the_other_is_told_from_the_rest():
    made = []
    for at, (text, label) in enumerate(rows("told")):
        fewer = frozenset(["net"]) if at % 5 == 0 and label == {"store"} else label
        made.append((text.replace("index", "socket"), fewer))
    found, missed = apart(made)
    assert missed == ("store",)
    assert found.learned > 0.9


@pytest.mark.parametrize("seed", range(1, 7))
def test_where_no_label_is_told_the_rarest_goes_two_are_left_and_nothing_is_gained(seed):
    made = rows("noise", seed)
    found, missed = apart(made)
    counts = Counter(name for _, (name,) in made)
    assert missed == (min(sorted(counts), key=lambda name: counts[name]),)
    assert found.labels == 2
    assert found.gain < 3 * found.error


def test_any_of_several_labels_is_right():
    made = [(text, label | {"always"}) for text, label in rows("told")]
    assert measured(made, FOLDED).majority == 1


@pytest.mark.parametrize("text", ["", "🎉", "\ud800", "经纪人在重新启动时不放弃租约", "Ärger mit dem Größenwächter"])
def test_every_text_is_a_row(text):
    assert hashed(text).dtype == np.uint16
    assert len(hashed(text)) <= max(1, len(words(text).split()))
    labels = [frozenset("ab"[at % 2]) for at in range(6)]
    assert Learner([hashed(text)] * 6, labels, np.arange(6) % FOLDS).whole.rows == 6
