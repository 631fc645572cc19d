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
        ("Mobil: 0722.555.019, Fono: (56-2) 2555 0149", "Mobil: <PHONE>, Fono: <PHONE>"),
        ('c.setPhone("(555) 555-0166");', 'c.setPhone("<PHONE>");'),
        ("From=+14155550109&Body=STOP", "From=<PHONE>&Body=STOP"),
        ("<msisdn>34600555018</msisdn>", "<msisdn><PHONE></msisdn>"),
        ("Oracle says to call 1.800.555.0117 for it", "Oracle says to call <PHONE> for it"),
        ("код на номер 89261788871 не приходит", "код на номер <PHONE> не приходит"),
        ("Fon: ++49-4921-808-8181, numéro (0477/94.77.71)", "Fon: +<PHONE>, numéro (<PHONE>)"),
        ("<ns2:Mobile>0031612564020</ns2:Mobile>", "<ns2:Mobile><PHONE></ns2:Mobile>"),
        ("|Site|Tel.|\n|-|-|\n|Lyon|04 37 53 04 81|", "|Site|Tel.|\n|-|-|\n|Lyon|<PHONE>|"),
        ("Their number: 091 940 930. Ring", "Their number: <PHONE>. Ring"),
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
        "Office hours are 0900-1700 and 0900-17000",
        "Part number 030-23125-000, Commande n° 01-2014-5550-12, Ordernummer 070-2013-1740",
        "x=+3034997111",
        "Mobile data usage 1 048 576 kB",
        "Номер заявки 8-2014-005550, ИНН 7700000000",
        "номер 1577836800 и номер 1577836800000",
        "call at 10:12:33, 2019-02-01 12 30 took 12 345 ms",
        "call took 12 345 678 ns on node 4",
        "See item 12 345 678 of the list",
        "phone numbers like 555-1234",
    ],
)
def test_other_digits_in_groups_stay(text: str) -> None:
    assert redact(text) == (text, {})
