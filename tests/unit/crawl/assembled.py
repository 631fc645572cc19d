"""The embedded Jira for tests of crawls: its issues are made up once, and each test has copies of them."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import replace
from functools import cache

from fake_jira.data.corpus import Corpus
from fake_jira.options import Options
from fake_jira.server.assembly import assemble
from fake_jira.server.jira import Jira

PLAIN = Options()
# What is chosen about answers, and of which no issue is another one.
ANSWERS = ("faults", "persistent_faults", "pages", "page_comments", "comments_shown", "rest_closed")


def assembled(options: Options, base: str) -> Jira:
    """Assembles a Jira that shares nothing that may change with another one."""
    model = _made(replace(options, **{name: getattr(PLAIN, name) for name in ANSWERS}), base)
    corpus = Corpus(map(copy, model.corpus.by_id.values()), deepcopy(model.corpus.vocabulary), dict(model.corpus.moved))
    corpus.hidden = model.corpus.hidden
    return type(model)(corpus, model.profile)


@cache
def _made(options: Options, base: str) -> Jira:
    return assemble(options, base)
