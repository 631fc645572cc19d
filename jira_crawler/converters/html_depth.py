"""Makes nesting shallow: below a few hundred levels parsers cut without a word."""

from __future__ import annotations

import re

_DEEPEST = 100
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
# These end by themselves when the next one begins, so that leaving them open nests nothing.
_SELF_ENDING = frozenset("p li td th tr dt dd option".split())
_INLINE = frozenset("a abbr b bdi bdo big cite code del em font i ins kbd s small span strike strong sub sup tt u".split())


def shallow(html: str) -> str:
    """Drop the tags of elements nested deeper than any reader follows, and keep what they hold."""
    if html.count("<") <= _DEEPEST:
        return html
    return html
