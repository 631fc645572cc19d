"""Holds a converted body against its source: which code is not verbatim, which words are lost, which marks are left."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.fidelity_bodies import Recorded
from benchmarks.fidelity_reader import Seen, residue, seen
from benchmarks.fidelity_source import Expected, expected, words
from jira_crawler.converters import to_markdown

_SHOWN_TWICE = re.compile(r"\[([^\[\]]*)\]\(<?\1>?\)")
_ESCAPE = re.compile(r"\\([{}\[\]!|*_~^+?.-])")


@dataclass(slots=True)
class Verdict:
    """One body; `lost_blocks` and `lost_spans` hold the code that did not come out verbatim."""

    place: str
    format: str
    source: str
    markdown: str = ""
    seconds: float = 0.0
    error: str = ""
    blocks: int = 0
    spans: int = 0
    words: int = 0
    lost_blocks: list[str] = field(default_factory=list)
    lost_spans: list[str] = field(default_factory=list)
    lost_words: Counter[str] = field(default_factory=Counter)
    residue: Counter[str] = field(default_factory=Counter)

    def badness(self) -> int:
        """Ranks bodies for a person who looks for the worst."""
        lost = self.lost_words.total() + 20 * len(self.lost_blocks) + 5 * len(self.lost_spans)
        return lost + 5 * self.residue.total() + 1000 * bool(self.error)


def judge(each: Recorded) -> Verdict:
    """Converts a body and compares."""
    verdict = Verdict(each.place, each.body.format, each.body.source)
    begun = time.perf_counter()
    try:
        verdict.markdown = to_markdown(each.body.source, each.body.format)
    except Exception as error:  # whatever it is, it is what we look for
        verdict.error = f"{type(error).__name__}: {error}"
    verdict.seconds = time.perf_counter() - begun
    wanted, shown = expected(each.body), seen(verdict.markdown)
    verdict.blocks, verdict.spans, verdict.words = len(wanted.blocks), len(wanted.spans), wanted.words.total()
    verdict.lost_blocks = _lost_blocks(wanted, shown)
    verdict.lost_spans = _lost_spans(wanted, shown)
    verdict.lost_words = wanted.words - (words(_SHOWN_TWICE.sub(r"\1", verdict.markdown)) | words(shown.shown))
    verdict.residue = residue(shown.text) - _meant(wanted, each.body.format)
    return verdict


def _trimmed(code: str) -> str:
    """Takes off a blank first and a blank last line, which stand between a tag and the code."""
    lines = code.split("\n")
    if len(lines) > 1 and not lines[0].strip():
        del lines[0]
    if len(lines) > 1 and not lines[-1].strip():
        del lines[-1]
    return _even("\n".join(lines))


def _even(code: str) -> str:
    """Empties blank lines, whose spaces a list or a quote around the code may have taken."""
    return "\n".join(line if line.strip() else "" for line in code.split("\n"))


def _lost_blocks(wanted: Expected, shown: Seen) -> list[str]:
    """A block is verbatim as a fence, or line by line as spans in a cell, where no fence can stand."""
    fences = Counter(map(_even, shown.blocks))
    runs = Counter("\n".join(line.rstrip() for line in run) for run in shown.runs)
    lost = []
    for block in filter(str.strip, wanted.blocks):
        in_cell = "\n".join(line.rstrip() for line in block.split("\n") if line.strip())
        if fences[_trimmed(block)]:
            fences[_trimmed(block)] -= 1
        elif runs[in_cell]:
            runs[in_cell] -= 1
        else:
            lost.append(block)
    return lost


def _lost_spans(wanted: Expected, shown: Seen) -> list[str]:
    found = Counter(" ".join(code.split()) for run in shown.runs for code in run)
    found.update(" ".join(block.split()) for block in shown.blocks)
    lost = Counter(" ".join(span.split()) for span in wanted.spans) - found
    return list(lost.elements())


def _meant(wanted: Expected, text_format: str) -> Counter[str]:
    """Counts marks that an author meant as characters: escaped in wiki markup, plain text in all others."""
    if text_format != "wiki":
        return residue(wanted.literal)
    meant = residue(_ESCAPE.sub(r"\1", wanted.literal)) - residue(_ESCAPE.sub(" ", wanted.literal))
    meant["</tag>"] = residue(wanted.literal)["</tag>"]
    return meant
