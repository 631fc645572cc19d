"""A log is asked about only where somebody told what was behind it, without guessing, and the issue was solved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from jira_crawler.items import Change, Issue, Person
from jira_crawler.tasks import root_cause
from tests.unit.tasks.conftest import NOON

Make = Callable[..., Issue]

LOG = """```
2024-05-17 12:00:01 ERROR Broker - lease not released
2024-05-17 12:00:02 ERROR Broker - giving up
java.lang.IllegalStateException: no session
\tat org.example.Broker.start(Broker.java:12)
\tat org.example.Main.main(Main.java:7)
```"""
REPORT = f"After a restart I see this:\n\n{LOG}\n\nWhat can I do?"
CAUSE = "The problem is that the session outlives the restart, so the old lease is still held by a dead broker."
OTHER = "This is caused by the heartbeat, which the new kernel delays for longer than the lease lasts."


def asked(make: Make, *said: tuple[str, str], description: str = REPORT, **more: object) -> list[tuple[str, str]]:
    issue = make(**{"description": description, "comments": said, "resolution": "Fixed"} | more)
    return [(each.input, each.output) for each in root_cause.examples(issue)]


def test_a_log_is_shown_alone_and_the_paragraph_of_the_cause_is_the_answer(make: Make) -> None:
    said = f"Thanks for the log.\n\n{CAUSE}\n\nI will push a patch tomorrow."
    assert asked(make, (said, "user_1")) == [(f"# The pump fails\n\n{LOG}", CAUSE)]


def test_who_resolved_the_issue_is_believed_first_and_then_the_last_one(make: Make) -> None:
    said = ((CAUSE, "user_1"), (OTHER, "user_2"))
    assert [cause for _, cause in asked(make, *said)] == [OTHER]
    change = Change(
        id="1", field="resolution", after="Fixed", author=Person("user_1", "user_1"), created=NOON + timedelta(hours=1)
    )
    assert [cause for _, cause in asked(make, *said, changes=(change,))] == [CAUSE]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(((f"Maybe {CAUSE}", "user_1"),), id="a guess"),
        pytest.param(
            (("Is it that the problem is that the session outlives the restart here?", "user_1"),), id="a question"
        ),
        pytest.param(((CAUSE, "user_0"),), id="by the reporter"),
        pytest.param((("Fixed in trunk, please test the next snapshot of the broker.", "user_1"),), id="no cause"),
        pytest.param((("The root cause is the session.", "user_1"),), id="too few words"),
        pytest.param(((f"> {CAUSE}\n\nAgreed with all that.", "user_1"),), id="quoted"),
        pytest.param(((f"```\n{CAUSE}\n```\nsee above for the whole of it", "user_1"),), id="in code"),
        pytest.param(((f"{CAUSE} {'so ' * 900}", "user_1"),), id="endless"),
        pytest.param((), id="nobody"),
        pytest.param((("🎉", "user_1"),), id="an emoji"),
    ],
)
def test_without_a_told_cause_nothing_is_asked(make: Make, said: tuple[tuple[str, str], ...]) -> None:
    assert asked(make, *said) == []


@pytest.mark.parametrize("resolution", ["", "Won't Fix", "Incomplete", "Cannot Reproduce", "Duplicate", "Not Fixed"])
def test_an_issue_that_was_not_solved_has_no_cause(make: Make, resolution: str) -> None:
    assert asked(make, (CAUSE, "user_1"), resolution=resolution) == []


@pytest.mark.parametrize(
    "description",
    ["No log at all.", "```java\nint a = 1;\nint b = 2;\nint c = 3;\n```", "```\nERROR one line\n```", "🎉", ""],
)
def test_a_report_without_a_log_is_not_asked_about(make: Make, description: str) -> None:
    assert asked(make, (CAUSE, "user_1"), description=description) == []


def test_a_long_log_is_cut_to_the_limit_of_every_input(make: Make) -> None:
    long = LOG.replace(
        "\tat org.example.Main", "\tat org.example.Main.step(Main.java:1)\n" * 2_000 + "\tat org.example.Main"
    )
    ((shown, _),) = asked(make, (CAUSE, "user_1"), description=long)
    assert len(shown) <= 24_000
    assert "characters left out …]" in shown
