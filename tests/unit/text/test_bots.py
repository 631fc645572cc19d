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
        "github-actions[bot]",
        "release-bot",
        "our_bot",
        "BuildBot",
        " Jenkins ",
        "Automation for Jira",
        "Build Robot",
        "Jenkins CI",
        "jenkins-server",
        "WildFly Build Bot",
        "GitHub Integration",
        "svn-role",
        "svn_commits",
        "jiraposter@reviews.example.org",
        "builds@acme.example",
        "no-reply@acme.example",
        "Pump Service Account",
    ],
)
def test_programs(name: str) -> None:
    assert is_bot(Person(name=name))
    assert is_bot(Person(id=name, name="Somebody"))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Ann Talbot",
        "abbot",
        "Bob Otto",
        "Botond",
        "Ann Robotham",
        "annrobot",
        "Kate Hudson",
        "Ann Jenkins",
        "jenkinsa",
        "Travis Lee",
        "Quentin A",
        "Li Qa",
        "IRAQA",
        "Tom Build",
        "Ann CI",
        "Git Commitson",
        "ann@builds.example",
        "Servicio Account",
        "user_0",
    ],
)
def test_people(name: str) -> None:
    assert not is_bot(Person(id=name, name=name))


def test_nobody() -> None:
    assert not is_bot(None)
