"""What the sandbox wrote as wiki markup is shown as the HTML of the same blocks, and anything else does no harm."""

from __future__ import annotations

from random import Random

import pytest

from fake_jira.data import adf, html, wiki
from fake_jira.data.prose import Writer
from fake_jira.pages.bodies import blocks, rendered
from tests.unit.effort import MOST, of_size, relative_cost


@pytest.mark.parametrize("seed", range(100))
def test_the_html_is_that_of_the_blocks(seed):
    writer = Writer(Random(seed))
    for made in (writer.description(), writer.comment()):
        assert rendered(wiki.write(made)) == html.write(made)


def test_what_a_recording_may_hold():
    assert rendered("one\r\ntwo <b>") == "<p>one<br/>\ntwo &lt;b&gt;</p>"
    assert rendered('{code:title="><i>}\nx\n{code}').startswith('<div class="code panel"')
    assert "<i>" not in rendered('{code:title="><i>}\nx\n{code} [~"><i>] h1. <i> [<i>|"><i>]')
    assert rendered("{quote}\nnever closed") == "<p>{quote}<br/>\nnever closed</p>"
    assert "never written" in rendered(adf.write(blocks("never written")))
    assert rendered(None) == rendered("") == ""


@pytest.mark.parametrize(
    "text",
    ["{quote}\n", "{code:java}\n", "[", "{{", "*a ", "\n"],
    ids=lambda text: (text * 8)[:8].strip(),
)
def test_hostile_texts_take_no_longer(text):
    assert relative_cost(lambda: rendered(of_size(text))) < MOST
