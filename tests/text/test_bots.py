from __future__ import annotations

import pytest

from jira_crawler.items import Person
from jira_crawler.text.bots import is_bot


@pytest.mark.parametrize(
    "name",
    [
        "ASF GitHub Bot",
        "githubbot",
        "Hadoop QA",
        "Hudson",
        "genericqa",
        "Tajo QA",
        "TezQA",
        "HiveQA",
        "ASF subversion and git services",
        "Commit Tag Bot",
        "dependabot[bot]",
        "release-bot",
        "our_bot",
        "BuildBot",
        " Jenkins ",
    ],
)
def test_programs(name: str) -> None:
    assert is_bot(Person(name=name))
    assert is_bot(Person(id=name, name="Somebody"))


@pytest.mark.parametrize("name", ["", "Ann Talbot", "abbot", "Bob Otto", "Kate Hudson", "Quentin A", "Botond", "IRAQA"])
def test_people(name: str) -> None:
    assert not is_bot(Person(id=name, name=name))


def test_nobody() -> None:
    assert not is_bot(None)
