"""Telephone numbers become `<PHONE>`; versions, ids, dates and the numbers of logs stay."""

import pytest

from jira_crawler.redaction.redact import redact
from tests.unit.effort import MOST, of_size, relative_cost

NUMBERS = {
    "+44 (0) 7808 123456": "<PHONE>",
    "Call +49 30 1234 5678 now": "Call <PHONE> now",
    "(479) 575-0142": "<PHONE>",
    "515/779-0142.": "<PHONE>.",
    "1-800-555-0142": "<PHONE>",
    "+1 (479) 575-0142": "<PHONE>",
    "Tel.: 030 / 12345678": "Tel.: <PHONE>",
    "Phone: 479 575 0142": "Phone: <PHONE>",
    "Ann Lee\nT: +1 479 575 0142\nM: 479.575.0142": "Ann Lee\nT: <PHONE>\nM: <PHONE>",
    "reach me at 4795750142": "reach me at <PHONE>",
    "**Mobile:** +919876543210": "**Mobile:** <PHONE>",
    "Failed to send SMS to +15125550147: timeout": "Failed to send SMS to <PHONE>: timeout",
    "Tél. 01.42.68.53.00": "Tél. <PHONE>",
    "моб. 8 916 123 45 67": "моб. <PHONE>",
    "手机：138 1234 5678": "手机：<PHONE>",
    '{"phone":"5125550147"}': '{"phone":"<PHONE>"}',
    "<a href='tel:5125550147'>": "<a href='tel:<PHONE>'>",
    "| Name | Phone |\n|---|---|\n| Ann | 5125550147 |": "| Name | Phone |\n|---|---|\n| Ann | <PHONE> |",
    "||Name||Mobile||\n|Ann|0491 570 156|": "||Name||Mobile||\n|Ann|<PHONE>|",
}
OTHERS = (
    *("Windows Phone 8.1.14219.341", "phone 7.8.8858", "mobile 2.3.4.5678", "iPhone 6 10.3.3.14"),
    *("@@ -274,7 +274,7 @@", "2016-07-22 12:34", "+0000", "+02:00", "13:05:23 +0100 2012", "22/07/2016-1234"),
    *("build 123-456-7890-12", "pid 2345-678-9012", "call 1234567 times", "at +12 345 678 ns", "+1 000 000 000"),
    *("x/479-575-0142", "a479-575-0142", "479-575-0142.zip", "issue?id=479-575-0142", "tel: 123", "fax 2016-07-22"),
    *("12345678-1234-1234-1234-123456789012", "10.17.1.0", "+1 for 234 567 8901", "f(12345678)", "phone: 0000000000"),
    *(
        "+415 555 267 lines",
        "D: 20210304",
        "Windows Phone 10 10.0.15254.603",
        "+40.7128 -74.0060",
        "cell: 1234567 rows",
    ),
)


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_are_marked(text):
    safe, counts = redact(text)
    assert (safe, set(counts)) == (NUMBERS[text], {"phone"})
    assert redact(safe) == (safe, {})


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_stay(text):
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    "piece",
    ["+1 ", "1-", "(479) ", "479-575-", "phone: ", "T: +1", "call me ", "1 2", "| Phone |\n", "tel:1", 'phone="1'],
)
def test_takes_linear_time(piece):
    assert relative_cost(lambda: redact(of_size(piece))) < MOST
