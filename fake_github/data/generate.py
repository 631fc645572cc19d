"""Made-up repositories of both kinds, from a seed."""

from __future__ import annotations

from fake_github.data import apache, keywords
from fake_github.data.builder import Builder
from fake_github.data.model import Gone, Item
from fake_server import BadOption

FLAVOURS = {"keyword": keywords.make, "apache": apache.make}
DEFAULT = ("acme/rocket:keyword", "acme/kettle:apache")


def generate(
    named: tuple[str, ...] = DEFAULT,
    *,
    items: int = 200,
    seed: int = 1,
    holes: bool = True,
    switches: tuple[str, ...] = (),
) -> list[Builder]:
    """Makes each repository that is named as `owner/name:flavour`, of about so many items.

    With `holes` a few numbers lead nowhere any more: deleted, transferred, blocked or hidden. The builder of each holds
    the repository, and the truth about it.
    """
    made = []
    for place, text in enumerate(named):
        name, _, flavour = text.partition(":")
        if flavour not in FLAVOURS or name.count("/") != 1:
            raise BadOption(f"{text!r} is no repository such as acme/rocket:keyword or acme/kettle:apache.")
        build = FLAVOURS[flavour](name, 7001 + place, seed, items, frozenset(switches))
        if holes and build.repository.has_issues:
            _punch(build)
        made.append(build)
    return made


def _punch(build: Builder) -> None:
    """Takes out an issue in every forty that belongs to no story's truth."""
    told = {each.target for each in build.truth.fixes} | {each.target for each in build.truth.mentions}
    free = [each for each in build.repository.items.values() if not each.pull and build.name(each) not in told]
    fates: tuple[Gone, ...] = ("deleted", "transferred", "blocked", "private")
    for number, item in enumerate(free[: max(4, len(build.repository.items) // 40)]):
        _lose(item, fates[number % len(fates)])


def _lose(item: Item, why: Gone) -> None:
    item.gone = why
    if why == "transferred":
        item.moved_to = f"acme/elsewhere#{item.number}"
