"""The embedded Jira for tests: its issues are made up once for all, and each test has copies of them."""

from __future__ import annotations

from copy import copy, deepcopy
from functools import cache
from typing import Any

from fake_jira.data.corpus import Corpus
from fake_jira.options import Options
from fake_jira.server.assembly import assemble, gather
from fake_jira.server.jira import Jira

# Of all that is chosen, what makes issues. How long a service desk has waited is told by a clock.
MAKES = ("issues", "seed", "projects", "dialect", "file_bytes", "service_desk")


def assembled(options: Options, base: str) -> Jira:
    """Assembles a Jira that shares nothing that may change with another one."""
    if options.data:  # files may be others by now
        return assemble(options, base)
    moment = options.clock() if options.service_desk else 0.0
    model = _made(base, moment, *(getattr(options, name) for name in MAKES))
    copies = map(copy, model.by_id.values())
    return assemble(options, base, Corpus(copies, deepcopy(model.vocabulary), dict(model.moved)))


@cache
def _made(base: str, moment: float, *chosen: Any) -> Corpus:
    return gather(Options(clock=lambda: moment, **dict(zip(MAKES, chosen, strict=True))), base)
