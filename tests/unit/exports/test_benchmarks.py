"""Issues that a benchmark tests with stay out, by their mark, by a list of keys, or by texts they share words with."""

from __future__ import annotations

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.benchmarks import GRAM, Grams, grams, keys
from jira_crawler.exports.options import Choice
from tests.unit.exports.conftest import issue
from tests.unit.exports.test_export import JSONL, rows, run

RUN = "the pump fails when two brokers ask for one lease at the same instant"
assert len(RUN.split()) == 14


def there(folder, to, **choice) -> list[str]:
    run(folder, to, choice=Choice(**choice), layout=JSONL, split_by="none")
    return sorted({row["issue_key"] for row in rows(to)})


def test_issues_of_benchmarks_stay_out_unless_asked_for(feeds, tmp_path):
    folder = feeds(issue(1, benchmark="defects4j"), issue(2, benchmark=""), issue(3))
    assert there(folder, tmp_path / "a") == ["ACME-2", "ACME-3"]
    assert there(folder, tmp_path / "b", benchmarks=True) == ["ACME-1", "ACME-2", "ACME-3"]
    assert {row["benchmark"] for row in rows(tmp_path / "b")} == {"", "defects4j"}
    card = (tmp_path / "a" / "README.md").read_text()
    assert "| no issues of benchmarks | 2 | 1 |" in card


def test_a_list_of_keys_is_read_with_rubbish_in_it(tmp_path):
    path = tmp_path / "keys.csv"
    path.write_bytes(
        b"bug.id,report.id,url\n1,LANG-747,https://issues.apache.org/jira/browse/LANG-747\n2,acme-3,\n\n# ACME-9\n"
        b"\xff\xfe\x00 binary\n"
        + "ключ 🎉\n".encode()
        + b"ISO-8859-1-extra UTF-08 X-1\nACME-7; ACME-8 # both\n"
        + b"-" * 10_000
    )
    found = keys(path)
    assert found.named == {"LANG-747", "ACME-3", "ACME-7", "ACME-8"}
    assert found.rubbish == 5


@pytest.mark.parametrize("content", [b"", b"\n\n# ACME-1\n", b"\x00\xff" * 1_000, b"no keys here"])
def test_a_list_without_a_key_is_refused(tmp_path, content):
    (tmp_path / "keys").write_bytes(content)
    with pytest.raises(BadArgument, match="There is no key of an issue in"):
        keys(tmp_path / "keys")
    with pytest.raises(BadArgument, match=r"The keys in .*nowhere cannot be read: No such file"):
        keys(tmp_path / "nowhere")
    with pytest.raises(BadArgument, match="cannot be read: Is a directory"):
        keys(tmp_path)


def test_issues_that_a_list_names_stay_out(feeds, tmp_path):
    folder = feeds(*(issue(number) for number in range(1, 5)))
    assert there(folder, tmp_path / "out", without=frozenset(["ACME-2", "LANG-1"])) == ["ACME-1", "ACME-3", "ACME-4"]


def test_thirteen_words_in_a_row_are_found_whatever_stands_between_them():
    known = Grams([RUN])
    assert len(known) == 14 - GRAM + 1
    words = RUN.split()
    assert known.in_text("Before: " + RUN.upper().replace(" ", " -- ") + " after")
    assert known.in_text(" ".join(words[1:]))
    assert not known.in_text(" ".join(words[:12]))
    assert not known.in_text(" ".join([*words[:7], "really", *words[7:]]))
    assert not known.in_text("")
    assert not Grams(["short"]).in_text(RUN)
    chinese = Grams(["租约在重新启动时不会被放弃请帮助我们"])
    assert chinese.in_text("他说：租约在重新启动时，不会被放弃请帮助我们。")
    assert not chinese.in_text("租约在重新启动时总会被放弃，请帮助我们。")


def test_texts_are_found_in_files_of_any_kind(tmp_path):
    folder = tmp_path / "texts"
    (folder / "deep").mkdir(parents=True)
    for name, content in {
        "a.json": orjson.dumps([{"issue": {"body": f"one\n{RUN}"}}, 7, None]),
        "b.jsonl": b"\n".join(orjson.dumps({"text": RUN.replace("pump", word)}) for word in ("door", "gate")),
        "deep/c.txt": RUN.replace("pump", "lift").encode() + b" \xff",
    }.items():
        (folder / name).write_bytes(content)
    pq.write_table(pa.table({"n": [1], "text": [RUN.replace("pump", "lock")]}), folder / "d.parquet")
    known = grams(folder)
    for word in ("pump", "door", "gate", "lift", "lock"):
        assert known.in_text(RUN.replace("pump", word)), word
    assert not known.in_text(RUN.replace("pump", "lamp").replace("instant", "second"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.json", b"{", "cannot be read: it is no json"),
        ("a.jsonl", b'{"a": 1}\n{', "cannot be read: it is no jsonl"),
        ("a.parquet", b"PAR1", "cannot be read: it is no parquet"),
        ("a.txt", b"too few words", "There is no text of 13 words in"),
    ],
)
def test_texts_that_cannot_be_read_are_refused(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadArgument, match=said):
        grams(tmp_path)
    with pytest.raises(BadArgument, match="cannot be read: No such file"):
        grams(tmp_path / "nowhere.txt")


def test_an_issue_that_shares_such_a_run_stays_out_whole(feeds, tmp_path):
    folder = feeds(issue(1, text=f"# Title\n\nI see that {RUN}, always."), issue(2), issue(3))
    assert there(folder, tmp_path / "out", unlike=Grams([RUN])) == ["ACME-2", "ACME-3"]
