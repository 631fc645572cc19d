"""What a card says of people and rights: where texts are from, under what, what was taken out, and who can leave."""

from __future__ import annotations

from jira_crawler import sites
from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.markdown import table
from jira_crawler.exports.precision import NAMES, NUMBERS, REAL, SEALED
from jira_crawler.exports.result import ExportResult

_UNKNOWN = "not known: ask the tracker"


def licence(result: ExportResult) -> str:
    """Licence and terms of each site, as far as sites.toml knows them."""
    rows = [(name, *_terms(address)) for name, address in sorted(result.sites.items())]
    return f"""## Licence

`other`: the texts belong to the people who wrote them, and the terms of the trackers named above apply. Read them
before you publish this dataset or a model trained on it. Nothing here grants rights to these texts.

{table(("site", "licence", "terms"), rows)}"""


def leaving(result: ExportResult) -> str:
    """How a person asks to be left out, and what happens then."""
    contact = result.options.contact
    to = f"Write to {contact}" if contact else "Write to whoever published this dataset"
    return f"""## Being left out

Nobody is named in this dataset who is named by a field of an issue: people are numbers within it. Who finds texts of
their own here and does not want that: {to}, with the keys of the issues (`issue_key`).

`scrapy forget` then takes these out of store, feeds and tables, and keeps them from coming back; the dataset has to be
exported and published anew, and copies of this one deleted. It does not take an issue out of its tracker, nor out of a
model that was trained before."""


def redaction(result: ExportResult) -> str:
    """What marks stand in the texts, and how well secrets and people are found."""
    rows = [(f"`<{mark}>`", number) for mark, number in sorted(result.marks.items())]
    found = table(("mark", "times"), rows) if rows else "There is none."
    made_up, real = (
        [(kind, of, f"{recall:.3f}", f"{precision:.3f}") for kind, of, recall, precision in each]
        for each in (SEALED, REAL)
    )
    return f"""## Redaction

Marks that stand in the exported texts in place of what was taken out. Examples of one issue repeat its texts, so a
secret that was taken out once is counted in each of them.

{found}

How well secrets are found, on made-up texts that the rules had never seen (recall: it is gone; precision: what is
marked is one):

{table(("kind", "texts", "recall", "precision"), made_up)}

And on real issues of two kinds of trackers, where every mark was read by hand, and what was left was looked for; of
most kinds there are too few to tell much:

{table(("kind", "marks", "recall", "precision"), real)}

People whom an issue knows are numbered in it, and those whom only other issues know where they are named in full: on
real texts {NAMES[1]} of {NAMES[0]} such names. Of {NUMBERS[0]} numbers for them that were read {NUMBERS[1]} are
right."""


def _terms(address: str) -> tuple[str, str]:
    try:
        site = sites.find(address)
    except BadArgument:  # an address that no crawl would take, as of feeds that were made elsewhere
        return _UNKNOWN, ""
    return site.licence or _UNKNOWN, site.terms
