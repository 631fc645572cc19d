"""Every command of ours looks through what it was given, and says in one sentence what is wrong: status 2, no more."""

from __future__ import annotations

import pytest

from tests.conftest import command


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (["verify", "-a", "projects=A1", "-s", "PAGE_SIZE=1e3"], {}, "PAGE_SIZE=1e3 is not a whole number"),
        (["verify", "A1"], {}, "Say what to verify with -a projects=KAFKA,SPARK"),
        (["verify", "-a", "projects=../etc"], {}, "is not a list of project keys"),
        (["crawl", "replay", "-s", "MIN_QUALITY=nan"], {}, "MIN_QUALITY=nan is not a number from 0 to 1."),
        (["crawl", "jira", "--projects", "A1"], {}, "There is no option --projects; scrapy crawl --help lists them."),
        (["crawl", "jira", "-a", "projects"], {}, "Invalid -a value, use -a NAME=VALUE"),
        (["crawl", "jira", "-L", "FOO"], {}, "LOG_LEVEL=FOO is not one of"),
        (["crawl", "jira", "--pidfile", "/nowhere/pid"], {}, "/nowhere/pid cannot be written"),
        (["export", "-s", "OUTPUT_DIR="], {}, "OUTPUT_DIR= is not the path of a folder."),
        (["stats"], {"STORE_URL": "sqlite://"}, "STORE_URL is not sqlite:///PATH"),
        (["merge", "-s", "LANGUAGES=klingon"], {}, "LANGUAGES=klingon is not codes of ar, bg"),
        (["merge", "-s", "COMIT_ISSUES=5"], {}, "There is no setting COMIT_ISSUES"),
        (["enqueue", "A1"], {"REDIS_URL": "localhost"}, "REDIS_URL is not redis://"),
        (["queue"], {"REDIS_URL": "http://me:sesame@h"}, "REDIS_URL is not redis://"),
        (["queue", "--all"], {}, "There is no option --all"),
        (["sandbox", "--projekts", "A1"], {}, "There is no option --projekts"),
        (["sandbox", "-s", "PAGE_SIZ=5"], {}, "There is no setting PAGE_SIZ; PAGE_SIZE is one."),
        (["demo", "-s", "LOG_FILE=/nowhere/x"], {}, "LOG_FILE=/nowhere/x is not"),
        (["demo", "\udcff"], {}, "\\udcff is not text in UTF-8."),
    ],
)
def test_each_command_says_it_in_one_sentence_that_names_it(arguments, env, said):
    done = command(*arguments, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    *log, sentence = done.stderr.splitlines()  # a spider's arguments are looked at by the spider, whose log is open
    assert sentence.startswith(f"scrapy {arguments[0]}: ")
    assert said in sentence
    assert not log or (arguments[0] == "verify" and log[0].endswith("(bot: jira_crawler)"))
    assert "sesame" not in done.stderr
