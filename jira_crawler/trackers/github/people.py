"""Who is who on GitHub: people go by their logins, programs are marked, and an account that is gone is nobody."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from jira_crawler.items import Person
from jira_crawler.trackers.github.shapes import ActorIn, DetailsIn, GitActorIn, UserIn

GHOST = "ghost"  # whom REST shows in place of an account that is gone; GraphQL shows nobody
_BOT = "[bot]"

_known = lru_cache(maxsize=4096)(Person)


class People:
    """Knows the names of profiles that the details tell, so that one login is one person wherever it stands."""

    def __init__(self, details: DetailsIn | None):
        self._names = {actor.login: actor.name for actor in _actors(details) if actor.login and actor.name}

    def rest(self, user: UserIn | None) -> Person | None:
        return self._person(user.login or "", user.type == "Bot") if user else None

    def actor(self, actor: ActorIn | None) -> Person | None:
        return self._person(actor.login or "", actor.typename == "Bot") if actor else None

    def git(self, author: GitActorIn | None) -> Person | None:
        """Names the author of a commit: by an account where there is one, else by what git was told."""
        if author is None:
            return None
        if author.user and author.user.login:
            return self.actor(author.user)
        return _known("", author.name, "") if author.name else None

    def _person(self, login: str, is_bot: bool) -> Person | None:
        if not login or login == GHOST:
            return None
        if is_bot and not login.endswith(_BOT):
            login += _BOT
        return _known(login, self._names.get(login) or login, login)


def _actors(details: DetailsIn | None) -> Iterable[ActorIn]:
    if details is None:
        return
    participants = details.participants.nodes if details.participants else None
    reviews = details.reviews.nodes if details.reviews else None
    events = details.timeline_items.nodes if details.timeline_items else None
    commits = details.commits.nodes if details.commits else None
    told = [details.author, details.merged_by, *(participants or ())]
    told += [each.author for each in reviews or () if each]
    told += [each.actor for each in events or () if each]
    told += [each.commit.author.user for each in commits or () if each and each.commit and each.commit.author]
    yield from (actor for actor in told if actor)
