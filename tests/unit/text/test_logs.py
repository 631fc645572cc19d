from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.text.fences import blocks
from jira_crawler.text.logs import is_log, is_log_line, shorten

LOG = [f"2024-05-17 12:00:{n % 60:02} INFO [main] org.acme.Pump - turn {n}" for n in range(1_000)]
TRACE = ["java.lang.IllegalStateException: dry", *(f"\tat org.acme.Pump.turn{n}(Pump.java:{n})" for n in range(1_000))]
ALIKE = [f"worker-{n}: lease renewed" for n in range(1_000)]
SOURCE = [line for n in range(300) for line in (f"    int turn{n}() {{", f"        return pump.at({n});", "    }")]


@pytest.mark.parametrize("lines", [LOG, TRACE, ALIKE], ids=["log", "trace", "alike"])
@pytest.mark.parametrize("limit", [1, 2, 3, 10, 200])
def test_a_fenced_log_keeps_head_and_tail_around_a_mark(lines: list[str], limit: int) -> None:
    text = "Look:\n\n" + "\n".join(["```", *lines, "```"]) + "\n\nWhy?"
    short = shorten(text, limit)
    body = short.removeprefix("Look:\n\n```\n").removesuffix("\n```\n\nWhy?").split("\n")
    mark = body.index(f"[… {len(lines) - limit + 1:,} lines left out …]")
    assert len(body) == limit
    assert body[:mark] == lines[:mark]
    assert body[mark + 1 :] == lines[len(lines) - (limit - mark - 1) :]


def test_a_bare_log_in_prose_is_cut_and_the_prose_is_not() -> None:
    prose = ["It stopped.", "", "I saw this:", ""]
    short = shorten("\n".join([*prose, *TRACE, "", "What now?"]), 20).split("\n")
    assert short[:5] == [*prose, TRACE[0]]
    assert short[-2:] == ["", "What now?"]
    assert sum("lines left out" in line for line in short) == 1
    assert len(short) == 20 + len(prose) + 1 + 2


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["```java", *SOURCE, "```"]),
        "\n".join(["```", *SOURCE, "```"]),
        "\n".join(["```sql", *(f"INSERT INTO pumps VALUES ({n});" for n in range(500)), "```"]),
        "\n".join(f"- point {n} of the list" for n in range(500)),
        "\n".join(f"| pump {n} | {n} |" for n in range(500)),
        "\n\n".join(f"Paragraph {n} says something." for n in range(500)),
        "\n".join(["```", *LOG[:200], "```"]),
        "A sentence of words. " * 5_000,
    ],
    ids=["java", "unnamed", "sql", "list", "table", "prose", "just short enough", "one line"],
)
def test_what_is_no_long_log_stays(text: str) -> None:
    assert shorten(text, 200) == text


@pytest.mark.parametrize("limit", [0, -1])
def test_without_a_limit_all_stays(limit: int) -> None:
    text = "\n".join(["```", *LOG, "x" * 50_000, "```"])
    assert shorten(text, limit) == text


def test_a_fence_that_never_closes_is_cut_too() -> None:
    assert shorten("\n".join(["```", *LOG]), 10).split("\n")[-1] == LOG[-1]
    assert len(shorten("\n".join(["```", *LOG]), 10).split("\n")) == 11


def test_an_endless_word_loses_its_middle() -> None:
    text = "See data:" + "QUJD" * 10_000 + " there"
    assert shorten(text, 200) == f"See data:{'QUJD' * 123}QUJ [… 39,005 characters left out …] {'QUJD' * 125} there"


@pytest.mark.parametrize(
    "line",
    [
        "2024-05-17T12:00:01.123Z lease lost",
        "[12:00:01] lease lost",
        "May 17 12:00:01 host kernel: lost",
        "\tat org.acme.Pump.turn(Pump.java:12)",
        "    at processStyle (/usr/lib/pump.js:12:3)",
        "Caused by: java.io.IOException: dry",
        "\t... 12 more",
        '  File "pump.py", line 12, in turn',
        "#1  0x00007fff in turn ()",
        "[ERROR] Failed to turn",
        "[INFO ] turned",
        "ERROR: pump.turn failed",
        "E/AndroidRuntime( 3251): dry",
        "npm WARN deprecated pump@1.0",
        "[javac] 1 error",
    ],
)
def test_lines_of_logs(line: str) -> None:
    assert is_log_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "It stops at noon (in May)",
        "ERROR messages should say what is wrong",
        "I get an ERROR when I start it",
        "INFO would be the better level here",
        "On 17 May it stopped for the second time at 12:00:01",
        "Version 1.12.3 of 2024 is fine",
        "int at = pump.at(12);",
        "# Heading",
        "- item",
    ],
)
def test_lines_of_people(line: str) -> None:
    assert not is_log_line(line)


def test_only_unnamed_code_is_a_log_because_its_lines_begin_alike() -> None:
    assert is_log(ALIKE)
    assert is_log(ALIKE, "text")
    assert not is_log(ALIKE, "python")
    assert not is_log([])


_LINES = st.sampled_from([*LOG[:3], *TRACE[:3], "words", "", "```", "~~~", "> ```", "x" * 12])


@given(st.lists(_LINES | st.text(max_size=5), max_size=60).map("\n".join), st.integers(1, 8))
def test_shortening_twice_changes_nothing_and_no_line_is_made_up(text: str, limit: int) -> None:
    once = shorten(text, limit)
    assert shorten(once, limit).count("\n") <= once.count("\n")
    assert {line for line in once.split("\n") if "left out" not in line} <= set(text.split("\n"))


@given(st.lists(_LINES | st.text(max_size=3), max_size=20).map("\n".join))
def test_blocks_lose_no_line(text: str) -> None:
    assert [line for _, lines in blocks(text) for line in lines] == text.split("\n")
