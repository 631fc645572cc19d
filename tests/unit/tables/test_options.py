"""What sites.toml may say of tables, and what is wrong with what it may not."""

from __future__ import annotations

import tomllib

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.sites import Site
from jira_crawler.tables.context import Flow
from jira_crawler.tables.options import flows, own_columns
from jira_crawler.tables.schemas import Column, schemas


def sites(text: str) -> list[Site]:
    return [Site(name, **table) for name, table in tomllib.loads(text).items()]


def test_custom_fields_become_columns_of_issues_with_a_type():
    found = own_columns(
        sites(
            """
            [mine]
            url = "https://jira.example.org"
            [mine.columns]
            story_points = { field = "customfield_10016", type = "number" }
            team = "customfield_7"
            status = { field = "customfield_8" }
            [other]
            url = "https://other.example.org"
            """
        )
    )
    assert [(own.field_id, own.column) for own in found["mine"]] == [
        ("customfield_8", Column("cf_status", "text")),
        ("customfield_10016", Column("story_points", "number")),
        ("customfield_7", Column("team", "text")),
    ]
    assert "other" not in found
    made = schemas([own.column for own in found["mine"]])
    assert made["issues"].columns[-3:] == ("cf_status", "story_points", "team")
    assert made["comments"].columns == schemas()["comments"].columns


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ('"Story Points" = "customfield_1"', "is no name of a column"),
        ('points = "Story Points"', "names no field, such as customfield_10016"),
        ("points = 5", "names no field"),
        (
            'points = { field = "customfield_1", type = "money" }',
            "is of one of the types text, number, time, flag, list",
        ),
        ("points = {}", "names no field"),
        ('status = "customfield_1"\ncf_status = "customfield_2"', "the column cf_status of mine is there twice"),
    ],
)
def test_a_column_that_is_none_is_one_sentence(columns, sentence):
    with pytest.raises(BadArgument, match=sentence):
        own_columns(sites(f'[mine]\nurl = "https://jira.example.org"\n[mine.columns]\n{columns}'))


def test_a_column_has_one_type_on_all_sites():
    text = '[{0}]\nurl = "https://{0}.example"\n[{0}.columns]\npoints = {{ field = "customfield_1", type = "{1}" }}\n'
    assert len(own_columns(sites(text.format("a", "number") + text.format("b", "number")))) == 2
    with pytest.raises(BadArgument, match="the column points is number on one site and text on b"):
        own_columns(sites(text.format("a", "number") + text.format("b", "text")))


def test_statuses_that_count_are_read_without_regard_to_case():
    text = '[mine]\nurl = "https://jira.example.org"\n[mine.flow]\nstarted = ["In Progress"]\n'
    assert flows(sites(text)) == {"mine": Flow(frozenset({"in progress"}), frozenset())}


@pytest.mark.parametrize("flow", ['started = "In Progress"', "done = [1]", 'begun = ["x"]'])
def test_statuses_that_are_no_list_of_names_are_one_sentence(flow):
    with pytest.raises(BadArgument, match="has started and done, lists of names of statuses"):
        flows(sites(f'[mine]\nurl = "https://jira.example.org"\n[mine.flow]\n{flow}'))
