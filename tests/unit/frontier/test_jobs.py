"""Whatever stands in the list of jobs is read as jobs, or is said to be none in a sentence of bearable length."""

from __future__ import annotations

import pytest

from jira_crawler import sites
from jira_crawler.crawl.scope import Job
from jira_crawler.exceptions import BadArgument
from jira_crawler.frontier.jobs import Entry, read

URL = "https://jira.example.org"
NAME = sites.find(URL).name


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("KAFKA", [Job("KAFKA")]),
        (" kafka , SPARK,KAFKA\n", [Job("KAFKA"), Job("SPARK")]),
        (f"{URL}/projects/KAFKA", [Job("KAFKA", NAME)]),
        (f"{URL}/projects/KAFKA/issues/KAFKA-7?filter=all", [Job("KAFKA", NAME)]),
        (f"{URL}/browse/KAFKA-12", [Job("KAFKA", NAME)]),
        (f"{URL}/browse/kafka", [Job("KAFKA", NAME)]),
        ('{"projects": "A1,B2", "priority": -3}', [Job("A1", priority=-3), Job("B2", priority=-3)]),
        (f'{{"projects": "A1", "site": "{URL}/", "full": true}}', [Job("A1", NAME, full=True)]),
        ('{"projects": "A1", "site": "apache", "verify": "only"}', [Job("A1", "apache", verify="only")]),
    ],
)
def test_what_can_be_given(text, jobs):
    assert read(text) == jobs


def test_what_a_command_writes_is_read():
    import msgspec

    entry = Entry("A1", "apache", 5, True, "true")
    assert read(msgspec.json.encode(entry).decode()) == [Job("A1", "apache", 5, True, "true")]


def test_a_path_before_the_address_of_a_project_belongs_to_the_site():
    (job,) = read(f"{URL}/tracker/browse/KAFKA-12")
    assert job.site == sites.find(f"{URL}/tracker").name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        "KAFKA;SPARK",
        'A" OR project = "B',
        "\x00",
        "{",
        "{}",
        "[]",
        '{"projects": ""}',
        '{"projects": 7}',
        '{"projects": ["A1"]}',
        '{"projects": null}',
        '{"projects": "A1", "site": null}',
        '{"projects": "A1", "site": "nowhere"}',
        '{"projects": "A1", "site": "https://sesame:open@jira.example.org"}',
        '{"projects": "A1", "priority": "high"}',
        '{"projects": "A1", "priority": 1000001}',
        '{"projects": "A1", "priority": 1e400}',
        f'{{"projects": "A1", "priority": {10**40}}}',
        '{"projects": "A1", "verify": "perhaps"}',
        '{"projects": "A1", "verify": true}',
        '{"projects": "A1", "full": "true"}',
        '{"projects": "A1", "limit": 5}',
        '{"projects": "A1"} {"projects": "A2"}',
        '{"projects": ' + "[" * 100_000,
        f"{URL}/browse",
        f"{URL}/browse/",
        f"{URL}/dashboard",
        "ftp://jira.example.org/browse/A-1",
        "https:///browse/A-1",
        "https://jira.example.org:port/browse/A-1",
    ],
)
def test_what_says_nothing_is_refused(text):
    with pytest.raises(BadArgument) as refused:
        read(text)
    assert "open@" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "https://[::1/browse/A-1",
        "https://[x]/browse/A-1",
        "A\udcff",
        '{"projects": "A\udcff"}',
        "https://a\u2100b/browse/A-1",
    ],
)
def test_what_python_itself_stumbles_over_is_refused(text):
    with pytest.raises(BadArgument) as refused:
        read(text)
    assert str(refused.value).encode()  # a log can hold it


@pytest.mark.parametrize("text", ["x;" * 500_000, f"https://jira.example.org/browse/{'x;' * 500_000}-1"])
def test_the_sentence_about_a_huge_entry_is_short(text):
    with pytest.raises(BadArgument) as refused:
        read(text)
    assert len(str(refused.value)) < 1_000
