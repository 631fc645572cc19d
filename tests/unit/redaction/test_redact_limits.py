"""What holds for redaction whatever the text: it is done once, and no hint hides a find."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.redaction.redact import RULES, redact, redact_batch, rules_for
from tests.unit.text.probes import KINDS, probes

A36, A40 = "a1B2" * 9, "a1B2" * 10
BASE64_LINE = "MIIB" * 16

_PIECES = st.sampled_from(
    [
        *("a", "b1", "12", "@", ".", ":", "://", "/", "=", "-", "_", ",", ";", "'", '"', "<", ">", "(", ")", "%", "\\"),
        *(" ", "\n", "http://", "s3n://", "git", "host.com", ".org", "x@y.zz", "token=", "secret.key=", "*****"),
        *("password", "pwd=", "--password", "setPassword(", "</password>", "</name>", "<value>", "Bearer ", "eyJ"),
        *("Authorization:", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", BASE64_LINE, A40),
        *(
            "AKIA" + "ABCD1234" * 2,
            "ghp" + "_" + A36,
            "54.12.33.7",
            "/home/ann/",
            "C:\\\\Users\\\\",
            " at ",
            " dot ",
            "org",
        ),
        *("password is ", "user/password: ", "mysql -p", "curl -u ", "| password |", " ", "hunter2", "Cookie: sid="),
    ]
)


@given(st.lists(_PIECES | st.text(max_size=2), max_size=30).map("".join))
def test_redacting_twice_changes_nothing(text: str) -> None:
    once, _ = redact(text)
    assert redact(once) == (once, {})


@pytest.mark.parametrize("kind", [*KINDS, "negative"])
def test_a_rule_that_is_not_hinted_at_finds_nothing(kind: str) -> None:
    for probe in probes("tuning", kind):
        text = probe["text"]
        for rule in set(RULES) - set(rules_for(text)):
            assert rule.redact(text, Counter()) == text


def test_texts_are_redacted_together_and_told_apart() -> None:
    texts = ["password=hunter", "ann@example.org", "", "-----BEGIN PRIVATE KEY-----", BASE64_LINE]
    safe, counts = redact_batch(texts, redact)
    assert safe == ["password=<PASSWORD>", "<EMAIL>", "", "-----BEGIN PRIVATE KEY-----", BASE64_LINE]
    assert counts == {"password": 1, "email": 1}


def test_a_text_with_a_nul_is_redacted_alone() -> None:
    assert redact_batch(["a\n\0\nb", "ann@example.org"], redact) == (["a\n\0\nb", "<EMAIL>"], {"email": 1})


def test_what_would_run_from_one_text_into_the_next_is_done_apart() -> None:
    def glue(text: str) -> tuple[str, Counter[str]]:
        return text.replace("\n\0\n", ""), Counter(calls=1)

    assert redact_batch(["a", "b"], glue) == (["a", "b"], {"calls": 2})
