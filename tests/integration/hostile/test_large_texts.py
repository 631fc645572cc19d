"""Large texts and thousands of what is made to be slow: pure, but too much for tests that are run after every edit."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from jira_crawler.converters import to_markdown
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.jobs import read
from jira_crawler.items import Person
from jira_crawler.redaction.people import People
from jira_crawler.redaction.redact import redact
from jira_crawler.text.boilerplate import strip_boilerplate, without_boilerplate
from jira_crawler.text.clusters import clusters
from jira_crawler.text.logs import shorten
from jira_crawler.text.minhash import minhash
from jira_crawler.text.normalise import normalise
from jira_crawler.trackers.jira_html.activity import fragments
from tests.unit.effort import LARGE, MOST, SIZE, of_size, relative_cost
from tests.unit.text.test_clusters import text as words_of

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
def test_a_large_text_is_redacted_in_little_time(unit: str) -> None:
    text = of_size(unit, LARGE)
    assert relative_cost(lambda: redact(text), LARGE) < MOST


@pytest.mark.parametrize("unit", ["Leeson ", "leeson", "a", "`", "```\n", "mark ", "@aleeson", "J. ", "Ann-Marie "])
def test_people_are_taken_out_of_a_large_text_in_little_time(unit: str) -> None:
    text = of_size(unit, LARGE)
    assert relative_cost(lambda: People(PEOPLE, text).redact(text, Counter()), LARGE) < MOST


@pytest.mark.parametrize("markup", ["wiki", "html", "adf", "markdown"])
@pytest.mark.parametrize(
    "line", ["\tat org.example.Some.method(Some.java:12)\n", "word *bold* [x] {id} <i>a</i> - b\n"]
)
def test_a_large_text_is_converted_in_little_time(line, markup):
    assert relative_cost(lambda: to_markdown(of_size(line, LARGE), markup), LARGE) < MOST


@pytest.mark.parametrize(
    "unit",
    [
        "On 1 wrote:\n",
        "From: x\nTo: y\nDate: z\n",
        "Commit abcdef1 in x\n",
        "\n--\nAnn",
        "Sending a\n",
        "x #1 (See ",
        "```\n",
    ],
)
def test_boilerplate_is_found_in_a_large_text_in_little_time(unit: str) -> None:
    every = "Integrated in ommit wrote: onfidential| Vote ub user Transmitting file data\n"
    text = every + of_size(unit, LARGE) + every
    assert relative_cost(lambda: (strip_boilerplate(text), without_boilerplate(text)), LARGE) < MOST


@pytest.mark.parametrize(
    "unit", [" \n", "\n", "`", "```\n", "> ", "\x1b[0", "\u200d", "e\u0301", "\r", "a" * 99 + " \n"]
)
def test_a_large_text_is_tidied_in_little_time(unit: str) -> None:
    text = "é" + of_size(unit, LARGE)
    assert relative_cost(lambda: normalise(text), LARGE) < MOST


@pytest.mark.parametrize(
    "unit", ["\n", "\t", "12:", "at a", "[INFO] x\n", "1 0x", '"a" ', "```\nat a(\n", "[", " " * 9 + "x"]
)
def test_a_large_text_is_shortened_in_little_time(unit: str) -> None:
    text = of_size(unit, LARGE) + "\n" * 300
    assert relative_cost(lambda: shorten(text, 200), LARGE) < MOST


@pytest.mark.parametrize(
    "script",
    ['"' + '\\"' * SIZE, '"\\"' * SIZE, "'" + "\\" * SIZE, "\"'" * SIZE, '{"' * SIZE, '"a' * SIZE],
    ids=lambda script: script[:4],
)
def test_a_large_text_of_quotes_is_read_in_one_pass(script):
    texts = (script, script + "activity-comment", "activity-comment" + script, '"issue_actions_container<' + script)
    assert relative_cost(lambda: [list(fragments(text)) for text in texts]) < MOST


def test_a_large_text_of_no_jobs_is_refused_in_little_time():
    def refused(text: str) -> None:
        with pytest.raises(BadArgument):
            read(text)

    for text in ("{" * 1_000_000, json.dumps({"projects": "é" * 500_000}), "/" * 1_000_000 + "://"):
        assert relative_cost(lambda text=text: refused(text), 1_000_000) < MOST


def test_a_million_projects_are_no_job():
    with pytest.raises(BadArgument):
        read(",".join(f"A{n}" for n in range(1_000_000)))


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "password?\n",
            "password?\na ",
            "pw for a ",
            "enter a1 in the password ",
            "пароль для a ",
            "mysql \\\n",
            "a.bc",
        ),
        *('"password", ', "'password'),", "#define PASS ", "ConvertTo-SecureString -A ", "htpasswd -b ", "pass of a/"),
    ],
)
def test_what_looks_like_passwords_without_end_takes_linear_time(unit: str) -> None:
    assert relative_cost(lambda: redact("password: " + of_size(unit))) < MOST


@pytest.mark.parametrize("line", ["q7Zp2LmX" * 8 + "\n", "MIIAAAIBAAKB", "password</b>:<b>"])
def test_keys_and_tags_without_end_take_linear_time(line: str) -> None:
    assert relative_cost(lambda: redact(of_size(line) + "---- END PRIVATE KEY")) < MOST


def test_thousands_of_the_same_and_of_a_kind_take_no_time():
    same = [minhash(" ".join([*words_of(1), f"number{n}"])) for n in range(5_000)]
    assert clusters(same) == [0] * 5_000
    form = " ".join(words_of(2, 60))
    alike = [minhash(" ".join([form, *words_of(n)])) for n in range(1_000)]
    assert clusters(alike) == list(range(1_000))
