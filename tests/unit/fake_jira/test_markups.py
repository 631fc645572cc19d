"""What the embedded Jira writes says the same in each markup, and reads the same as Markdown."""

from __future__ import annotations

import json
import re
from random import Random

import pytest

from fake_jira.data import adf, html, wiki
from fake_jira.data.prose import Writer
from jira_crawler.converters import to_markdown

MENTION = re.compile(r"@[\w .-]*?(?=:)")  # by login, by full name or by account, as the markup has it
INFO = "> **Info**\n>\n"  # ADF has no panel without a type


@pytest.mark.parametrize("seed", range(150))
def test_three_markups_of_one_text_become_one_markdown(seed):
    blocks = Writer(Random(seed)).description()
    made = {
        "wiki": to_markdown(wiki.write(blocks), "wiki"),
        "html": to_markdown(html.write(blocks), "html"),
        "adf": to_markdown(json.dumps(adf.write(blocks)), "adf"),
    }
    assert len({MENTION.sub("@someone", text.replace(INFO, "")) for text in made.values()}) == 1
