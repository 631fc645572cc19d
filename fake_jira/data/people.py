"""The made-up people and bots of a made-up Jira."""

from __future__ import annotations

from typing import Any, NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = _words(
    """
    Alva Bruno Chiara Dmitri Elif Farid Greta Hiro Ines Jonas Kavya Lena Mateo Nadia Omar Priya Quentin Rosa
    Sven Tomoko Uma Viktor Wanda Xavier Yara Zoltan
    """
)
_FAMILY = _words(
    """
    Ahlgren Brandt Castellane Dvorak Eriksen Fontaine Grünwald Haddad Ito Janssen Kowalczyk Lindqvist Moreau
    Nakano Okafor Petrov Quispe Rossi Sørensen Tanaka Ueda Varga Weiss Xu Yılmaz Zapata
    """
)
_ZONES = ("Etc/UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")


class Person(NamedTuple):
    """`name` is how wiki mentions name them, `account` how Cloud does."""

    number: int
    name: str
    title: str
    bot: bool = False

    @property
    def account(self) -> str:
        return f"5f{self.number:04x}b0c1d2e3f4a5b6c7d8"


PEOPLE = tuple(
    Person(number, f"{given[0]}{family}".lower().encode("ascii", "ignore").decode(), f"{given} {family}")
    for number, (given, family) in enumerate((given, family) for given in _GIVEN for family in _FAMILY[::3])
)
BOTS = (
    Person(9001, "githubbot", "ASF GitHub Bot", bot=True),
    Person(9002, "buildbot", "Build Bot", bot=True),
)
GITHUB_BOT = BOTS[0]


def server_user(person: Person, base: str) -> dict[str, Any]:
    """A user as Server shows them to anonymous: newer ones have a `key` that says nothing, none has an e-mail."""
    key = person.name if person.number % 3 else f"JIRAUSER{300000 + person.number}"
    return {
        "self": f"{base}/rest/api/2/user?username={person.name}",
        "name": person.name,
        "key": key,
        "avatarUrls": _avatars(base, person),
        "displayName": person.title,
        "active": person.number % 11 != 7,
        "timeZone": _ZONES[person.number % len(_ZONES)],
    }


def cloud_user(person: Person, base: str) -> dict[str, Any]:
    return {
        "self": f"{base}/rest/api/3/user?accountId={person.account}",
        "accountId": person.account,
        "avatarUrls": _avatars(base, person),
        "displayName": person.title,
        "active": person.number % 11 != 7,
        "timeZone": _ZONES[person.number % len(_ZONES)],
        "accountType": "app" if person.bot else "atlassian",
    }


def _avatars(base: str, person: Person) -> dict[str, str]:
    address = f"{base}/avatar/{person.number % 20}"
    return {size: f"{address}?s={size[:2]}" for size in ("48x48", "24x24", "16x16", "32x32")}
