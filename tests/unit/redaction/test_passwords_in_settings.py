"""Passwords with blanks, in braces, below their word, hashed, escaped, and PINs become `<PASSWORD>`."""

import pytest

from jira_crawler.redaction.redact import redact
from tests.unit.effort import MOST, of_size, relative_cost

FOUND = {
    "export PGPASSWORD='pg pass 12'": "export PGPASSWORD='<PASSWORD>'",
    'The admin password is "let me in 42".': 'The admin password is "<PASSWORD>".',
    "Driver=x;PWD={p@ss;w0rd};Uid=ann": "Driver=x;PWD={<PASSWORD>};Uid=ann",
    "Password: {{m0no!Space}}": "Password: {{<PASSWORD>}}",
    "password: |\n  multiL1ne": "password: |\n  <PASSWORD>",
    "bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=": "bob:{SHA}<PASSWORD>",
    "password%3DurlEnc0ded%26user%3Dbob": "password%3D<PASSWORD>%26user%3Dbob",
    'variable "db_password" {\n  default = "tfDefault9"\n}': 'variable "db_password" {\n  default = "<PASSWORD>"\n}',
    "PIN: 4711": "PIN: <PASSWORD>",
    "password=tr0ub4dor&3": "password=<PASSWORD>",
    "machine x login ann password swordfish": "machine x login ann password <PASSWORD>",
    "The root password is `swordfish`": "The root password is `<PASSWORD>`",
}
OTHERS = (
    *('password="Please enter 8 characters"', 'error.password="Password needs 1 digit & 1 sign"', "PIN 13 is high"),
    *("password={password}", "password: {{db_password}}", "the problem identified by Martin Lee", "PIN: 12"),
    *('my password is "valid" according to the form', "the default password is `null`", "password=login(ann, x)"),
)


@pytest.mark.parametrize("text", FOUND)
def test_passwords_are_marked(text):
    assert redact(text) == (FOUND[text], {"password": 1})
    assert redact(FOUND[text]) == (FOUND[text], {})


@pytest.mark.parametrize("text", OTHERS)
def test_what_a_form_or_code_says_stays(text):
    assert redact(text) == (text, {})


@pytest.mark.parametrize(
    "piece", ["password is 'a ", "password=a&", "pwd={ab} ", "PIN for ", 'variable "password" {', "pw: (a"]
)
def test_takes_linear_time(piece):
    assert relative_cost(lambda: redact(of_size(piece))) < MOST
