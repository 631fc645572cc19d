"""Where code stands in a Markdown text, as every reader of it sees it."""

from __future__ import annotations

import pytest

from jira_crawler.text.fences import BETWEEN_TEXTS, Code, blocks, open_fence, prose

TEXTS = (
    "a\n```java\nb\n```\nc",
    "a\n~~~~\n```\nb\n~~~~\nc",
    "> ```\n> b\n> ```\nc",
    "a\n```\nb",
    "```\n```java\nb\n```\nc",  # a fence that names a language closes nothing
    "a `x` b",
)


@pytest.mark.parametrize("text", TEXTS)
def test_the_same_places_are_code_for_all_readers(text: str) -> None:
    code, at = Code(text), 0
    for inside, lines in blocks(text):
        for line in lines:
            if line and "`x`" not in line:
                assert (at in code) == inside, line
            at += len(line) + 1
    assert prose(text) == "\n".join("\n".join(lines) for inside, lines in blocks(text) if not inside)
    *_, (inside, _) = blocks(text)
    assert bool(open_fence(text)) == (inside and not text.endswith(("```", "~~~~")))


def test_a_span_is_code_in_its_line() -> None:
    text = "Ann `runs ann` and ```\nann"
    assert [at for at in range(len(text)) if at in Code(text)] == list(range(text.index("`"), text.index(" and")))


def test_code_does_not_run_into_the_next_text() -> None:
    text = f"```\nAnn{BETWEEN_TEXTS}Ann"
    assert [text.index("Ann") in Code(text), text.rindex("Ann") in Code(text)] == [True, False]
