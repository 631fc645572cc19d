"""Megabytes of what is made to be slow: pure, but too much work for tests that are run after every edit."""

from __future__ import annotations

from collections import Counter

import pytest

from jira_crawler.converters import to_markdown
from jira_crawler.items import Person
from jira_crawler.redaction.people import People
from jira_crawler.redaction.redact import redact
from tests.unit.effort import MEGABYTE, MOST, of_size, relative_cost

BASE64_LINE = "MIIB" * 16
PEOPLE = (
    Person("aleeson", "Ann-Marie Leeson"),
    Person("JIRAUSER300007", "Müllerson, Jörg"),
    Person("mgrant", "Mark Grant"),
    Person("5b10ac8d82e05b22cc7d4ef5", "张伟"),
    Person("githubbot", "ASF GitHub Bot"),
)


@pytest.mark.parametrize(
    "unit",
    [
        *("a", "@", "a@", ".", "1234567890", "aZ09+/", "a.", "@a.", "a@a.com", "://", "://a:", "s3://a:", "a1="),
        *("password=", "password:", "password ", "-password", "setPassword", "pwd", "password</name>", "setPassword("),
        *(
            "eyJ",
            "eyJaaaaaaaa.",
            "xoxb-",
            "token=",
            "token=a",
            "token: a1",
            "secret_access_",
            "authorization:",
            "bearer ",
        ),
        *("SG.", "SG.aaaaaaaaaaaaaaaa.", "sk-a", "sk-", "AKIA", "-", "-----BEGIN PRIVATE KEY-----"),
        *("-----BEGIN PRIVATE KEY-----" + BASE64_LINE, "-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----"),
        *(
            "54.12.33.7 ",
            "1.",
            "54.",
            "2a00:",
            ":a",
            "-1-1",
            "ec2-1-",
            "/home/",
            "/home/a",
            "C:\\\\Users\\\\a ",
            "~ann/",
            "~a",
        ),
        *(
            " at a dot b",
            " dot ",
            "(at)",
            "a%40",
            "password is ",
            "password a ",
            "user/password: a/",
            "login a/",
            "secret=",
        ),
        *("mysql -p", "mysql ", "curl -u a:", "echo a | sudo -S ", "| password | a |\n", "|", "insert into a (", "sk-"),
        *("api key ", "cookie: a=", "Digest ", "gh", "1//0", "eyJ-", "s.", "A" * 24 + ".", "hdfs dfs ", "$6$", "a:*:"),
    ],
)
def test_a_megabyte_is_redacted_in_little_time(unit: str) -> None:
    text = of_size(unit, MEGABYTE)
    assert relative_cost(lambda: redact(text), MEGABYTE) < MOST


@pytest.mark.parametrize("unit", ["Leeson ", "leeson", "a", "`", "```\n", "mark ", "@aleeson", "J. ", "Ann-Marie "])
def test_people_are_taken_out_of_a_megabyte_in_little_time(unit: str) -> None:
    text = of_size(unit, MEGABYTE)
    assert relative_cost(lambda: People(PEOPLE, text).redact(text, Counter()), MEGABYTE) < MOST


@pytest.mark.parametrize("markup", ["wiki", "html", "adf", "markdown"])
@pytest.mark.parametrize(
    "line", ["\tat org.example.Some.method(Some.java:12)\n", "word *bold* [x] {id} <i>a</i> - b\n"]
)
def test_a_megabyte_is_converted_in_little_time(line, markup):
    assert relative_cost(lambda: to_markdown(of_size(line, MEGABYTE), markup), MEGABYTE) < MOST
