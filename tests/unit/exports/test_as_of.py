"""A split by time knows nothing of later: comments and labels are cut, and the files are counted again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports import rendering, survey
from jira_crawler.exports.as_of import as_of, latest
from jira_crawler.exports.audit import overlap
from jira_crawler.exports.export import Leaking
from jira_crawler.exports.formats import FORMATS
from jira_crawler.exports.options import Choice
from jira_crawler.exports.shards import Split
from jira_crawler.exports.turns import line_of
from jira_crawler.tasks.speakers import date
from tests.unit.exports.conftest import KINDS
from tests.unit.exports.talk import ANSWER, OTHER, QUESTION, REPORT, entry, issue, lines
from tests.unit.exports.test_export import JSONL, rows, run
from tests.unit.tasks.conftest import NOON

SAID = ((QUESTION, "user_1"), (OTHER, "user_2"), (ANSWER, "user_1"))  # one, two, three hours after noon


def at(hours: float) -> str:
    return date(NOON + timedelta(hours=hours))


def cut(made, hours: float):
    whole = entry(made)
    return as_of(whole, whole.samples, at(hours))


def test_comments_and_labels_of_later_go_and_what_was_filed_stays():
    made = issue(*SAID, issue_type="Bug", updated=NOON + timedelta(hours=3))
    _, everything = cut(made, 3)
    assert everything == entry(made).samples
    whole, kept = cut(made, 2)
    assert sorted({sample.example_type for sample in kept}) == [
        "first_reply",
        "reply",
        "thread",
        "title_from_description",
    ]
    text = "".join(sample.input + sample.output for sample in kept)
    assert QUESTION in text
    assert OTHER in text
    assert ANSWER not in text
    assert line_of(whole).said == f"{at(1)}, {at(2)}"


def test_a_thread_that_goes_on_is_open_and_begins_with_the_report_as_filed():
    made = issue(*SAID, resolution="Fixed", updated=NOON + timedelta(hours=9))
    later = replace(made, title="The lease is kept", original=_filed(made))
    whole, _ = cut(later, 2)
    text = line_of(whole).output
    assert text.startswith("<issue_start>\n# The pump fails\n\n## user_0\n\nAfter a restart")
    assert "<issue_closed>" not in text
    assert line_of(cut(later, 9)[0]).output.endswith("<issue_closed>\nFixed")


def _filed(made):
    from jira_crawler.items import Original

    return Original(title=made.title, description=made.description)


def test_a_comment_that_was_edited_later_is_later():
    made = issue(*SAID, updated=NOON + timedelta(hours=9))
    first, *rest = made.comments
    made = replace(made, comments=(replace(first, updated=NOON + timedelta(hours=8)), *rest))
    assert QUESTION not in "".join(sample.input + sample.output for sample in cut(made, 3)[1])


def test_a_comment_without_a_date_is_as_old_as_the_last_change():
    made = issue(*SAID, updated=NOON + timedelta(hours=9))
    made = replace(made, comments=(replace(made.comments[0], created=None), *made.comments[1:]))
    kept = cut(made, 3)[1]
    assert QUESTION not in "".join(sample.output for sample in kept)


dates = st.lists(st.integers(0, 12), min_size=3, max_size=3)


@given(dates, st.integers(0, 12), st.integers(0, 14))
def test_nothing_that_stays_is_later(edits, changed, until):
    made = issue(*SAID, updated=NOON + timedelta(hours=changed), issue_type="Bug", resolution="Fixed")
    edited = zip(made.comments, edits, strict=True)
    made = replace(made, comments=tuple(replace(c, updated=c.created + timedelta(hours=e)) for c, e in edited))
    whole, kept = cut(made, until)
    for kind in KINDS:
        form = FORMATS[kind]
        for record in form.records(whole, form.suited(whole, kept), "g"):
            assert latest(record) <= at(until), kind


def several(count: int = 30) -> list[list[dict]]:
    """Issues a day apart, each with an answer an hour later and one forty days later."""
    made = []
    for number in range(1, count + 1):
        begun = NOON + timedelta(days=number)
        said = (f"{QUESTION} {number}", "user_1"), (f"{ANSWER} {number}", "user_2")
        one = issue(*said, created=begun, description=f"{REPORT} {number}")
        first, second = one.comments
        said = replace(first, created=begun + timedelta(hours=1)), replace(second, created=begun + timedelta(days=40))
        known = {"id": str(number), "key": f"ABC-{number}", "title": f"Pump {number} fails"}
        made.append(lines(replace(one, comments=said, updated=begun + timedelta(days=40), issue_type="Bug", **known)))
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("files", ["jsonl", "parquet"])
def test_an_export_by_time_is_cut_and_counted_again(feeds, tmp_path, kind, files):
    layout = replace(JSONL, files=files)
    switches = {"split_by": "time", "shares": (60, 20, 20), "assistant": "all", "layout": layout}
    made = run(feeds(*several()), tmp_path / "out", kind, **switches)
    assert (made.overlap.late, list(made.until)) == (0, ["train", "validation"])
    assert set(made.files) == {"train", "validation", "test"}
    # The same rows, held against an earlier date, are found to be late.
    test = {"test": [tmp_path / "out" / "data" / path.name for path in made.files["test"]]}
    assert overlap(test, FORMATS[kind], {"test": made.until["train"]}).late == made.rows["test"]
    if files == "jsonl":
        assert ANSWER not in str(rows(tmp_path / "out", "train"))
        assert ANSWER in str(rows(tmp_path / "out", "test"))
        assert QUESTION in str(rows(tmp_path / "out", "train"))


def test_rows_that_know_too_much_are_not_exported(feeds, tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "as_of", lambda entry, samples, _: (entry, samples))
    with pytest.raises(
        Leaking, match=r"^0 groups and 0 inputs are in .* split, and \d+ rows know what came after their split: "
    ):
        run(feeds(*several()), tmp_path / "out", split_by="time", shares=(60, 20, 20))
    assert not (tmp_path / "out").exists()


def test_where_all_came_later_nothing_is_exported(feeds, tmp_path):
    chosen = Choice(tasks=("classification",))
    folder = feeds(*several(4))
    made = run(folder, tmp_path / "all", choice=chosen)
    assert made.rows.total()
    made = run(folder, tmp_path / "out", choice=chosen, split_by="time", shares=(50, 50, 0))
    assert list(made.files) == ["validation"]


def test_where_all_came_later_than_it_may_be_known_nothing_is_exported(feeds, tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "as_of", lambda entry, *_: (entry, []))
    monkeypatch.setattr(survey.Survey, "_until", lambda _: {"train": at(0)})
    with pytest.raises(BadArgument, match="everything came later than its split may know"):
        run(feeds(*several(4)), tmp_path / "none", split_by="none")


def test_an_export_by_hash_knows_everything(feeds, tmp_path):
    made = run(feeds(*several()), tmp_path / "out", layout=JSONL)
    assert (made.until, made.later) == ({}, 0)
    assert ANSWER in str(rows(tmp_path / "out", "train"))


def test_split_of_records_is_read_again_with_its_dates(tmp_path):
    (tmp_path / "data").mkdir()
    form, whole = FORMATS["chat"], entry(issue(*SAID, updated=NOON + timedelta(hours=3)))
    records = list(form.records(whole, form.suited(whole, whole.samples), "g"))
    with Split(tmp_path, "train", len(records), 1, form, JSONL) as split:
        for record in records:
            split.write(record, 1)
    found = {hours: overlap({"train": split.paths}, form, {"train": at(hours)}).late for hours in (-1, 1, 3)}
    assert found[-1] == len(records)
    assert len(records) > found[1] > found[3] == 0
