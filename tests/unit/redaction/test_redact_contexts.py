"""Secrets in the surroundings they come in: lists of arguments, bold words, tags in tags, escaped URLs, cut keys."""

from __future__ import annotations

import pytest

from jira_crawler.redaction.redact import redact


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("*Password:* Oak7tree", "*Password:* <PASSWORD>"),
        ("<b>Password:</b> Oak7tree", "<b>Password:</b> <PASSWORD>"),
        ('<property name="passwd"><value>oak7</value>', '<property name="passwd"><value><PASSWORD></value>'),
        ("<arg>--password</arg><arg>oak7</arg>", "<arg>--password</arg><arg><PASSWORD></arg>"),
        (
            "Executing: [ipmitool, -U, ann, -P, Oak7tree, power]",
            "Executing: [ipmitool, -U, ann, -P, <PASSWORD>, power]",
        ),
        ("db1:5432:all:ann:Oak7tree is my .pgpass", "db1:5432:all:ann:<PASSWORD> is my .pgpass"),
        ('the password is "hqRSHZtGUEKHpXQ"', 'the password is "<PASSWORD>"'),
        (r'"wss:\/\/ann:Oak7tree@node:8443\/ws"', r'"wss:\/\/<CREDENTIALS>@node:8443\/ws"'),
        ("u=https%3A%2F%2Fann%3Aoak7tree%40h%2Fx", "u=https%3A%2F%2F<CREDENTIALS>%40h%2Fx"),
        ("ann:Oak7tree@tcp(db:3306)/x", "<CREDENTIALS>@tcp(db:3306)/x"),
        ("/bot1234567890:AAabcdefghijklmnopqrstuvwxyz0123456/x", "/bot<KEY>/x"),
        ("IP 10.0.0.1.5555 > 93.184.216.34.443: Flags", "IP 10.0.0.1.5555 > <IP>.443: Flags"),
        ("BP-52680-93.184.216.34-1411980876842", "BP-52680-<IP>-1411980876842"),
        ("ann.b _at_ oak _dot_ org", "<EMAIL>"),
        ("file:/C:/Documents%20and%20Settings/annb/x", "file:/C:/Documents%20and%20Settings/<USER>/x"),
        ("file:///c%3A/Users/annb/x.ts", "file:///c%3A/Users/<USER>/x.ts"),
        ("/tmp/hsperfdata_annb/12", "/tmp/hsperfdata_<USER>/12"),
        ("MIIEpAIBAAKCAQEA" + "q7Zp2LmX" * 12, "<PRIVATE_KEY>"),
    ],
)
def test_secrets_go(text: str, safe: str) -> None:
    assert redact(text)[0] == safe


@pytest.mark.parametrize(
    "text",
    [
        "mysql -u root -p inventory",
        "curl -u username:password http://localhost/",
        "https://user:password@host/path",
        "password: !vault |",
        "'Acme.Core, Version=2.2.12.20, PublicKeyToken=b77a5c561934e089'",
        "nextToken=b77a5c561934e089b77a5c",
        "GET /home/index.html HTTP/1.1",
        "s3a://bucket/home/tables/2024",
        "| auth.password | (none) | of the store |",
        "inet6 addr:fe80:f8b0:843b:408f:4fb7:c70c:4bcc:d55/64",
        'the password is "LoginPageTest"',
    ],
)
def test_what_only_looks_so_stays(text: str) -> None:
    assert redact(text) == (text, {})
