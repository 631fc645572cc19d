"""The card says what a model is trained on, the mixture is what trainers read, and tokens are counted if one can."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.mixture import weights
from jira_crawler.exports.options import ExportOptions
from jira_crawler.exports.precision import NAMES, NUMBERS, REAL, SEALED
from jira_crawler.exports.tokens import TokenCounter
from tests.unit.exports.conftest import issue
from tests.unit.exports.test_card import parts, table
from tests.unit.exports.test_export import JSONL, files, rows, run

ROOT = Path(__file__).parent.parent.parent.parent


def test_the_words_that_are_trained_on_are_counted_by_task(feeds, tmp_path):
    run(feeds(*(issue(number) for number in range(1, 5))), tmp_path / "out", "chat", layout=JSONL, split_by="none")
    _, body = parts(tmp_path / "out")
    # “Wait for <EMAIL> until the session ends.” are seven words, “Bug” is one.
    assert table(body, "## What is trained on") == [
        ["`question_answering`", "4", "28", "87.5%"],
        ["`classification`", "4", "4", "12.5%"],
    ]
    assert re.search(r"An issue gives\s+2\.0 examples and 8 words", body)


@pytest.mark.parametrize(("kind", "words"), [("threads", 28), ("text", 4 * 26), ("issues", 4 * 26 + 32)])
def test_what_counts_hangs_on_the_format(feeds, tmp_path, kind, words):
    made = run(feeds(*(issue(number) for number in range(1, 5))), tmp_path / "out", kind, split_by="none")
    assert made.words.total() == words


def test_each_task_has_its_files_and_is_a_config(feeds, tmp_path):
    folder = feeds(*(issue(number) for number in range(1, 60)))
    whole = run(folder, tmp_path / "whole", "chat", layout=JSONL)
    made = run(folder, tmp_path / "out", "chat", layout=JSONL, by_task=True)
    assert sorted(map(str, rows(tmp_path / "out"))) == sorted(map(str, rows(tmp_path / "whole")))
    assert (made.rows, made.overlap) == (whole.rows, whole.overlap)
    front, _ = parts(tmp_path / "out")
    configs = {each["config_name"]: each["data_files"] for each in front["configs"]}
    assert set(configs) == {"default", "classification", "question_answering"}
    for name, splits in configs.items():
        for each in splits:
            found = [path for path in (tmp_path / "out").glob(each["path"]) if name == "default" or name in path.name]
            assert found, each
    for task in ("classification", "question_answering"):
        assert {row["task_type"] for row in rows(tmp_path / "out", f"train-{task}")} == {task}
    # A later export may replace what this one left.
    run(folder, tmp_path / "out", "chat", layout=JSONL)
    assert [path.name for path in files(tmp_path / "out") if "classification" in path.name] == []
    with pytest.raises(BadArgument, match="--by-task is for the formats alpaca and chat"):
        ExportOptions(format="threads", to="x", by_task=True)


def test_the_mixture_names_configs_and_splits_that_are_there(feeds, tmp_path):
    folder = feeds(*(issue(number) for number in range(1, 60)))
    for by_task in (False, True):
        to = tmp_path / f"out-{by_task}"
        run(folder, to, "chat", by_task=by_task)
        configs = {each["config_name"]: {f["split"] for f in each["data_files"]} for each in parts(to)[0]["configs"]}
        for name in ("mixture-trl.yaml", "mixture-axolotl.yaml"):
            said = yaml.safe_load((to / name).read_text())["datasets"]
            assert {each["name"] for each in said} == (set(configs) - {"default"} if by_task else {"default"})
            for each in said:
                assert each["split"].partition("[")[0] in configs[each["name"]]
                assert each["path"] == to.name  # `datasets` takes no folder without a name
    run(folder, tmp_path / "text", "text")
    assert not list((tmp_path / "text").glob("mixture*"))
    run(folder, tmp_path / "out-True", "text")  # and one that replaces another leaves none
    assert not list((tmp_path / "out-True").glob("mixture*"))


def test_labels_and_titles_do_not_outweigh_answers():
    assert weights({"next_comment": 1_000, "classification": 50, "summarization": 100}) == {
        "next_comment": 100,
        "classification": 100,
        "summarization": 100,
    }
    assert weights(
        {"next_comment": 1_000, "classification": 300, "status_prediction": 200, "summarization": 1_000}
    ) == {
        "next_comment": 100,
        "classification": 20,
        "status_prediction": 20,
        "summarization": 25,
    }
    assert weights({"classification": 300}) == {"classification": 100}
    assert weights({"next_comment": 1, "classification": 10_000})["classification"] == 1
    assert weights({"next_comment": 1, "classification": 0})["classification"] == 100
    assert weights({}) == {}


def test_tokens_are_counted_by_the_tokenizer_of_the_user(feeds, tmp_path, monkeypatch):
    class Tokenizer:
        @classmethod
        def from_file(cls, path: str):
            if "broken" in Path(path).read_text():
                raise Exception("expected value at line 1\nand more")
            return cls()

        def encode(self, text: str, add_special_tokens: bool):
            assert not add_special_tokens
            return SimpleNamespace(ids=text.split())

    monkeypatch.setitem(sys.modules, "tokenizers", SimpleNamespace(Tokenizer=Tokenizer))
    path = tmp_path / "small-model" / "tokenizer.json"
    path.parent.mkdir()
    path.write_text("{}")
    made = run(feeds(issue(1)), tmp_path / "out", "chat", split_by="none", tokenizer=TokenCounter(path))
    assert (made.tokens, made.counted_by) == ({"classification": 1, "question_answering": 7}, "small-model")
    _, body = parts(tmp_path / "out")
    assert "the tokenizer `small-model`: 8 are trained on, of 41 in all" in " ".join(body.split())
    assert table(body, "## What is trained on")[0][-1] == "7"
    path.write_text("broken")
    with pytest.raises(BadArgument, match=r"tokenizer\.json is no tokenizer: expected value at line 1\.$"):
        TokenCounter(path)
    with pytest.raises(BadArgument, match="There is no tokenizer in"):
        TokenCounter(tmp_path)


def test_without_the_package_one_sentence_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(BadArgument, match="--tokenizer needs the package tokenizers: pip install"):
        TokenCounter(tmp_path)


def test_who_can_leave_and_under_what_terms_is_said(feeds, tmp_path):
    asf = issue(1, site="apache", url="https://issues.apache.org/jira/browse/ACME-1")
    run(feeds(asf, issue(2)), tmp_path / "out", "chat", split_by="none", contact="data@example.org")
    _, body = parts(tmp_path / "out")
    licences = {row[0]: row[1:] for row in table(body, "## Licence")}
    assert licences["apache"][0].startswith("Apache-2.0")
    assert licences["apache"][1].startswith("https://www.apache.org/")
    assert licences["example"] == ["not known: ask the tracker", ""]
    assert "Write to data@example.org" in body
    run(feeds(asf, name="b"), tmp_path / "none", "chat", split_by="none")
    assert "Write to whoever published this dataset" in parts(tmp_path / "none")[1]


@pytest.mark.parametrize("layout", ["jsonl", "jsonl.zst"])
def test_what_is_needed_to_read_packed_lines_is_said(feeds, tmp_path, layout):
    run(feeds(issue(1)), tmp_path / "out", "chat", split_by="none", layout=type(JSONL)(files=layout))
    assert ("the package `zstandard`" in parts(tmp_path / "out")[1]) == (layout == "jsonl.zst")


def cells(name: str) -> list[list[str]]:
    """The rows of a table that stands between comments in the documentation."""
    page = (ROOT / "docs" / "data-format.md").read_text("utf-8")
    told = page.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].splitlines()
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in told if "|" in line][2:]


def test_the_figures_of_redaction_are_those_of_the_documentation():
    probes = [(row[0], int(row[4]), float(row[5]), float(row[6])) for row in cells("probes") if row[6]]
    assert probes == list(SEALED)
    real = [(row[0], int(row[1]) + int(row[4]), float(row[9]), float(row[7])) for row in cells("real") if row[7] != "–"]
    assert real == list(REAL)
    for row in cells("real"):
        marks, right, left = (int(row[at]) + int(row[at + 3]) if at < 3 else int(row[at]) for at in (1, 2, 3))
        if marks:
            assert (float(row[7]), float(row[9])) == (round(right / marks, 3), round(right / (right + left), 3))
    read = (ROOT / "docs" / "data-format.md").read_text("utf-8").partition("People of other issues, ")[2]
    rows = [line.strip("|").split("|") for line in read.partition("\n\nPrograms")[0].splitlines() if "|" in line][2:]
    counts = [tuple(int(re.search(r"[0-9]+", cell)[0]) for cell in row) for row in rows]  # type: ignore[index]
    assert counts[0] == NAMES
    assert tuple(map(sum, zip(*counts[1:5], strict=True))) == NUMBERS
