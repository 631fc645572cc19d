"""Numbers of whole countries' shapes go where their line speaks of telephones; all other digits in groups stay."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.redact import redact


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Merci de le rappeler au 06.12.34.56.78 demain", "Merci de le rappeler au <PHONE> demain"),
        ("Support (0141-496-0310) opens the door", "Support (<PHONE>) opens the door"),
        ("Fax line: 020 7946 0999. Nothing else", "Fax line: <PHONE>. Nothing else"),
        ("Teléfono de guardia: 91 555 01 23 (Madrid)", "Teléfono de guardia: <PHONE> (Madrid)"),
        ("Телефон дежурного 8(343)555-01-02.", "Телефон дежурного <PHONE>."),
        ("香港辦事處電話 (852) 5550 9876，請", "香港辦事處電話 <PHONE>，請"),
        ("ask her, or call him back at 312 555 0197 tonight", "ask her, or call him back at <PHONE> tonight"),
        ('"Roe, Jo";"Hauptstr. 5";"089-99998 456"', '"Roe, Jo";"Hauptstr. 5";"<PHONE>"'),
        ("090-1234-5678 までお願いします", "<PHONE> までお願いします"),
    ],
)
def test_numbers_go_by_what_their_line_says(text: str, safe: str) -> None:
    assert redact(text) == (safe, {"phone": safe.count("<PHONE>")})


@pytest.mark.parametrize(
    "text",
    [
        "chmod 0755 0644 0600 on the cell phone",
        "a: 48 8b 05 00 00 00 00 mov",
        "The phone storage shows 31 234 567 168 bytes",
        "Mobile build 4.12.3 (41203155) crashes",
        "bins 010-020-030-040 of cell 7",
        "SSN 078-05-1120",
        "call at 10:12:33, 2019-02-01 12 30 took 12 345 ms",
        "call took 12 345 678 ns on node 4",
        "See item 12 345 678 of the list",
        "phone numbers like 555-1234 or +1 555 555-1234",
    ],
)
def test_other_digits_in_groups_stay(text: str) -> None:
    assert redact(text) == (text, {})
