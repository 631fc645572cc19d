"""The program that judges the converters: it reads what users have, and it notices what is lost."""

import gzip
import io
import json
import tarfile
import zipfile

import pytest

from benchmarks import fidelity, fidelity_verdict
from benchmarks.fidelity_bodies import Recorded, recorded
from benchmarks.fidelity_verdict import judge
from jira_crawler.items import Body

WIKI = "h2. Why\n\nIt *fails* at {{start}}:\n{code:java|title=A.java}\nint a;\n\n  b();\n{code}\n|x|{code}y{code}|"
HTML = '<p>It <b>fails</b></p><div class="code panel"><pre>int a;\n  b();</pre></div>'
DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "a"}]}]}
ISSUE = {
    "key": "ACME-1",
    "fields": {
        "description": WIKI,
        "environment": None,
        "comment": {"comments": [{"body": "first\r\nline"}, {"body": DOCUMENT}]},
    },
    "renderedFields": {"description": HTML},
}
XML = f"<rss><item><key>ACME-2</key><description><![CDATA[{HTML}]]></description></item></rss>"


def judged(source, text_format="wiki"):
    return judge(Recorded("here", Body(source, text_format)))


@pytest.fixture
def converts_to(monkeypatch):
    return lambda markdown: monkeypatch.setattr(fidelity_verdict, "to_markdown", lambda source, text_format: markdown)


@pytest.fixture
def folder(tmp_path):
    payload = json.dumps(ISSUE).encode()
    (tmp_path / "a.json").write_bytes(json.dumps({"issues": [ISSUE]}).encode())
    (tmp_path / "b.jsonl").write_bytes(payload + b"\n\n" + json.dumps({"source": "x", "format": "wiki"}).encode())
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(payload))
    with tarfile.open(tmp_path / "d.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("deep/ACME-1.json")
        member.size = len(payload)
        archive.addfile(member, io.BytesIO(payload))
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("ACME-2.xml", XML)
    (tmp_path / "f.json").write_bytes(json.dumps(DOCUMENT).encode())
    (tmp_path / "g.txt").write_text("no payload")
    (tmp_path / "h.json").write_text("{broken")
    return tmp_path


def test_bodies_are_found_in_files_of_every_kind(folder, capsys):
    found = [(each.place, each.body.format) for each in recorded([folder])]
    issue = [("ACME-1 description", "wiki"), ("ACME-1 comment 1", "wiki"), ("ACME-1 comment 2", "adf")]
    issue.append(("ACME-1 description", "html"))
    once = [*issue, *issue, ("b.jsonl:3", "wiki"), *issue, *issue, ("ACME-2 description", "html"), ("f.json", "adf")]
    assert found == once
    assert "h.json is left out" in capsys.readouterr().err


def test_faithful_bodies_pass(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["fidelity", str(folder), "--worst", "3", "--show", "1"])
    assert fidelity.main() == 0
    shown = capsys.readouterr().out
    assert "9" in shown
    assert "100.000%" in shown
    assert "becomes" in shown
    assert "not verbatim" not in shown


def test_unfaithful_bodies_fail(folder, capsys, monkeypatch, converts_to):
    monkeypatch.setattr("sys.argv", ["fidelity", str(folder), "--worst", "1", "--format", "wiki"])
    converts_to("h2. Why")
    assert fidelity.main() == 1
    assert "not verbatim" in capsys.readouterr().out


def test_no_body_is_no_success(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["fidelity", str(tmp_path)])
    assert fidelity.main() == 2


@pytest.mark.parametrize(("source", "text_format"), [(WIKI, "wiki"), (HTML, "html"), (json.dumps(DOCUMENT), "adf")])
def test_our_converters_lose_nothing_here(source, text_format):
    verdict = judged(source, text_format)
    assert verdict.badness() == 0
    assert verdict.words > 0


def test_what_is_counted():
    verdict = judged(WIKI)
    assert (verdict.blocks, verdict.spans, verdict.words) == (2, 1, 12)


@pytest.mark.parametrize(
    ("markdown", "lost"),
    [
        ("```\na\n b\n```", []),
        ("- x\n  ```\n  a\n   b\n  ```", []),
        ("| `a`<br>` b` |\n| --- |", []),
        ("```\na\nb\n```", ["\na\n b\n"]),
        ("    a\n     b", ["\na\n b\n"]),
        ("", ["\na\n b\n"]),
    ],
)
def test_code_is_compared_as_a_reader_of_markdown_sees_it(markdown, lost, converts_to):
    converts_to(markdown)
    assert judged("{code}\na\n b\n{code}").lost_blocks == lost


def test_a_block_that_comes_once_is_not_found_twice(converts_to):
    converts_to("```\na\n```")
    assert len(judged("{code}a{code} {code}a{code}").lost_blocks) == 1


def test_words_are_counted_one_by_one(converts_to):
    converts_to("one two ![c.png](c.png)")
    assert dict(judged("one *one* two c.png png").lost_words) == {"one": 1, "png": 1}


@pytest.mark.parametrize(
    "left",
    ["{quote}", "{color:red}", "h1. x", "!a.png!", "[a|http://b.c]", "[~jo]", "{{x}}", "{*}x{*}", "||a||", "{code}"],
)
def test_marks_that_are_left_are_noticed(left, converts_to):
    converts_to(f"text\n{left}\n\n`{left}`")
    assert judged("text").residue.total() == 1


def test_marks_that_an_author_escaped_are_text():
    assert not judged(r"\{code} and \{color:red}").residue
    assert judged("<p>{code}</p>", "html").badness() == 0


def test_an_exception_is_the_worst(monkeypatch):
    def fail(source, text_format):
        raise RecursionError("deep")

    monkeypatch.setattr(fidelity_verdict, "to_markdown", fail)
    verdict = judged("text")
    assert verdict.error == "RecursionError: deep"
    assert verdict.badness() >= 1000
